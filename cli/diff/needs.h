#pragma once
// What the new rules need of an engine that the old ones did without.

#include <vector>

#include "cli/diff/result.h"

namespace wafcheck::cli::inline diff {

/// Words that the oldest versions of the engines do not know, each once, and which the old rules do
/// not use.
std::vector<Need> new_needs(const lint::Analysis& old, const lint::Analysis& now);

}  // namespace wafcheck::cli::inline diff
