#include "formats/records/then_and_now.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/records/audit_view.h"
#include "formats/traffic/gaps.h"
#include "parser/profile.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {
namespace {

bool is_held_back(std::string_view decision) {
  return decision != "pass" && decision != "allow";
}

std::string decision_then(const Recorded& recorded) {
  if (recorded.detection_only || recorded.decision == "pass") {
    return recorded.would_interrupt ? "would-deny" : recorded.decision;
  }
  return recorded.decision;
}

/// The rules that matched now, those that a record of the same engine names; each once.
std::vector<uint64_t> rules_now(const engine::Transaction& transaction, const Recorded& recorded) {
  const auto profile = recorded.engine ? recorded.engine->profile : parser::Profile::standard;
  std::vector<uint64_t> ids;
  for (const engine::MatchedRule& matched : transaction.matched_rules()) {
    const auto id = matched.rule->id;
    if (!id || !is_named(matched, profile)) continue;
    if (std::ranges::find(ids, *id) == ids.end()) ids.push_back(*id);
  }
  return ids;
}

std::vector<uint64_t> without(const std::vector<uint64_t>& ids,
                              const std::vector<uint64_t>& others) {
  std::vector<uint64_t> left;
  std::ranges::copy_if(ids, std::back_inserter(left),
                       [&](uint64_t id) { return std::ranges::find(others, id) == others.end(); });
  return left;
}

void write_ids(JsonWriter& json, std::string_view name, const std::vector<uint64_t>& ids) {
  json.key(name);
  json.begin_array();
  for (const uint64_t id : ids) json.number(id);
  json.end_array();
}

void write_flag(JsonWriter& json, std::string_view name, bool value) {
  if (!value) return;
  json.key(name);
  json.boolean(true);
}

void write_recorded(JsonWriter& json, const Recorded& recorded) {
  json.begin_object();
  json.bytes("producer", recorded.producer);
  if (recorded.engine) json.member("engine", to_string(*recorded.engine));
  json.member("decision", recorded.decision);
  write_flag(json, "inferred", recorded.inferred);
  write_flag(json, "detection_only", recorded.detection_only);
  write_flag(json, "would_interrupt", recorded.would_interrupt);
  json.number("status", recorded.status);
  write_ids(json, "rule_ids", recorded.rule_ids);
  json.number("score", recorded.score);
  json.end_object();
}

/// "SecAuditLogParts ABCDEFHJZ records it", of a gap that a setting closes.
std::string_view remedy(Gap gap) {
  switch (gap) {
    case Gap::request_body:
    case Gap::request_body_fields:
    case Gap::request_body_arguments:
      return "SecAuditLogParts ABCDEFHJZ records it";
    case Gap::verdict:
      return "SecAuditLogParts with H records it";
    case Gap::request_headers:
      return "SecAuditLogParts with B records them";
    default:
      return {};
  }
}

}  // namespace

std::string_view to_string(Change change) {
  switch (change) {
    case Change::no_longer:
      return "no-longer";
    case Change::newly:
      return "newly";
    case Change::same:
      break;
  }
  return "same";
}

std::string decision_now(const Outcome& outcome) {
  if (const auto& would = outcome.transaction->would_interrupt()) {
    return fmt::format("would-{}", engine::to_string(would->action));
  }
  return std::string(decision_of(outcome));
}

std::optional<ThenAndNow> then_and_now(const Outcome& outcome) {
  const auto& recorded = outcome.exchange->recorded;
  if (!recorded) return std::nullopt;
  ThenAndNow both;
  both.then = decision_then(*recorded);
  both.now = decision_now(outcome);
  const bool then = is_held_back(both.then), now = is_held_back(both.now);
  both.change = then == now ? Change::same : then ? Change::no_longer : Change::newly;
  const std::vector<uint64_t> ids = rules_now(*outcome.transaction, *recorded);
  both.gone = without(recorded->rule_ids, ids);
  const bool named =
      std::ranges::find(outcome.exchange->gaps, Gap::rule_ids) == outcome.exchange->gaps.end();
  if (named) both.appeared = without(ids, recorded->rule_ids);
  both.partial = is_partial(outcome.exchange->gaps);
  return both;
}

void write_then_and_now(JsonWriter& json, const Outcome& outcome) {
  const auto both = then_and_now(outcome);
  json.key("recorded");
  if (both) {
    write_recorded(json, *outcome.exchange->recorded);
  } else {
    json.null();
  }
  json.key("changed");
  if (both && both->differs()) {
    json.begin_object();
    json.texts("decision", std::vector<std::string_view>{both->then, both->now});
    json.member("blocked", to_string(both->change));
    write_ids(json, "gone", both->gone);
    write_ids(json, "new", both->appeared);
    json.end_object();
  } else {
    json.null();
  }
  std::vector<std::string_view> names;
  for (const Gap gap : outcome.exchange->gaps) names.push_back(row_of(gap).name);
  json.texts("incomplete", names);
  if (is_partial(outcome.exchange->gaps)) write_flag(json, "partial", true);
}

void RecordCounts::add(const Outcome& outcome) {
  for (const Gap gap : outcome.exchange->gaps) ++gaps[gap];
  const auto both = then_and_now(outcome);
  if (!both) return;
  if (!outcome.exchange->recorded->rule_ids.empty()) ++with_rules;
  if (both->partial) {
    ++partial;
    if (both->change != Change::same) ++partial_changed;
    return;
  }
  ++(both->change == Change::same ? same : both->change == Change::no_longer ? no_longer : newly);
}

void RecordCounts::merge(const RecordCounts& other) {
  same += other.same;
  no_longer += other.no_longer;
  newly += other.newly;
  partial += other.partial;
  partial_changed += other.partial_changed;
  with_rules += other.with_rules;
  for (const auto& [gap, count] : other.gaps) gaps[gap] += count;
}

void write_record_counts(JsonWriter& json, const RecordCounts& counts, uint64_t unreadable) {
  if (counts.total() != 0) {
    json.key("records");
    json.begin_object();
    const std::pair<std::string_view, uint64_t> rows[] = {
        {"total", counts.total() + unreadable},
        {"replayed", counts.whole()},
        {"partial", counts.partial},
        {"unreadable", unreadable},
        {"same", counts.same},
        {"no_longer", counts.no_longer},
        {"newly", counts.newly},
        {"partial_changed", counts.partial_changed}};
    for (const auto& [name, count] : rows) {
      json.key(name);
      json.number(count);
    }
    json.end_object();
  }
  if (counts.gaps.empty()) return;
  json.key("incomplete");
  json.begin_object();
  for (const auto& [gap, count] : counts.gaps) {
    json.key(row_of(gap).name);
    json.number(count);
  }
  json.end_object();
}

std::string record_counts_text(const RecordCounts& counts, uint64_t unreadable) {
  std::string text;
  const uint64_t total = counts.total() + (counts.total() == 0 ? 0 : unreadable);
  if (total != 0) {
    text = fmt::format(
        "{} record{}: {} the same, {} no longer blocked, {} newly blocked, {} partial, {} "
        "unreadable\n",
        total, total == 1 ? "" : "s", counts.same, counts.no_longer, counts.newly, counts.partial,
        unreadable);
    if (counts.partial_changed != 0) {
      text += fmt::format("  of the partial ones, {} would change\n", counts.partial_changed);
    }
  }
  for (const auto& [gap, count] : counts.gaps) {
    const GapRow& row = row_of(gap);
    if (!row.partial) continue;
    text += fmt::format("  {} {}: {}", count, row.name, row.doc);
    if (const std::string_view help = remedy(gap); !help.empty()) text += fmt::format("; {}", help);
    text += '\n';
  }
  if (counts.total() > 1 && counts.with_rules == counts.total()) {
    text += "  every record names rules that matched: the log holds no other traffic\n";
  }
  return text;
}

}  // namespace wafcheck::formats::inline records
