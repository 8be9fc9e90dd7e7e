#pragma once
// The counts and times of a profile, each with its name in JSON. Internal to formats.

#include <string_view>
#include <utility>

#include "formats/records/profile_report.h"
#include "formats/records/summary_counts.h"

namespace wafcheck::formats::inline records {

inline constexpr CountMember<ProfileRun> kProfileRunCounts[] = {
    {"transactions", &ProfileRun::transactions}, {"rejected", &ProfileRun::rejected},
    {"unreadable", &ProfileRun::unreadable},     {"skipped", &ProfileRun::skipped},
    {"not_selected", &ProfileRun::not_selected}, {"compared", &ProfileRun::compared}};

inline constexpr std::pair<std::string_view, double ProfileRun::*> kProfileRunTimes[] = {
    {"load_us", &ProfileRun::load_us},         {"compile_us", &ProfileRun::compile_us},
    {"elapsed_us", &ProfileRun::elapsed_us},   {"preempted_us", &ProfileRun::preempted_us},
    {"profiled_us", &ProfileRun::profiled_us}, {"plain_us", &ProfileRun::plain_us}};

}  // namespace wafcheck::formats::inline records
