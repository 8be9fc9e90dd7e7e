#pragma once
// Settings of a ruleset that a good request does not fit, widened so that it does: a list of
// allowed values, a list of restricted ones, or a limit.

#include <optional>
#include <string>

#include "cli/tune/evidence.h"

namespace wafcheck::cli::inline tune {

/// The value that a setting needs for what was compared with it to pass. `current`: what it is so
/// far. Nothing where it is no list or limit, or could not stand in a setvar.
std::optional<std::string> widened(const ComparedSetting& setting, const std::string& current);

}  // namespace wafcheck::cli::inline tune
