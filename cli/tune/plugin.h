#pragma once
// Exclusions as a plugin of CRS: its files, and tests in pairs, which show that an excluded target
// passes and that another one does not.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/tune/result.h"
#include "engine/program.h"
#include "formats/records/evaluator.h"

namespace wafcheck::cli::inline tune {

/// Ids that a plugin has for itself, from its first.
inline constexpr uint64_t kPluginBlock = 1000;
/// Where in the block the exclusions begin.
inline constexpr uint64_t kPluginFirst = 100;

/// Whether a name fits a plugin's files and variable: lower-case letters, digits and dashes.
bool is_plugin_name(std::string_view name);

/// NAME-config.conf: how the plugin is switched off.
std::string plugin_config(std::string_view name, uint64_t id_base);
/// What begins and ends NAME-before.conf: exclusions between them can be switched off.
std::string plugin_switch(std::string_view name, uint64_t id_base);
std::string plugin_end(std::string_view name);

/// A file of FTW tests for each rule with exclusions, by its path below the plugin. Only tests that
/// `program`, the rules with the exclusions, passes; `left_out` counts exclusions that have none.
std::vector<std::pair<std::string, std::string>> plugin_tests(
    std::string_view name, const std::vector<Proposal>& proposals,
    const std::shared_ptr<const engine::Program>& program,
    const formats::EvaluatorOptions& evaluation, size_t& left_out);

}  // namespace wafcheck::cli::inline tune
