#include "parser/ruleset.h"

namespace wafcheck::parser {

const ActionUse* Rule::find(Action action) const {
  for (auto use = effective.rbegin(); use != effective.rend(); ++use) {
    if ((*use)->id == action) return *use;
  }
  return nullptr;
}

const Rule* Ruleset::find(uint64_t id) const {
  const auto found = by_id.find(id);
  return found == by_id.end() ? nullptr : &rules[found->second];
}

}  // namespace wafcheck::parser
