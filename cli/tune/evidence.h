#pragma once
// What holds a request back: the scores and rules that interrupt it, and the matches behind them,
// each with the target that an exclusion would name.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/records/outcome.h"
#include "formats/traffic/traffic.h"
#include "formats/why/score.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::cli::inline tune {

/// A target as exclusions name it.
struct TargetName {
  parser::Variable variable{};
  std::string key;       ///< empty: a scalar
  bool counted = false;  ///< '&': no engine excludes it on its own

  /// "ARGS:note", "REQUEST_BODY", "&ARGS".
  std::string text() const;
  bool operator==(const TargetName&) const = default;
  auto operator<=>(const TargetName&) const = default;
};

/// A setting of the ruleset that a rule compares a value with: a TX variable.
struct ComparedSetting {
  std::string variable;  ///< without "tx."
  std::string value;     ///< in force when it was compared
  std::string compared;  ///< what the request has
  parser::Operator how = parser::Operator::within;
  bool negated = false;
};

/// What one rule matched in one target.
struct Hit {
  uint64_t rule_id = 0;
  int phase = 0;
  uint32_t link = 0;  ///< of the chain
  TargetName target;
  std::string value;  ///< the first one, as sent
  std::optional<ComparedSetting> setting;
};

/// What has to change for a request to pass: one score that reaches its threshold, or a rule that
/// interrupts by itself.
struct Obstacle {
  struct Part {
    size_t hit = 0;      ///< of Evidence::hits
    int64_t amount = 0;  ///< that it adds
  };
  uint64_t rule_id = 0;  ///< that interrupts
  int64_t excess = 0;    ///< by which the score has to fall
  std::vector<Part> parts;
};

struct Evidence {
  std::string method, path, host;  ///< as the rules see them
  std::vector<Hit> hits;
  std::vector<Obstacle> obstacles;
  std::string reason;  ///< why no exclusion can help; empty: one may
};

/// Reads the evidence of transactions over one ruleset. Thread-safe.
class Judge {
 public:
  /// `ruleset` must outlive the judge.
  explicit Judge(const parser::RulesetModel& ruleset);

  /// What holds a transaction back; nothing where it passes. The outcome must hold its evidence.
  std::optional<Evidence> judge(const formats::Outcome& outcome) const;

  const parser::RulesetModel& ruleset() const { return ruleset_; }

 private:
  struct Reader;

  const parser::RulesetModel& ruleset_;
  const std::vector<formats::ScoreRule> scores_;
};

/// The path as rules see it, and the host without its port, in lower case.
std::string path_of(const formats::Outcome& outcome);
std::string host_of(const formats::Request& request);

}  // namespace wafcheck::cli::inline tune
