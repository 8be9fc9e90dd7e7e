#pragma once
// The exchanges that comparisons run: the requests of CRS's regression tests, and ordinary traffic.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "formats/traffic/traffic.h"

namespace wafcheck::differential {

/// Rules that logged.
using Ids = std::set<uint64_t>;

struct Case {
  std::string name;  ///< "942100-3", "920100-1 stage 1", "page-43"
  formats::Exchange exchange;
};

/// Every stage of CRS's regression tests, with what CRS's test backend answers; none without test
/// data.
std::vector<Case> regression_cases();
/// Pages, forms and API calls as browsers and programs send them; none without test data.
std::vector<Case> benign_cases();

}  // namespace wafcheck::differential
