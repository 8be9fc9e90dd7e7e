#pragma once
// SecRuleRemove... and SecRuleUpdate...: read, and folded into the rules they name.

#include <optional>

#include "parser/ruleset.h"

namespace wafcheck::parser {

/// Reads a removal or update; nothing, and a diagnostic, where it cannot be used.
std::optional<Update> read_update(const DirectiveNode& node, const DirectiveInfo& row,
                                  const Semantics& semantics, Diagnostics& diagnostics);

/// How many rules all updates together may change.
inline constexpr size_t kMaxUpdateHits = 5'000'000;

/// Changes the rules before `end` that `update` names, and counts them. A chain counts once: it is
/// its starter that is named. Returns how many it changed.
size_t apply_update(Ruleset& ruleset, Update& update, RuleIndex end);

}  // namespace wafcheck::parser
