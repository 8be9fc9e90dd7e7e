#pragma once
// The reads of captures of an expression.

#include <cstdint>
#include <unordered_map>

#include "lint/analysis/analysis.h"

namespace wafcheck::lint::inline analysis {

class CaptureReads {
 public:
  explicit CaptureReads(const Analysis& analysis);

  /// One bit for each of TX:0 to TX:9 that may be read as a capture of the rule. Conservative: it
  /// may set too many bits, but never too few.
  uint16_t of(const parser::Rule& rule) const;

 private:
  const Analysis& analysis_;
  std::unordered_map<const parser::Rule*, uint16_t> chains_;  ///< by starter
  uint16_t anywhere_ = 0;  ///< read by rules whose chain captures nothing
};

}  // namespace wafcheck::lint::inline analysis
