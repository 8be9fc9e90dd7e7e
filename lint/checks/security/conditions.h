#pragma once
// The conditions of a chain, and whether a client can meet them at will.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lint/checks/check.h"

namespace wafcheck::lint::inline checks {

/// The ids that CRS and its plugins use.
bool is_crs_id(std::optional<uint64_t> id);

/// The whole chain that a link belongs to.
std::span<const parser::Rule> chain_of(const Context& context, const parser::Rule& rule);
/// Whether every link matches every transaction.
bool is_unconditional(std::span<const parser::Rule> chain);

/// Whether an expression matches only at the start of a value, judged by its first bytes.
bool is_anchored(std::string_view regex);
/// Whether the operator compares the start of the value or the whole value.
bool is_anchored(const parser::OperatorUse& op);

/// Whether the link tests something that no client can choose freely, such as REMOTE_ADDR.
bool is_trusted(const parser::Rule& link);

/// Whether an action reduces inspection: allow, or a ctl that removes rules or targets or turns the
/// engine off.
bool is_exclusion(const parser::ActionUse& use);
/// Whether an action ends all inspection: allow, ctl:ruleEngine=Off.
bool is_full_exclusion(const parser::ActionUse& use);

}  // namespace wafcheck::lint::inline checks
