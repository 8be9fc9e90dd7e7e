#pragma once
// What tells apart runs whose results cannot be added up.

#include <string>

#include "cli/ruleset_options.h"
#include "cli/traffic_runner.h"

namespace wafcheck::cli {

/// A hash of what decides a verdict: the bytes of the rules, the engine, and the options of the
/// evaluation. The paths of the files are not in it.
std::string identity_of(const RulesetOptions& options, const TrafficOptions& traffic,
                        const engine::Program& program);

/// A hash of `rules`, the inputs with their sizes, and what is chosen among their entries; the same
/// for all parts of a run.
std::string identity_of(const std::string& rules, const TrafficOptions& traffic);

}  // namespace wafcheck::cli
