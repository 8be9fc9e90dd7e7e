#pragma once
// Decisions: one JSON object, or one line for people, a transaction.

#include <cstddef>
#include <string>

#include "formats/records/outcome.h"

namespace wafcheck::formats::inline records {

/// One JSON object, without a line end; `index` is its number among those that are written. With a
/// trace, that is its last member.
std::string decision_json(const Outcome& outcome, size_t index);

/// "DENY 403 949110 POST /login  score 15  942100 949110"; empty where nothing matched.
std::string decision_text(const Outcome& outcome);

}  // namespace wafcheck::formats::inline records
