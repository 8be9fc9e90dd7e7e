#pragma once
// What a reduced request has to do still.

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "formats/records/outcome.h"

namespace wafcheck::formats::inline reduce {

class Goal {
 public:
  /// A rule matches; the outcome must hold all matches.
  static Goal rule(uint64_t id);
  /// The request is, or would be, held back as this outcome tells, by the same rule. No rule may
  /// log that did not log here: a request without headers is held back for want of them. `outcome`
  /// must be interrupted.
  static Goal interruption(const Outcome& outcome);

  bool holds(const Outcome& outcome) const;
  /// The rule that matches or holds the request back; none: no rule does.
  std::optional<uint64_t> rule_id() const { return rule_id_; }
  /// "deny", "drop", "redirect"; empty: the goal is that a rule matches.
  const std::string& decision() const { return decision_; }
  /// "rule 942100 matches", "deny by rule 949110".
  std::string text() const;

 private:
  Goal() = default;

  std::optional<uint64_t> rule_id_;
  std::string decision_;
  std::set<uint64_t> logged_;
};

/// Whether a rule of this id matched, and not only for want of time.
bool matches_rule(const Outcome& outcome, uint64_t id);

}  // namespace wafcheck::formats::inline reduce
