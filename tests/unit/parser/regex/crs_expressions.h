#pragma once
// The regular expressions of the Core Rule Set, where it is present.

#include <set>
#include <string>
#include <vector>

#include "parser/ruleset/ruleset.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::parser::regex {

/// Arguments of every @rx without macros, each once; empty if there is no CRS.
inline std::vector<std::string> crs_expressions() {
  const std::string folder = parser::shared_folder();
  if (folder.empty() || !parser::disk().is_directory(folder + "/crs/rules")) return {};
  const parser::RulesetModel ruleset = parser::load_model({folder + "/crs/rules"});
  std::set<std::string> found;
  for (const parser::Rule& rule : ruleset.rules) {
    if (rule.kind != parser::RuleKind::rule || rule.op.id != parser::Operator::rx) continue;
    if (rule.op.argument.view().find("%{") != std::string_view::npos) continue;
    found.insert(rule.op.argument.str());
  }
  return {found.begin(), found.end()};
}

}  // namespace wafcheck::parser::regex
