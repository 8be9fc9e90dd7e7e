#pragma once
// The order in which members come out of a hash table of the C++ library, where names are compared
// without case: ModSecurity 3 keeps its collections in such tables.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/state/variables.h"

namespace wafcheck::engine::inline state {

/// The places of `members` in the order of the table.
std::vector<uint32_t> table_order(std::span<const Member> members);

}  // namespace wafcheck::engine::inline state
