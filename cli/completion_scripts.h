#pragma once
// What a shell can complete after the name of the program, and the script that a shell reads it
// from.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::cli {

/// A word that can be typed.
struct CompletionWord {
  std::string text;
  std::string doc;  ///< a few words; may be empty
};

/// What can follow an option, or stand as an input.
struct CompletionValue {
  enum class Kind : uint8_t {
    none,         ///< nothing: the option is a flag
    words,        ///< one of `words`
    files,        ///< a file or a directory
    directories,  ///< a directory
    other,        ///< a value that only the user knows
  };
  Kind kind = Kind::none;
  std::string title;  ///< "FILE"
  std::vector<CompletionWord> words;
};

struct CompletionOption {
  std::vector<std::string> names;  ///< "-o", "--output"
  std::string doc;                 ///< one line
  bool repeatable = false;
  CompletionValue value;
};

struct CompletionCommand {
  std::string name;
  std::string doc;
  std::vector<CompletionOption> options;
  CompletionValue inputs;
};

struct CompletionTable {
  std::vector<CompletionOption> options;  ///< in place of a command
  std::vector<CompletionCommand> commands;
};

struct CompletionShell {
  std::string_view name;
  std::string_view doc;
  std::string (*script)(const CompletionTable& table);
};
/// bash, zsh and fish.
std::span<const CompletionShell> completion_shells();

}  // namespace wafcheck::cli
