#pragma once
// What a command is run with: the streams of the process, which tests replace, the options that all
// commands share, and messages in one form.

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/config.h"
#include "cli/guarded_files.h"
#include "cli/inputs.h"
#include "cli/output.h"

namespace wafcheck::cli {

enum ExitCode : int {
  kOk = 0,       ///< nothing to report
  kNo = 1,       ///< the run worked and the answer is "no"
  kTrouble = 2,  ///< the question could not be answered in full
  kInternal = 3,
  kDropped = 4,  ///< answered, but without rules that were dropped
};

/// The one that says more: 3 before 2 before 1 before 4 before 0.
int worse(int a, int b);

struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  size_t out_columns = 0;  ///< width of the terminal; 0: unknown
  size_t err_columns = 0;
};

/// Options that stand before or after any subcommand.
struct GlobalOptions {
  std::string color = "auto";  ///< auto, always or never
  bool no_progress = false;
  bool quiet = false;
  bool verbose = false;
  std::string config;      ///< path of the configuration file; empty: it is searched for
  bool no_config = false;  ///< read none
  std::string ruleset;     ///< of the configuration file; empty: none is chosen
  std::string root;        ///< only files below it are read; empty: any, but not in CI
  std::vector<std::string> allow;
  Config file;  ///< what the file says beyond the options
};

class Console {
 public:
  /// Both must outlive the console.
  Console(Streams& streams, const GlobalOptions& options)
      : streams_(streams), options_(options), standard_(Output::to(streams.out)) {}

  const Streams& streams() const { return streams_; }
  const GlobalOptions& options() const { return options_; }
  std::istream& in() const { return streams_.in; }
  Output& out() { return standard_; }
  std::ostream& err() const { return streams_.err; }
  /// What every file that a command reads is read through.
  GuardedFiles& files() { return files_; }
  /// Takes --root and --allow; false, with the error printed, where there is no such directory.
  bool guard_files();

  /// Whether text is to be coloured, for standard output, standard error, or else for what is or is
  /// not a terminal.
  bool out_is_coloured() const { return is_coloured(streams_.out_is_terminal); }
  bool err_is_coloured() const { return is_coloured(streams_.err_is_terminal); }
  bool is_coloured(bool terminal) const;
  /// Whether text for people is to be ASCII: the locale is C or POSIX.
  bool is_ascii() const;
  /// Text for people with the one character that is not ASCII, the ellipsis of what was cut off,
  /// replaced where it has to be. It stays as wide.
  std::string in_locale(std::string text) const;

  /// Prints "wafcheck: error: MESSAGE" and below it `help`, whole lines; returns kTrouble.
  int error(std::string_view message, std::string_view help = {});
  /// Prints lines that say themselves where the error is ("a.conf:1:2: error: ..."); returns
  /// kTrouble.
  int error_lines(std::string_view lines);
  /// Prints "wafcheck: warning: MESSAGE": the result is not what it seems.
  void warning(std::string_view message);
  /// Prints "wafcheck: note: MESSAGE" unless --quiet.
  void note(std::string_view message);
  /// Whether any error was printed.
  bool failed() const { return failed_; }

  /// Output::open() for standard output or a file; nothing, with the error printed, where that
  /// fails.
  std::optional<Output> open(const std::string& path,
                             OutputFile::Mode mode = OutputFile::Mode::replace);
  /// InputStream::open() for an input that may be read; notes it.
  Result<std::unique_ptr<InputStream>> open_input(const std::string& path);
  /// Whether no input is the file that `output` writes to; prints the error. To be asked once the
  /// inputs are known, and before the first write to a file that is appended to.
  bool may_write(const Output& output);
  /// Whether a page for a browser goes elsewhere than to a terminal, unless `path` is "-"; prints
  /// the error.
  bool may_write_page(const std::string& path);
  /// Output::finish(); false, with the error printed, when not everything could be written. A
  /// failure of standard output is printed once, however often it is asked for.
  bool finish(Output& output);

 private:
  Streams& streams_;
  const GlobalOptions& options_;
  Output standard_;
  GuardedFiles files_;
  bool failed_ = false;
  bool out_failed_ = false;  ///< and the error was printed
};

}  // namespace wafcheck::cli
