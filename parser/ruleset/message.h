#pragma once
// What a rule says when it matches.

#include <string_view>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::parser::inline ruleset {

/// Its `msg` as it is written, empty where it has none.
inline std::string_view message_of(const Rule& rule) {
  const ActionUse* const use = rule.find(Action::msg);
  return use == nullptr ? std::string_view() : std::string_view(use->raw);
}

}  // namespace wafcheck::parser::inline ruleset
