#pragma once
// Traffic in which no rule may fire, as `wafcheck test --expect-no-match` runs it.

#include <functional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/expectation_tests.h"
#include "formats/ftw/ftw.h"

namespace wafcheck::cli {

/// Runs the traffic through the rules and gives a result for each transaction whose id
/// `is_selected` takes. It fails where a rule matches that logs, audits or interrupts, where the
/// front refuses the request, and where a limit leaves it open whether a rule matches. Ends at the
/// first failure if `fail_fast`. Errors of the traffic are printed.
std::vector<formats::FtwResult> run_quiet_traffic(
    const std::vector<std::string>& inputs, bool allow_empty, bool fail_fast,
    const std::function<bool(const std::string&)>& is_selected, const ExpectationRun& run,
    Console& console);

}  // namespace wafcheck::cli
