#pragma once
// What logs reported, counted: top rules, targets, paths and clients, over time.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "formats/privacy/masks.h"
#include "formats/traffic/auditlog/alert_lines.h"

namespace wafcheck::formats::inline records {

class AlertCounts {
 public:
  struct Row {
    uint64_t alerts = 0;
    uint64_t interrupted = 0;
    std::string message;  ///< of a rule; what all its messages begin with, and dots

    void merge(const Row& other);
  };
  using Table = std::unordered_map<std::string, Row>;

  void add(const SeenAlert& alert);
  /// Adds all of another's names, also where a table grows beyond kNames: the sum is the same in
  /// any order.
  void merge(const AlertCounts& other);
  /// Hides what is private in paths; those that are the same then count as one.
  void hide_paths(const Masks& masks);

  Table rules, targets, paths, clients;
  std::map<int64_t, Row> hours;  ///< by the hour since the epoch
  uint64_t alerts = 0;
  uint64_t interrupted = 0;
  uint64_t not_listed = 0;  ///< names that a table has no room for: kNames
  uint64_t without_time = 0;
  uint64_t records = 0;          ///< of audit logs
  uint64_t foreign = 0;          ///< lines of something else
  uint64_t engine_messages = 0;  ///< lines in which an engine speaks of itself
  uint64_t unreadable = 0;       ///< lines and records

  /// How many names a table holds; logs of years have more paths and clients than fit a page.
  static constexpr size_t kNames = 100'000;

 private:
  void count(Table& table, const std::string& name, const SeenAlert& alert);
};

struct AlertReportOptions {
  size_t top = 20;     ///< rows of a table; 0: all
  size_t columns = 0;  ///< of text; 0: as long as it takes
  bool ascii = false;
};

/// A row of the table of formats.
struct AlertReportFormat {
  std::string_view name;
  std::string_view doc;
  std::string (*write)(const AlertCounts& counts, const AlertReportOptions& options);
};
extern const AlertReportFormat kAlertReportFormats[3];

}  // namespace wafcheck::formats::inline records
