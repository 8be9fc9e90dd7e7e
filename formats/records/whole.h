#pragma once
// Results as JSON that holds all of them, so that it can be read again and added up.

#include <string_view>
#include <vector>

#include "formats/json/rows.h"
#include "formats/records/alert_report.h"
#include "formats/records/profile_report.h"
#include "formats/records/summary.h"

namespace wafcheck::formats::inline records {

// An object; what cannot be read stands in JsonTaker::fault().
void write_whole(JsonWriter& json, const Summary& summary);
void read_whole(JsonTaker& take, JsonValue from, Summary& summary);
void write_whole(JsonWriter& json, const ProfileReport& report);
void read_whole(JsonTaker& take, JsonValue from, ProfileReport& report);
void write_whole(JsonWriter& json, const AlertCounts& counts);
void read_whole(JsonTaker& take, JsonValue from, AlertCounts& counts);

// Members of one.
void write_whole(JsonWriter& json, const std::vector<DroppedRule>& dropped);
void read_whole(JsonTaker& take, JsonValue from, std::vector<DroppedRule>& dropped);
void write_whole(JsonWriter& json, std::string_view name, const ExclusionCounts& exclusions);
void read_whole(JsonTaker& take, JsonValue from, std::string_view name,
                ExclusionCounts& exclusions);

}  // namespace wafcheck::formats::inline records
