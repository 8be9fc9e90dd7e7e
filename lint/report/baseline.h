#pragma once
// A baseline: the fingerprints of earlier findings, so that only new ones are reported.

#include <cstdint>
#include <string_view>
#include <unordered_set>

#include "lint/report/report.h"
#include "parser/base/result.h"

namespace wafcheck::lint::inline report {

class Baseline {
 public:
  /// Parses the text of a baseline file.
  static Result<Baseline> parse(std::string_view text);
  /// The baseline of these findings, without those that a baseline cannot hide.
  static Baseline of(const std::vector<Finding>& findings);

  /// Removes the findings that are in the baseline.
  BaselineUse hold_back(std::vector<Finding>& findings) const;
  size_t size() const { return fingerprints_.size(); }

 private:
  std::unordered_set<uint64_t> fingerprints_;
};

/// Writes the file: {"schema":1,"findings":[...]}, one finding per line. Only `fingerprint` is read
/// again; the other members are for people.
void write_baseline(const Report& report, std::ostream& out);

}  // namespace wafcheck::lint::inline report
