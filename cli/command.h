#pragma once
// The table of subcommands, and the program as a function.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "cli/man_pages.h"

namespace CLI {
class App;
}

namespace wafcheck::cli {

/// A row of the table of subcommands. `add` declares the options on the subcommand and returns what
/// runs once they are parsed.
struct Command {
  std::string_view name;
  std::string_view synopsis;  ///< what follows the name in the usage line
  std::string_view doc;       ///< one line
  std::string_view examples;  ///< two, as they are typed
  std::function<int()> (*add)(CLI::App& app, Console& console);
  bool configured = true;  ///< takes options from the configuration file
};

const std::vector<Command>& commands();

std::function<int()> add_replay(CLI::App& app, Console& console);
std::function<int()> add_reduce(CLI::App& app, Console& console);
std::function<int()> add_lint(CLI::App& app, Console& console);
std::function<int()> add_fmt(CLI::App& app, Console& console);
std::function<int()> add_index(CLI::App& app, Console& console);
std::function<int()> add_explain(CLI::App& app, Console& console);
std::function<int()> add_profile(CLI::App& app, Console& console);
std::function<int()> add_alerts(CLI::App& app, Console& console);
std::function<int()> add_merge(CLI::App& app, Console& console);
std::function<int()> add_diff(CLI::App& app, Console& console);
std::function<int()> add_tune(CLI::App& app, Console& console);
std::function<int()> add_test(CLI::App& app, Console& console);
std::function<int()> add_lsp(CLI::App& app, Console& console);
std::function<int()> add_completions(CLI::App& app, Console& console);

/// The whole program: parses arguments, runs a subcommand, checks that standard output took all of
/// the result, and returns the exit code. `pages` are what --print-man prints. Never throws.
int run(const std::vector<std::string>& arguments, Streams& streams,
        std::span<const ManPage> pages = {});

}  // namespace wafcheck::cli
