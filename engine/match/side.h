#pragma once
// The two halves of a transaction.

#include <cstddef>
#include <cstdint>

namespace wafcheck::engine::inline match {

/// Texts of the request and of the response have little in common, and so have the patterns that
/// are looked for in them: each side has a prefilter of its own.
enum class Side : uint8_t { request, response };
inline constexpr size_t kSides = 2;

}  // namespace wafcheck::engine::inline match
