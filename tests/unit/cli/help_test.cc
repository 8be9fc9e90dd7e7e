// Help on terminals.

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "cli/command.h"

namespace wafcheck::cli {
namespace {

constexpr size_t kColumns = 80;

/// The help of a command; `columns` 0: it goes to no terminal.
std::string help_of(const std::vector<std::string>& command, size_t columns) {
  std::istringstream in;
  std::ostringstream out, err;
  Streams streams{in, out, err};
  streams.out_is_terminal = columns != 0;
  streams.out_columns = columns;
  std::vector<std::string> arguments = command;
  arguments.push_back("--help");
  EXPECT_EQ(run(arguments, streams), 0) << err.str();
  return out.str();
}

std::string without_breaks(std::string text) {
  std::string words;
  for (const char byte : text) {
    const bool blank = byte == ' ' || byte == '\n';
    if (!blank) words += byte;
  }
  return words;
}

TEST(Help, FitsTheTerminalAndLosesNoWord) {
  for (const Command& command : commands()) {
    const std::string help = help_of({std::string(command.name)}, kColumns);
    EXPECT_EQ(without_breaks(help), without_breaks(help_of({std::string(command.name)}, 0)));
    std::istringstream lines(help);
    for (std::string line; std::getline(lines, line);) {
      // A list of words that an option takes is not broken.
      if (!line.starts_with(std::string(30, ' '))) continue;
      EXPECT_LE(line.size(), kColumns) << command.name << ": " << line;
    }
  }
}

TEST(Help, IsNotBrokenElsewhere) {
  EXPECT_NE(help_of({"merge"}, 0).find("--summary: files, directories, globs or -\n"),
            std::string::npos);
}

}  // namespace
}  // namespace wafcheck::cli
