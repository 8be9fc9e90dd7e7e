#pragma once
// The data files that operators read: @pmFromFile's phrases and @ipMatchFromFile's addresses.

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ruleset.h"

namespace wafcheck::lint {

/// A line that is neither empty nor a comment.
struct DataLine {
  uint32_t number = 0;              ///< from 1
  std::string_view text;            ///< as it stands, without the line feed
  std::string_view phrase() const;  ///< without blanks and carriage returns around it
};

/// A file, where the first rule that reads it names it.
struct DataFile {
  std::string name;  ///< as the rule has it
  std::string bytes;
  parser::Span span;
  const parser::Rule* rule = nullptr;
  std::vector<DataLine> lines;

  bool phrases() const { return rule->op.id == parser::Operator::pmFromFile; }
};

/// Each file once; those that cannot be read are left out.
std::deque<DataFile> read_data_files(const parser::Ruleset& ruleset, parser::FileSystem& files);

}  // namespace wafcheck::lint
