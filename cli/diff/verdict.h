#pragma once
// What became of one transaction under one ruleset, and how that differs under another.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/records/outcome.h"

namespace wafcheck::cli::inline diff {

struct Verdict {
  std::string decision;  ///< as replay has it; "would-deny" where DetectionOnly lets it pass
  bool blocked = false;  ///< the client does not get the server's answer, or would not
  int status = 0;        ///< of the interruption; 0: none
  std::optional<uint64_t> rule_id;  ///< that interrupts
  std::optional<int64_t> score, outbound_score;
  bool undecided = false;  ///< a limit left it open
};
Verdict verdict_of(const formats::Outcome& outcome);

enum class Change : uint8_t {
  newly_passed,
  newly_blocked,
  otherwise,  ///< blocked, or passed, in another way
  score,
  same,
};
inline constexpr size_t kChanges = 5;

/// A row of the table of changes, in the order in which they are told.
struct ChangeInfo {
  Change id;
  std::string_view name;   ///< in JSON: a member of the summary
  std::string_view title;  ///< for people
};
const ChangeInfo& info(Change change);

Change change_of(const Verdict& old, const Verdict& now);

}  // namespace wafcheck::cli::inline diff
