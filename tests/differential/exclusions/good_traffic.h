#pragma once
// Good requests that CRS holds back, and what `wafcheck tune` writes so that they pass.

#include <string>
#include <string_view>
#include <vector>

#include "formats/traffic/traffic.h"
#include "parser/base/result.h"
#include "tests/scratch.h"

namespace wafcheck::differential {

inline constexpr std::string_view kCrsSetup = "/etc/modsecurity/crs/crs-setup.conf";
inline constexpr std::string_view kCrsRules = "/usr/share/modsecurity-crs/rules";

/// Words of ordinary text that look like attacks, in the query, a form, JSON, a cookie and a
/// header, on a path each.
std::vector<formats::Exchange> good_traffic();

/// The packaged CRS, with files of exclusions before and behind it; empty: none.
std::string crs_with(std::string_view before, std::string_view after);

/// Runs `wafcheck tune` for an engine over the traffic and returns crs_with() the files that it
/// wrote to the folder. An error is what the command said.
Result<std::string> tuned_rules(const std::vector<formats::Exchange>& traffic,
                                const std::string& engine, const tests::ScratchDirectory& folder);

}  // namespace wafcheck::differential
