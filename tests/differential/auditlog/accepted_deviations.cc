#include "comparison.h"

namespace wafcheck::differential {

std::span<const AcceptedDeviation> accepted_deviations() {
  static const std::vector<AcceptedDeviation> rows = {};
  return rows;
}

}  // namespace wafcheck::differential
