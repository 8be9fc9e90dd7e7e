#pragma once
// The Unicode map that one profile has built in; see parse_unicode_map for loaded ones.

#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {

/// The best-fit map of code page 20127 (US-ASCII), the same as rules/unicode.mapping.
const UnicodeMap& us_ascii_best_fit();

/// What Coraza has of it: the 370 code units of Windows' own table, full stops not among the rest.
const UnicodeMap& coraza_best_fit();

}  // namespace wafcheck::engine::transformations
