#pragma once
// What a rule's chain asks of a request before it acts, and whether a client can arrange for it.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lint/check.h"

namespace wafcheck::lint {

/// The ids that CRS and its plugins use.
bool is_crs_id(std::optional<uint64_t> id);

/// The whole chain that a link belongs to.
std::span<const parser::Rule> chain_of(const Context& context, const parser::Rule& rule);
/// Whether every link matches every transaction.
bool is_unconditional(std::span<const parser::Rule> chain);

/// Whether an expression can match at the start of a value only, as far as its first bytes tell.
bool is_anchored(std::string_view regex);
/// Whether the operator looks at the start of the value or at all of it.
bool is_anchored(const parser::OperatorUse& op);

/// REQUEST_URI, REQUEST_FILENAME and their like.
bool is_path(parser::Variable variable);
/// Whether the link tests something that no client can choose freely, such as REMOTE_ADDR.
bool is_trusted(const parser::Rule& link);

/// Whether an action takes inspection away: allow, or a ctl that removes rules, targets or the
/// engine.
bool is_exclusion(const parser::ActionUse& use);
/// Whether it takes all of it away: allow, ctl:ruleEngine=Off.
bool is_full_exclusion(const parser::ActionUse& use);

}  // namespace wafcheck::lint
