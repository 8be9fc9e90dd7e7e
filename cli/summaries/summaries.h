#pragma once
// What runs of the commands came to, as files that can be added up: a kind a row.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/console.h"
#include "cli/diff/summary.h"
#include "cli/tune/good_traffic.h"
#include "formats/ftw/test_summary.h"
#include "formats/json/rows.h"
#include "formats/records/summary_file.h"
#include "formats/records/whole.h"

namespace wafcheck::cli::inline summaries {

/// In the order of the table of kinds.
using SummaryBody = std::variant<formats::Summary, DiffSummary, GoodTraffic, formats::ProfileReport,
                                 formats::AlertCounts, formats::TestSummary>;

struct RunSummary {
  formats::SummaryRuns runs;
  SummaryBody body;
};

/// For whom a sum is shown.
struct SummaryView {
  size_t columns = 0;  ///< of the terminal; 0: it is none
  bool ascii = false;
};

/// A row of the table of kinds.
struct SummaryKind {
  std::string_view name;  ///< the command that writes it
  /// What may be the answer "no" of the command, as --fail-on has it; the first is meant where
  /// nothing is said.
  std::vector<std::string_view> fail_on;
  SummaryBody (*read)(formats::JsonTaker& take, formats::JsonValue from);
  void (*write)(formats::JsonWriter& json, const SummaryBody& body);
  void (*add)(SummaryBody& to, const SummaryBody& more);
  std::string (*text)(const SummaryBody& body, const SummaryView& view);
  std::string (*json)(const SummaryBody& body);
  bool (*fails)(std::string_view fail_on, const SummaryBody& body);
  bool (*has_dropped)(const SummaryBody& body);
  /// How many verdicts a limit left open that might be another answer.
  uint64_t (*unanswered)(std::string_view fail_on, const SummaryBody& body);
};
std::span<const SummaryKind> summary_kinds();
const SummaryKind& kind_of(const SummaryBody& body);

/// The file.
std::string text_of(const RunSummary& summary);

/// Reads files, directories and globs, and adds up what they hold. Nothing, with the reason
/// printed, where one cannot be read, is there twice or is of another kind, other rules or other
/// options, and unless `partial` where a part is missing.
std::optional<RunSummary> read_summaries(const std::vector<std::string>& inputs, bool partial,
                                         Console& console);

}  // namespace wafcheck::cli::inline summaries
