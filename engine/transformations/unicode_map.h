#pragma once
// The Unicode map that one profile has built in; see parse_unicode_map for loaded ones.

#include "engine/transformations/transformation.h"

namespace wafcheck::engine {

/// The best-fit map of code page 20127 (US-ASCII), the same as rules/unicode.mapping.
const UnicodeMap& us_ascii_best_fit();

}  // namespace wafcheck::engine
