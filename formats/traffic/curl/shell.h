#pragma once
// Command lines as shells read them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::formats::inline traffic {

enum class Shell : uint8_t {
  posix,  ///< '...', "...", $'...' and backslashes, as bash has them
  cmd,    ///< carets, and quotes as programs for Windows take them
};

/// The shell that a command was written for, from its first line.
Shell find_shell(std::string_view line);

struct ShellWord {
  std::string text;  ///< without quotes and escapes; bytes
  size_t at = 0;     ///< where it begins in what was fed
};

struct ShellCommand {
  std::vector<ShellWord> words;
  bool piped = false;              ///< it reads what the command before it writes
  std::vector<std::string> notes;  ///< what a shell would have put in place of a word, or cut off
};

/// Takes lines apart into commands. Nothing is expanded and nothing runs; redirections are left
/// out. Source: the POSIX shell's grammar, bash's ANSI-C quoting, "Parsing C++ command-line
/// arguments" of the C runtime of Windows.
class ShellSplitter {
 public:
  explicit ShellSplitter(Shell shell) : shell_(shell) {}

  /// A line with its end.
  void feed(std::string_view line);
  /// Whether the last command goes on with the next line.
  bool open() const { return in_quotes() || continued_; }
  /// Whether it does because of a quote, which begins at quote_at().
  bool in_quotes() const { return quote_ != Quote::none && !maybe_ended_; }
  size_t quote_at() const { return quote_at_; }
  /// All commands so far; to be called where none is open.
  std::vector<ShellCommand> take();

 private:
  enum class Quote : uint8_t { none, single, twofold, ansi };

  void feed_posix(std::string_view line);
  void feed_cmd(std::string_view line);
  size_t plain(std::string_view line, size_t at);
  size_t escape(std::string_view line, size_t at);
  size_t redirect(std::string_view line, size_t at);
  void dollar(std::string_view line, size_t at);
  void begin_quote(Quote quote, size_t at);
  void windows_argument(char byte, size_t at);
  void add(char byte, size_t at);
  void end_slashes();
  void end_word();
  void end_command(bool piped = false);

  const Shell shell_;
  std::vector<ShellCommand> commands_;
  ShellCommand command_;
  ShellWord word_;
  bool in_word_ = false;
  bool continued_ = false;
  bool drop_word_ = false;  ///< it is the target of a redirection
  Quote quote_ = Quote::none;
  size_t quote_at_ = 0;
  size_t fed_ = 0;  ///< bytes of the lines before this one
  // Of cmd:
  bool cmd_quoted_ = false;   ///< carets stand for themselves
  bool maybe_ended_ = false;  ///< a second quote would stand for one
  size_t slashes_ = 0;        ///< that a quote may follow
};

}  // namespace wafcheck::formats::inline traffic
