#include "formats/records/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "formats/json/writer.h"
#include "formats/privacy/masked_value.h"
#include "formats/why/marked.h"
#include "parser/base/escape.h"
#include "parser/language/language.h"

namespace wafcheck::formats::inline records {
namespace {

/// Bytes of a value that the story shows; the JSON has all.
constexpr size_t kShown = 100;

/// The id of a rule, of its starter for a link of a chain.
uint64_t id_of(const parser::Rule& rule, const parser::RulesetModel& ruleset) {
  const parser::Rule& starter =
      rule.starter == parser::kNoRule ? rule : ruleset.rules[rule.starter];
  return starter.id.value_or(0);
}

/// Cut so that what the operator found is in it.
std::string excerpt_around(std::string_view text,
                           const std::optional<std::pair<size_t, size_t>>& found) {
  if (!found || found->first > text.size()) return excerpt(text, kShown);
  const Range range{found->first, std::min(found->first + found->second, text.size())};
  return marked_excerpt(text, range, kShown, true).text();
}

std::string operator_text(const parser::Rule& rule) {
  std::string text =
      fmt::format("{}@{}", rule.op.negated ? "!" : "", parser::info(rule.op.id).name);
  if (!rule.op.argument.empty())
    text += fmt::format(" {}", excerpt(rule.op.argument.view(), kShown));
  return text;
}

}  // namespace

std::vector<TraceRecorder::TxChange> TraceRecorder::first_to_last(
    const std::vector<TxChange>& changes) {
  std::vector<TxChange> merged;
  std::unordered_map<std::string_view, size_t> places;
  for (const TxChange& change : changes) {
    const auto [place, inserted] = places.try_emplace(change.name, merged.size());
    if (inserted) {
      merged.push_back(change);
    } else {
      merged[place->second].after = change.after;
    }
  }
  return merged;
}

void TraceRecorder::clear() {
  entries_.clear();
  first_link_ = 0;
  recording_ = false;
}

bool TraceRecorder::wanted(const parser::Rule& rule, int phase) const {
  const bool this_phase =
      filter_.phases.empty() || std::ranges::find(filter_.phases, phase) != filter_.phases.end();
  if (!this_phase || filter_.ids.empty()) return this_phase;
  if (rule.link > 0) return recording_;  // a chain is wanted whole
  return rule.id && std::ranges::find(filter_.ids, *rule.id) != filter_.ids.end();
}

void TraceRecorder::rule_begins(const parser::Rule& rule, int phase) {
  if (rule.link == 0) first_link_ = entries_.size();
  recording_ = wanted(rule, phase);
  if (!recording_) return;
  Entry& entry = entries_.emplace_back();
  entry.rule = &rule;
  entry.phase = phase;
}

void TraceRecorder::value_tested(const engine::TestedValue& value) {
  if (recording_) entries_.back().values.push_back(value);
}

void TraceRecorder::action_run(const parser::ActionUse& action) {
  if (!recording_) return;
  std::string text(parser::info(action.id).name);
  if (!action.raw.empty()) text += ":" + action.raw;
  entries_.back().actions.push_back(std::move(text));
}

void TraceRecorder::tx_changed(std::string_view name, std::string_view before,
                               std::string_view after) {
  if (recording_) entries_.back().changes.push_back({std::string(name), before, after});
}

void TraceRecorder::rule_ends(bool matched) {
  if (!recording_) return;
  entries_.back().matched = matched;
  if (matched || !filter_.matched) return;
  entries_.resize(first_link_);
  recording_ = false;
}

void TraceRecorder::rule_skipped(const parser::Rule& rule, int phase, const std::string& reason) {
  recording_ = !filter_.matched && wanted(rule, phase);
  if (!recording_) return;
  Entry& entry = entries_.emplace_back();
  entry.rule = &rule;
  entry.phase = phase;
  entry.skipped_by = reason;
}

std::string TraceRecorder::json(const parser::RulesetModel& ruleset, const Masks* masks) const {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const Entry& entry : entries_) {
    const parser::Place place = ruleset.sources.begin_of(entry.rule->span);
    json.begin_object();
    json.key("rule_id");
    json.number(id_of(*entry.rule, ruleset));
    json.key("phase");
    json.number(entry.phase);
    json.bytes("file", place.path);
    json.key("line");
    json.number(place.line);
    json.key("chain_link");
    json.number(entry.rule->link);
    json.member("outcome", !entry.skipped_by.empty() ? "skipped"
                           : entry.matched           ? "matched"
                                                     : "unmatched");
    json.key("reason");
    if (entry.skipped_by.empty()) {
      json.null();
    } else {
      json.string(entry.skipped_by);
    }
    json.key("targets");
    json.begin_array();
    for (const engine::TestedValue& value : entry.values) {
      json.begin_object();
      json.bytes("variable", value.name);
      const MaskedValue shown(masks, value.name, value.value);
      json.bytes("value", shown.text());
      json.key("transformations");
      json.begin_array();
      for (const auto& [step, result] : value.steps) {
        json.begin_object();
        json.member("name", parser::info(step).name);
        json.bytes("value", shown.derived(result));
        json.end_object();
      }
      json.end_array();
      json.member("operator", fmt::format("@{}", parser::info(entry.rule->op.id).name));
      json.bytes("argument", entry.rule->op.argument.view());
      json.key("negated");
      json.boolean(entry.rule->op.negated);
      json.key("matched");
      json.boolean(value.matched);
      std::vector<std::string> captures;
      for (const std::string_view capture : value.captures) {
        captures.push_back(shown.derived(capture));
      }
      json.texts("captures", captures);
      json.end_object();
    }
    json.end_array();
    json.texts("actions", entry.actions);
    json.key("tx");
    json.begin_object();
    for (const TxChange& change : first_to_last(entry.changes)) {
      json.key(change.name);
      json.begin_array();
      for (const std::string_view state : {change.before, change.after}) {
        if (state.data() == nullptr) {
          json.null();
        } else {
          json.string(state);
        }
      }
      json.end_array();
    }
    json.end_object();
    json.end_object();
  }
  json.end_array();
  return out;
}

std::string TraceRecorder::text(const parser::RulesetModel& ruleset, const Masks* masks) const {
  std::string out;
  auto to = std::back_inserter(out);
  int phase = 0;
  for (const Entry& entry : entries_) {
    if (entry.phase != phase) fmt::format_to(to, "  phase {}\n", phase = entry.phase);
    const parser::Place place = ruleset.sources.begin_of(entry.rule->span);
    const std::string link = entry.rule->link > 0 ? fmt::format(" link {}", entry.rule->link) : "";
    const std::string outcome = !entry.skipped_by.empty()
                                    ? fmt::format("skipped: {}", entry.skipped_by)
                                : entry.matched ? "matched"
                                                : "no match";
    fmt::format_to(to, "    rule {}{} ({}:{}): {}\n", id_of(*entry.rule, ruleset), link, place.path,
                   place.line, outcome);
    for (const engine::TestedValue& value : entry.values) {
      const MaskedValue shown(masks, value.name, value.value);
      const std::string& text = shown.text();
      fmt::format_to(
          to, "      {} = \"{}\"\n", excerpt(value.name, kShown),
          value.steps.empty() ? excerpt_around(text, value.found) : excerpt(text, kShown));
      for (const auto& [step, result] : value.steps) {
        fmt::format_to(to, "        t:{} gives \"{}\"\n", parser::info(step).name,
                       &result == &value.steps.back().second
                           ? excerpt_around(shown.derived(result), value.found)
                           : excerpt(shown.derived(result), kShown));
      }
      fmt::format_to(to, "        {}: {}\n", operator_text(*entry.rule),
                     value.matched ? "match" : "no match");
      for (size_t group = 0; group < value.captures.size(); ++group) {
        if (value.captures[group].data() == nullptr) continue;
        fmt::format_to(to, "        TX:{} = \"{}\"\n", group,
                       excerpt(shown.derived(value.captures[group]), kShown));
      }
    }
    for (const std::string& action : entry.actions)
      fmt::format_to(to, "      {}\n", excerpt(action, kShown));
    for (const TxChange& change : entry.changes) {
      const auto state = [](std::string_view text) {
        return text.data() == nullptr ? std::string("unset")
                                      : fmt::format("\"{}\"", excerpt(text, kShown));
      };
      fmt::format_to(to, "        tx.{}: {} to {}\n", change.name, state(change.before),
                     state(change.after));
    }
  }
  return out;
}

}  // namespace wafcheck::formats::inline records
