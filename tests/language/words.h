#pragma once
// A row a word of the language: rules with the word and without it, and what each comes to.

#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "told.h"

namespace wafcheck::tests {

struct WordRow {
  std::string word;
  std::string rules;  ///< what stands between {{ and }} goes away in the comparison
  TestRequest request;
  std::string with, without;
  ToldOptions options = {};
};
inline void PrintTo(const WordRow& row, std::ostream* out) {
  *out << row.word;
}

/// The rules with the parts between {{ and }} kept or left out.
inline std::string spelled(std::string rules, bool kept) {
  for (size_t begin; (begin = rules.find("{{")) != std::string::npos;) {
    const size_t end = rules.find("}}", begin);
    if (end == std::string::npos) break;
    const std::string part = rules.substr(begin + 2, end - begin - 2);
    rules.replace(begin, end + 2 - begin, kept ? part : "");
  }
  return rules;
}

/// A word that is evaluated makes the difference stated.
inline void expect_effect(const WordRow& row) {
  ASSERT_NE(row.rules.find("{{"), std::string::npos) << "nothing is marked";
  ASSERT_NE(row.with, row.without) << "a word without an effect is noted, not evaluated";
  EXPECT_EQ(told(spelled(row.rules, true), row.request, row.options), row.with);
  EXPECT_EQ(told(spelled(row.rules, false), row.request, row.options), row.without);
}

/// A word that means nothing offline is told of by its name.
inline void expect_note(const WordRow& row) {
  const std::string notes = notes_told(spelled(row.rules, true), row.options.files);
  EXPECT_NE(notes.find(row.word), std::string::npos) << notes;
  EXPECT_EQ(notes_told(spelled(row.rules, false), row.options.files).find(row.word),
            std::string::npos);
}

inline void expect_row(const WordRow& row, parser::Support support) {
  const bool noted = support == parser::Support::Noted || support == parser::Support::Idle;
  noted ? expect_note(row) : expect_effect(row);
}

/// A test name from a word: "ctl:x" has a colon.
inline std::string test_name(const testing::TestParamInfo<WordRow>& row) {
  return row.param.word.substr(row.param.word.find(':') + 1);
}

inline std::string action(int id, int phase, const std::string& more = "pass") {
  return fmt::format("SecAction \"id:{},phase:{},{}\"\n", id, phase, more);
}

}  // namespace wafcheck::tests
