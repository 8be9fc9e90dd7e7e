#pragma once
// The transformations of a rule as they were written.

#include <algorithm>
#include <vector>

#include "parser/ruleset/rule.h"

namespace wafcheck::lint::inline analysis {

/// For each of Rule::pipeline the rule's own action; null: inherited from SecDefaultAction.
inline std::vector<const parser::ActionUse*> pipeline_uses(const parser::Rule& rule) {
  std::vector<const parser::ActionUse*> own;
  for (const parser::ActionUse& use : rule.actions) {
    if (use.id != parser::Action::t) continue;
    const auto* const named = std::get_if<parser::Transformation>(&use.value);
    if (named == nullptr) continue;
    if (*named == parser::Transformation::none) {
      own.clear();
    } else {
      own.push_back(&use);
    }
  }
  const size_t size = rule.pipeline.size();
  own.insert(own.begin(), size - std::min(own.size(), size), nullptr);
  own.resize(size);
  return own;
}

}  // namespace wafcheck::lint::inline analysis
