#pragma once
// Regression tests as the linter wants to know them: which rules they are about, and which of those
// they do not trigger.

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "lint/check.h"

namespace wafcheck::cli {

/// Reads the FTW tests that `inputs` name and runs them against `rules`, as `wafcheck test` does;
/// `crs` is where their @owasp_crs stands.
/// What is wrong with the inputs is printed, and gives nothing. Where the rules cannot be
/// evaluated, no test counts as silent.
std::optional<std::vector<lint::TestCase>> test_inventory(const std::vector<std::string>& inputs,
                                                          const std::vector<std::string>& rules,
                                                          const std::string& crs, Streams& streams,
                                                          const GlobalOptions& global);

}  // namespace wafcheck::cli
