#pragma once
// Counts that add up, each with its name in JSON. Internal to formats.

#include <cstdint>
#include <string_view>

#include "formats/json/rows.h"
#include "formats/records/summary.h"

namespace wafcheck::formats::inline records {

template <typename Of>
struct CountMember {
  std::string_view name;
  uint64_t Of::* member;
};

/// Of a summary, as its JSON and its file have them.
inline constexpr CountMember<Summary> kSummaryCounts[] = {
    {"transactions", &Summary::transactions},
    {"interrupted", &Summary::interrupted},
    {"would_interrupt", &Summary::would_interrupt},
    {"rejected", &Summary::rejected},
    {"matched", &Summary::matched},
    {"unreadable", &Summary::unreadable},
    {"skipped", &Summary::skipped},
    {"not_selected", &Summary::not_selected},
    {"undecided", &Summary::undecided},
    {"with_errors", &Summary::with_errors}};

template <typename Counts, typename Of>
void write_counts(JsonWriter& json, const Counts& counts, const Of& of) {
  for (const auto& count : counts) write_number(json, count.name, of.*count.member);
}
template <typename Counts, typename Of>
void read_counts(JsonTaker& take, JsonValue from, const Counts& counts, Of& of) {
  for (const auto& count : counts) of.*count.member = take.number(from, count.name);
}
template <typename Counts, typename Of>
void add_counts(const Counts& counts, Of& to, const Of& more) {
  for (const auto& count : counts) to.*count.member += more.*count.member;
}

}  // namespace wafcheck::formats::inline records
