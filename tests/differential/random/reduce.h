#pragma once
// The smallest pair that still shows the same: delta debugging over its parts.

#include <functional>

#include "pair.h"

namespace wafcheck::differential {

/// Leaves out directives, then targets, tests and actions, then parts of the request, as long as
/// `shows` says that the rest still does. At most `budget` questions are asked.
Pair reduced(Pair pair, const std::function<bool(const Pair&)>& shows, size_t budget = 400);

}  // namespace wafcheck::differential
