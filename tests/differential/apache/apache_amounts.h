#pragma once
// How much the comparisons with the server compare; see apache_differential.cc.

#include <cstdint>

#include "../random/amounts.h"

namespace wafcheck::differential {

struct ApacheAmounts {
  uint64_t requests = 1000, pairs = 300, seed = 1, reduce = 0;
};
extern ApacheAmounts apache_amounts;

}  // namespace wafcheck::differential
