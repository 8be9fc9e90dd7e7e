#pragma once
// Good traffic that is none: requests that look like attacks, which no exclusion may let through.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/tune/attacks.h"
#include "cli/tune/candidates.h"

namespace wafcheck::cli::inline tune {

/// Says of each request that is held back why it looks like an attack, where it does. `ruleset`:
/// the rules behind the evidence.
void mark_suspicious(std::vector<BlockedRequest>& requests, const AttackCorpus& attacks,
                     const parser::RulesetModel& ruleset);

}  // namespace wafcheck::cli::inline tune
