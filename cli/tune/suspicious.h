#pragma once
// Good traffic that is none: requests that look like attacks, which no exclusion may let through.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cli/tune/attacks.h"
#include "cli/tune/candidates.h"

namespace wafcheck::cli::inline tune {

/// How many transactions of the good traffic each client sent, by address.
using ClientCounts = std::map<std::string, uint64_t>;

/// Says of each request that is held back why it looks like an attack, where it does. `ruleset`:
/// the rules behind the evidence. What a client sent tells something of its other requests only
/// where it did not send most of the traffic: that is a gateway, or the browser of a tester.
void mark_suspicious(std::vector<BlockedRequest>& requests, const AttackCorpus& attacks,
                     const ClientCounts& clients, const parser::RulesetModel& ruleset);

}  // namespace wafcheck::cli::inline tune
