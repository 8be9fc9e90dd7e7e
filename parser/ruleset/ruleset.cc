#include "parser/ruleset/ruleset.h"

#include <algorithm>

#include "parser/language/semantics.h"

namespace wafcheck::parser::inline ruleset {

RulesetModel::RulesetModel() : RulesetModel(semantics_of(Profile::standard)) {}

RulesetModel::RulesetModel(const Semantics& semantics)
    : semantics_(std::make_shared<const Semantics>(semantics)) {}

const ActionUse* Rule::find(Action action) const {
  for (auto use = effective.rbegin(); use != effective.rend(); ++use) {
    if ((*use)->id == action) return *use;
  }
  return nullptr;
}

const Rule* RulesetModel::find(uint64_t id) const {
  const auto found = by_id.find(id);
  return found == by_id.end() ? nullptr : &rules[found->second];
}

const Setting* RulesetModel::last_setting(Directive directive) const {
  const auto last = std::ranges::find(settings.rbegin(), settings.rend(), directive, &Setting::id);
  return last == settings.rend() ? nullptr : &*last;
}

}  // namespace wafcheck::parser::inline ruleset
