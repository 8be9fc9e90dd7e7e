#pragma once
// Decisions: one JSON object, or one line for people, a transaction; and the summary of a run.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "formats/outcome.h"

namespace wafcheck::formats {

/// The members of a decision's JSON object after "schema" and "index", without braces: what number it
/// has among those that are written is known only when it is.
std::string decision_members(const Outcome& outcome);
/// The whole object, without a line end.
std::string decision_json(std::string_view members, size_t index);

/// "DENY 403 949110 POST /login  score 15  942100 949110"; empty where nothing matched.
std::string decision_text(const Outcome& outcome);

/// Counts that add up over shards of traffic.
struct Summary {
  struct RuleCount {
    uint64_t count = 0;
    std::string message;
  };
  uint64_t transactions = 0;
  uint64_t interrupted = 0;
  uint64_t would_interrupt = 0;
  uint64_t rejected = 0;
  uint64_t matched = 0;         ///< transactions with at least one rule that is shown
  uint64_t unreadable = 0;      ///< entries that could not be read
  uint64_t with_errors = 0;     ///< transactions whose evaluation reported something
  double engine_us = 0;         ///< summed over transactions
  std::map<uint64_t, RuleCount> rules;

  void add(const Outcome& outcome);
  void merge(const Summary& other);
};

std::string summary_json(const Summary& summary, double elapsed_ms);
std::string summary_text(const Summary& summary, double elapsed_ms);

}  // namespace wafcheck::formats
