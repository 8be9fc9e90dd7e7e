#pragma once
// What diff found, as JSON that holds all of it.

#include <cstdint>
#include <string_view>

#include "cli/diff/result.h"
#include "formats/json/rows.h"

namespace wafcheck::cli::inline diff {

void write_whole(formats::JsonWriter& json, const DiffSummary& summary);
void read_whole(formats::JsonTaker& take, formats::JsonValue from, DiffSummary& summary);

/// Whether --fail-on calls this the answer "no".
bool fails(std::string_view fail_on, const DiffSummary& summary);
/// How many verdicts a limit left open that might be another answer.
uint64_t unanswered(std::string_view fail_on, const DiffSummary& summary);

}  // namespace wafcheck::cli::inline diff
