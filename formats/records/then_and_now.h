#pragma once
// What a log says that the WAF did then, against what the rules do now.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/json/writer.h"
#include "formats/records/outcome.h"
#include "formats/records/summary.h"

namespace wafcheck::formats::inline records {

/// Whether the request is held back: then and now, only then, or only now. What DetectionOnly would
/// have held back counts as held back, so that a log of one mode compares with rules of another.
enum class Change : uint8_t { same, no_longer, newly };
std::string_view to_string(Change change);  ///< "same", "no-longer", "newly"

struct ThenAndNow {
  Change change = Change::same;
  std::string then, now;           ///< "deny", "would-deny", "pass" …
  std::vector<uint64_t> gone;      ///< rules that matched then alone
  std::vector<uint64_t> appeared;  ///< rules that match now alone
  bool partial = false;            ///< the record lacks what rules look at

  /// Whether the decision or the rules differ at all.
  bool differs() const { return then != now || !gone.empty() || !appeared.empty(); }
};

/// None where the traffic is no log. Of the rules those count that are audited.
std::optional<ThenAndNow> then_and_now(const Outcome& outcome);

/// "deny", "would-deny", "reject", "pass" …: what the rules do now.
std::string decision_now(const Outcome& outcome);

/// Writes the members `recorded`, `changed` and `incomplete`.
void write_then_and_now(JsonWriter& json, const Outcome& outcome);

/// The member `records`: nothing where there are none.
void write_record_counts(JsonWriter& json, const RecordCounts& counts, uint64_t unreadable);
/// Lines for people; empty where there are no records.
std::string record_counts_text(const RecordCounts& counts, uint64_t unreadable);

}  // namespace wafcheck::formats::inline records
