#pragma once
// Summaries of runs as the commands write them, and what tells apart runs that cannot be added up.

#include <optional>
#include <string>
#include <vector>

#include "cli/ruleset_options.h"
#include "cli/traffic_runner.h"
#include "formats/records/summary_file.h"

namespace wafcheck::cli {

/// A hash of what decides a verdict: the bytes of the rules, the engine, and the options of the
/// evaluation. The paths of the files are not in it.
std::string identity_of(const RulesetOptions& options, const TrafficOptions& traffic,
                        const engine::Program& program);

/// A hash of texts.
std::string identity_of_texts(const std::vector<std::string>& texts);

/// The run over the traffic, or the part of it, with the rules of the hash `rules`. A run is known
/// by a hash of `rules`, the inputs with their sizes, and what is chosen among their entries; the
/// same for all parts.
/// `spans`: what was read of files, for the parts to prove each other.
formats::SummaryRuns runs_of(const std::string& rules, const TrafficOptions& traffic,
                             const std::vector<formats::PartSpan>& spans);
/// The same of other work: a hash of what it consists of, and the part that was done.
formats::SummaryRuns runs_of(const std::string& rules, const std::string& work,
                             const std::optional<Shard>& part,
                             const std::vector<formats::PartSpan>& spans = {});

/// --summary.
void add_summary(CLI::App& app, std::string& path);
/// Opens the file of --summary, which must be another than the result's; nothing where none is
/// wanted. False, with the error printed, where it cannot be written.
bool open_summary(const std::string& path, const Output& result, std::optional<Output>& summary,
                  Console& console);

}  // namespace wafcheck::cli
