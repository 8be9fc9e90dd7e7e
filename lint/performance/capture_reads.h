#pragma once
// Who reads what an expression has captured.

#include <cstdint>
#include <unordered_map>

#include "lint/check.h"

namespace wafcheck::lint {

class CaptureReads {
 public:
  explicit CaptureReads(const Context& context);

  /// A bit for each of TX:0 to TX:9 that may be read as what the rule has captured. Safe: one more
  /// may be set, never one too few.
  uint16_t of(const parser::Rule& rule) const;

 private:
  const Context& context_;
  std::unordered_map<const parser::Rule*, uint16_t> chains_;  ///< by starter
  uint16_t anywhere_ = 0;                                     ///< read by who captures nothing
};

}  // namespace wafcheck::lint
