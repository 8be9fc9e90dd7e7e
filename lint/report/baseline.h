#pragma once
// A baseline: findings that a project knows of, by fingerprint, so that only new ones are reported.

#include <cstdint>
#include <string_view>
#include <unordered_set>

#include "lint/report/report.h"
#include "parser/result.h"

namespace wafcheck::lint {

class Baseline {
 public:
  /// The text of a baseline file; the error says what is wrong with it.
  static Result<Baseline> parse(std::string_view text);
  /// Of these findings, without those that no baseline holds back.
  static Baseline of(const std::vector<Finding>& findings);

  /// Drops what the baseline holds.
  BaselineUse hold_back(std::vector<Finding>& findings) const;
  size_t size() const { return fingerprints_.size(); }

 private:
  std::unordered_set<uint64_t> fingerprints_;
};

/// The file for these findings: {"schema":1,"findings":[...]}, one a line. Only `fingerprint` is
/// read again; the rest tells people what it stands for.
void write_baseline(const Report& report, std::ostream& out);

}  // namespace wafcheck::lint
