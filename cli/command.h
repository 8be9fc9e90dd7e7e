#pragma once
// What every subcommand shares: streams that tests can inject, exit codes, and the table of commands.

#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "cli/config.h"

namespace CLI {
class App;
}

namespace wafcheck::cli {

enum ExitCode : int {
  kOk = 0,       ///< nothing to report
  kNo = 1,       ///< the run worked and the answer is "no"
  kTrouble = 2,  ///< the question could not be answered in full
  kInternal = 3,
};

struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  size_t out_columns = 0;  ///< width of the terminal; 0: not known
  size_t err_columns = 0;
};

/// Options that stand before or after any subcommand.
struct GlobalOptions {
  std::string color = "auto";  ///< auto, always or never
  bool no_progress = false;
  bool quiet = false;
  bool verbose = false;
  std::string config;      ///< the configuration file; empty: it is looked for
  bool no_config = false;  ///< it is not
  Config file;             ///< what it says beyond the options

  bool color_on(bool terminal) const;
};

/// A row of the table of subcommands. `add` declares the options on the subcommand and returns what
/// runs once they are parsed.
struct Command {
  std::string_view name;
  std::string_view synopsis;  ///< what follows the name in the usage line
  std::string_view doc;       ///< one line
  std::string_view examples;  ///< two, as they are typed
  std::function<int()> (*add)(CLI::App& app, Streams& streams, GlobalOptions& global);
};

const std::vector<Command>& commands();

std::function<int()> add_replay(CLI::App& app, Streams& streams, GlobalOptions& global);
std::function<int()> add_lint(CLI::App& app, Streams& streams, GlobalOptions& global);
std::function<int()> add_fmt(CLI::App& app, Streams& streams, GlobalOptions& global);
std::function<int()> add_index(CLI::App& app, Streams& streams, GlobalOptions& global);
std::function<int()> add_explain(CLI::App& app, Streams& streams, GlobalOptions& global);
std::function<int()> add_profile(CLI::App& app, Streams& streams, GlobalOptions& global);
std::function<int()> add_test(CLI::App& app, Streams& streams, GlobalOptions& global);

/// The whole program: parses arguments, runs a subcommand, never throws.
int run(const std::vector<std::string>& arguments, Streams& streams);

}  // namespace wafcheck::cli
