#include <nlohmann/json.hpp>

#include "lint/index/index_formats.h"
#include "lint/index/resolved.h"
#include "lint/index/totals.h"
#include "parser/language/severities.h"

namespace wafcheck::lint::inline index {
namespace {

using nlohmann::ordered_json;

ordered_json or_null(const auto& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json rule_json(const IndexView& view, const RuleFacts& facts) {
  ordered_json row = {
      {"id", or_null(facts.id)},
      {"phase", facts.phase},
      {"file", facts.file},
      {"line", facts.line},
      {"links", facts.links},
      {"severity", or_null(facts.severity)},
      {"severity_name",
       facts.severity ? ordered_json(parser::name_of_severity(*facts.severity)) : nullptr},
      {"paranoia_level", or_null(facts.paranoia_level)},
      {"message", text_or_null(facts.message)},
      {"version", text_or_null(facts.version)},
      {"disruptive", text_or_null(facts.disruptive)},
      {"removed", facts.removed},
      {"tags", facts.tags},
      {"variables", facts.variables},
      {"targets", facts.targets},
      {"operators", facts.operators},
      {"transformations", facts.transformations},
      {"actions", facts.actions},
      {"reads", facts.reads},
      {"writes", facts.writes}};
  if (view.resolved) row["resolved"] = resolved_rule(view.analysis.ruleset, *facts.rule);
  return row;
}

}  // namespace

std::string index_json(const IndexView& view) {
  const parser::RulesetModel& ruleset = view.analysis.ruleset;
  ordered_json document = {
      {"schema", 1}, {"files", ordered_json::array()}, {"rules", ordered_json::array()}};
  for (const parser::LoadedFile& file : ruleset.files) {
    ordered_json row = {{"file", ruleset.sources[file.file].path}, {"included_by", nullptr}};
    if (file.included_by) {
      const parser::Place place = ruleset.sources.begin_of(*file.included_by);
      row["included_by"] = {{"file", place.path}, {"line", place.line}};
    }
    document["files"].push_back(std::move(row));
  }
  for (const RuleFacts& facts : view.rules) document["rules"].push_back(rule_json(view, facts));
  const Totals totals = totals_of(ruleset, view.rules);
  document["phases"] = totals.phases;
  document["paranoia_levels"] = totals.paranoia_levels;
  document["severities"] = totals.severities;
  document["tags"] = totals.tags;
  document["variables"] = totals.variables;
  document["operators"] = totals.operators;
  document["transformations"] = totals.transformations;
  document["actions"] = totals.actions;
  document["tx"] = ordered_json::array();
  for (const auto& [name, use] : totals.tx) {
    document["tx"].push_back({{"name", name}, {"writers", use.writers}, {"readers", use.readers}});
  }
  document["markers"] = ordered_json::array();
  for (const MarkerFacts& facts : totals.markers) {
    const parser::Place place = ruleset.sources.begin_of(facts.marker->span);
    document["markers"].push_back({{"name", facts.marker->name},
                                   {"file", place.path},
                                   {"line", place.line},
                                   {"skipped_to_by", facts.skipped_to_by}});
  }
  // Rules may contain any bytes.
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace wafcheck::lint::inline index
