#pragma once
// The counts and tables of alerts, each with its name. Internal to formats.

#include <string_view>

#include "formats/records/alert_report.h"
#include "formats/records/summary_counts.h"

namespace wafcheck::formats::inline records {

struct AlertTable {
  std::string_view name, title;
  AlertCounts::Table AlertCounts::* table;
};
inline constexpr AlertTable kAlertTables[] = {{"rules", "Rules", &AlertCounts::rules},
                                              {"targets", "Targets", &AlertCounts::targets},
                                              {"paths", "Paths", &AlertCounts::paths},
                                              {"clients", "Clients", &AlertCounts::clients}};

inline constexpr CountMember<AlertCounts> kAlertNumbers[] = {
    {"alerts", &AlertCounts::alerts},
    {"interrupted", &AlertCounts::interrupted},
    {"records", &AlertCounts::records},
    {"unreadable", &AlertCounts::unreadable},
    {"engine_messages", &AlertCounts::engine_messages},
    {"other_lines", &AlertCounts::foreign},
    {"without_time", &AlertCounts::without_time},
    {"not_listed", &AlertCounts::not_listed}};

}  // namespace wafcheck::formats::inline records
