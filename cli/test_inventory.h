#pragma once
// Regression tests as the linter sees them: which rules each is about, and which of those it does
// not trigger.

#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "lint/checks/check.h"

namespace wafcheck::cli {

/// Reads the FTW tests that `inputs` name and runs them against `rules`, as `wafcheck test` does;
/// `crs` is the directory of @owasp_crs. Nothing, with the errors printed, where an input cannot be
/// read. Where the rules cannot be evaluated, no test counts as silent.
std::optional<std::vector<lint::TestCase>> test_inventory(const std::vector<std::string>& inputs,
                                                          const std::vector<std::string>& rules,
                                                          const std::string& crs, Console& console);

}  // namespace wafcheck::cli
