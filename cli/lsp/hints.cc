// What holds for a rule and is not written in it.

#include <fmt/format.h>

#include "cli/lsp/features.h"
#include "lint/index/facts.h"

namespace wafcheck::cli::lsp {

using formats::JsonWriter;

namespace {

/// "phase 2, PL 1, t:lowercase inherited, tx.score +5".
std::string hint_text(const parser::Rule& rule, const lint::RuleFacts& facts) {
  std::string text;
  const auto add = [&](const std::string& part) { text += text.empty() ? part : ", " + part; };
  bool phase = false, own_transformations = false;
  for (const parser::ActionUse& use : rule.actions) {
    phase |= use.id == parser::Action::phase;
    own_transformations |= use.id == parser::Action::t;
  }
  if (!phase) add(fmt::format("phase {}", rule.phase));
  if (facts.paranoia_level) add(fmt::format("PL {}", *facts.paranoia_level));
  if (!own_transformations && !rule.pipeline.empty()) {
    std::string names;
    for (const parser::Transformation each : rule.pipeline) {
      names += fmt::format("{}t:{}", names.empty() ? "" : ",", parser::info(each).name);
    }
    add(names + " by default");
  }
  for (const parser::ActionUse* const use : rule.effective) {
    const auto* const set = std::get_if<parser::Setvar>(&use->value);
    if (set == nullptr || set->operation != parser::SetvarOperation::add) continue;
    add(use->raw);
  }
  if (rule.removed()) add("removed");
  return text;
}

}  // namespace

Reply inlay_hints(const Call& call) {
  Document* const document = call.document();
  const auto range = read_range(call.params.member("range"));
  if (document == nullptr || !call.workspace.settings.hints) return nothing();
  if (!range) return refuse(ErrorCode::invalid_params, "a range is expected");
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const Snapshot* const snapshot : call.workspace.snapshots(document->path())) {
    for (const lint::RuleFacts& facts : lint::rule_facts(snapshot->analysis())) {
      const parser::Rule& rule = *facts.rule;
      if (snapshot->path_of(rule.span.file) != document->path()) continue;
      const auto place = snapshot->location(rule.name_span, call.workspace.client.encoding);
      if (!place || place->range.end < range->start || range->end < place->range.end) continue;
      const std::string text = hint_text(rule, facts);
      if (text.empty()) continue;
      json.begin_object();
      json.key("position");
      write(json, place->range.end);
      json.member("label", text);
      json.key("paddingLeft");
      json.boolean(true);
      json.end_object();
    }
    // Another ruleset that holds the document would say it once more.
    break;
  }
  json.end_array();
  return out;
}

}  // namespace wafcheck::cli::lsp
