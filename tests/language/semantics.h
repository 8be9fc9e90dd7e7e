#pragma once
// A row a point of parser/semantics.h: an input on which the engines part, and what each makes of
// it.

#include <array>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "parser/language/semantics.h"
#include "told.h"

namespace wafcheck::tests {

struct SemanticsRow {
  std::string point;  ///< the field of parser::Semantics
  std::string rules;
  TestRequest request;
  std::array<std::string, 4> told;  ///< default, modsecurity2, modsecurity3, coraza
  TestFiles::Files files = {};
  bool error_log = false;  ///< tell what stands in the error log too
  /// What other versions than the newest make of it: {"modsecurity3@3.0.9", "1"}.
  std::vector<std::pair<std::string, std::string>> other_versions = {};
  bool need_rules = false;     ///< see ToldOptions
  bool engine_unset = false;   ///< the rules begin without SecRuleEngine On
  std::string in_record = {};  ///< see ToldOptions
  std::string in_log = {};
};
inline void PrintTo(const SemanticsRow& row, std::ostream* out) {
  *out << row.point;
}
using SemanticsRows = std::vector<SemanticsRow>;

SemanticsRows rows_of_syntax();
SemanticsRows rows_of_transformations();
SemanticsRows rows_of_operators();
SemanticsRows rows_of_requests();
SemanticsRows rows_of_bodies();
SemanticsRows rows_of_flow();
SemanticsRows rows_of_peer();
SemanticsRows rows_of_coraza();
SemanticsRows rows_of_modsecurity2();
SemanticsRows rows_of_selection();
SemanticsRows rows_of_decisions();
SemanticsRows rows_of_texts();

/// The value of a variable in phase 2, or in `phase`.
inline std::string show(const std::string& variable, int phase = 2) {
  return fmt::format("SecAction \"id:1,phase:{},pass,logdata:'%{{{}}}'\"\n", phase, variable);
}
/// All values of a target, one after the other. Not every engine takes a second = in a setvar.
inline std::string show_each(const std::string& target, int phase = 2) {
  return fmt::format(
      "SecAction \"id:3,phase:1,pass,nolog,setvar:tx.all=:\"\n"
      "SecRule {0} \"@unconditionalMatch\" \"id:1,phase:{1},pass,nolog,rev:'=',"
      "setvar:'tx.all=%{{tx.all}}(%{{MATCHED_VAR_NAME}}%{{RULE.rev}}%{{MATCHED_VAR}})'\"\n"
      "SecAction \"id:2,phase:{1},pass,logdata:'%{{tx.all}}'\"\n",
      target, phase);
}

}  // namespace wafcheck::tests
