#include "lint/index/totals.h"

#include <unordered_map>

#include "parser/language/severities.h"

namespace wafcheck::lint::inline index {
namespace {

void count(Counts& counts, const std::vector<std::string>& values) {
  for (const std::string& value : values) ++counts[value];
}

}  // namespace

Totals totals_of(const parser::RulesetModel& ruleset, const std::vector<RuleFacts>& rules) {
  Totals totals;
  std::unordered_map<std::string_view, size_t> markers;
  for (const parser::Marker& marker : ruleset.markers) {
    markers.try_emplace(marker.name, totals.markers.size());
    totals.markers.push_back({&marker, {}});
  }
  for (const RuleFacts& facts : rules) {
    const std::string name = name_of(facts);
    ++totals.phases[std::to_string(facts.phase)];
    ++totals.files[facts.file];
    if (facts.paranoia_level) ++totals.paranoia_levels[std::to_string(*facts.paranoia_level)];
    if (facts.severity) ++totals.severities[std::string(parser::name_of_severity(*facts.severity))];
    count(totals.tags, facts.tags);
    count(totals.variables, facts.variables);
    count(totals.operators, facts.operators);
    count(totals.transformations, facts.transformations);
    count(totals.actions, facts.actions);
    for (const std::string& tx : facts.writes) totals.tx[tx].writers.push_back(name);
    for (const std::string& tx : facts.reads) totals.tx[tx].readers.push_back(name);
    if (facts.links > 1) ++totals.chains;
    if (facts.removed) ++totals.removed;
    for (const std::string& marker : facts.skips_to) {
      if (const auto found = markers.find(marker); found != markers.end()) {
        totals.markers[found->second].skipped_to_by.push_back(name);
      }
    }
  }
  return totals;
}

}  // namespace wafcheck::lint::inline index
