#pragma once
// Which phrases of a list never matter, because another of the list is part of them.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace wafcheck::lint::inline checks {

/// For each phrase the index of another that is found wherever it is: one that is contained in it
/// or, of equal ones, the first. Case does not count; empty phrases take no part. Linear in the
/// bytes of all phrases.
std::vector<std::optional<uint32_t>> covered_by(const std::vector<std::string_view>& phrases);

}  // namespace wafcheck::lint::inline checks
