#pragma once
// The data files that operators read: @pmFromFile's phrases and @ipMatchFromFile's addresses.

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline analysis {

/// A line that is neither empty nor a comment.
struct DataLine {
  uint32_t number = 0;              ///< from 1
  std::string_view text;            ///< without the line feed
  std::string_view phrase() const;  ///< `text` without surrounding white space
};

/// A data file, with the position of its name in the first rule that reads it.
struct DataFile {
  std::string name;  ///< as written in the rule
  std::string bytes;
  parser::Span span;
  const parser::Rule* rule = nullptr;
  std::vector<DataLine> lines;

  bool phrases() const { return info(rule->op.id).form == parser::OperatorForm::PhraseFiles; }
};

/// Each file once, without those that cannot be read.
std::deque<DataFile> read_data_files(const parser::RulesetModel& ruleset,
                                     parser::FileSystem& files);

}  // namespace wafcheck::lint::inline analysis
