#pragma once
// Reasons as text and as JSON.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "formats/json/writer.h"
#include "formats/privacy/masks.h"
#include "formats/why/why.h"

namespace wafcheck::formats::inline why {

struct ReportStyle {
  const parser::RulesetModel* ruleset = nullptr;
  const Masks* masks = nullptr;  ///< null: nothing is hidden
  bool color = false;
  bool ascii = false;
  size_t columns = 0;  ///< lines are fitted to these; 0: to 120
};

/// The rules with the values that they matched and what made them match, the deciding one last;
/// lines end in LF.
std::string why_text(const Why& why, const ReportStyle& style);

/// A line a value: rule, what it added, target, and the value around the match.
std::string match_lines(const Why& why, const ReportStyle& style);

/// The member "score_sums": what the scores came to, and what they were compared with.
void write_score_sums(JsonWriter& json, const Why& why, const parser::RulesetModel& ruleset);

/// The members "why", an entry a value that matched, and "score_sums". `masks`: null, nothing is
/// hidden. Values are in full as long as they have `room` bytes together; of those beyond, some
/// bytes around the match are told, and "value_from" or "transformed_from" says how many were left
/// out before them.
void write_why(JsonWriter& json, const Why& why, const parser::RulesetModel& ruleset,
               const Masks* masks, size_t room = SIZE_MAX);

}  // namespace wafcheck::formats::inline why
