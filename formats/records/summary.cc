#include "formats/records/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/transaction.h"
#include "formats/json/writer.h"
#include "formats/records/members.h"
#include "formats/records/summary_counts.h"
#include "formats/records/then_and_now.h"
#include "parser/base/escape.h"
#include "parser/ruleset/message.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {
using engine::MatchedRule;

std::string_view to_string(engine::Uninspected::Why why) {
  switch (why) {
    case engine::Uninspected::Why::no_access:
      return "no-access";
    case engine::Uninspected::Why::no_processor:
      return "no-processor";
    case engine::Uninspected::Why::type_not_listed:
      return "type-not-listed";
    case engine::Uninspected::Why::over_limit:
      return "over-limit";
    case engine::Uninspected::Why::compressed:
      return "compressed";
  }
  return "";
}

void UninspectedCounts::add(std::span<const engine::Uninspected> bodies) {
  for (const engine::Uninspected& body : bodies) {
    const std::string_view type = body.type.ends_with("json")  ? "JSON"
                                  : body.type.ends_with("xml") ? "XML"
                                                               : "";
    ++counts_[{body.response, body.why, type}];
  }
}

std::optional<UninspectedCounts::Kind> UninspectedCounts::find_kind(std::string_view body,
                                                                    std::string_view reason,
                                                                    std::string_view type) {
  using Why = engine::Uninspected::Why;
  static constexpr Why kReasons[] = {Why::no_access, Why::no_processor, Why::type_not_listed,
                                     Why::over_limit, Why::compressed};
  static constexpr std::string_view kTypes[] = {"", "JSON", "XML"};
  const auto why = std::ranges::find(kReasons, reason, [](Why each) { return to_string(each); });
  const auto known = std::ranges::find(kTypes, type);
  if (why == std::end(kReasons) || known == std::end(kTypes)) return std::nullopt;
  if (body != "request" && body != "response") return std::nullopt;
  return Kind{body == "response", *why, *known};
}

void UninspectedCounts::merge(const UninspectedCounts& other) {
  for (const auto& [kind, count] : other.counts_) counts_[kind] += count;
}

uint64_t UninspectedCounts::total() const {
  uint64_t sum = 0;
  for (const auto& [kind, count] : counts_) sum += count;
  return sum;
}

std::vector<std::string> UninspectedCounts::notes() const {
  using Why = engine::Uninspected::Why;
  std::vector<std::string> notes;
  for (const auto& [kind, count] : counts_) {
    const bool one = count == 1;
    const std::string bodies =
        fmt::format("{} {}{}{} {}", count, kind.type, kind.type.empty() ? "" : " ",
                    kind.response ? "response" : "request", one ? "body" : "bodies");
    const std::string_view was = one ? "was" : "were";
    const std::string_view side = kind.response ? "Response" : "Request";
    switch (kind.why) {
      case Why::no_access:
        notes.push_back(
            fmt::format("{} {} not inspected: Sec{}BodyAccess is Off", bodies, was, side));
        break;
      case Why::no_processor:
        notes.push_back(
            kind.type.empty()
                ? fmt::format("{} {} not parsed: no body processor was chosen for {} type", bodies,
                              was, one ? "its" : "their")
                : fmt::format("{} {} not parsed: no rule chooses a body processor; add "
                              "--recommended",
                              bodies, was));
        break;
      case Why::type_not_listed:
        notes.push_back(fmt::format(
            "{} {} not inspected: SecResponseBodyMimeType lists no such type", bodies, was));
        break;
      case Why::over_limit:
        notes.push_back(
            fmt::format("{} {} inspected only up to a limit (Sec{}BodyLimit)", bodies, was, side));
        break;
      case Why::compressed:
        notes.push_back(
            fmt::format("{} {} inspected as sent, compressed; add --decode-bodies", bodies, was));
        break;
    }
  }
  return notes;
}

std::vector<DroppedRule> dropped_rules(const parser::RulesetModel& ruleset) {
  std::vector<DroppedRule> rules;
  for (const parser::Dropped& dropped : ruleset.dropped) {
    const parser::Place place = ruleset.sources.begin_of(dropped.span);
    rules.push_back({dropped.id, std::string(place.path), place.line, dropped.reason});
  }
  return rules;
}

std::string dropped_text(size_t count) {
  return fmt::format("{} {} dropped", count, count == 1 ? "rule" : "rules");
}

void Summary::RuleCount::add(std::string_view text) {
  varies = varies || (count > 0 && expanded != text);
  ++count;
  expanded = varies ? std::string_view() : text;
}

void Summary::RuleCount::merge(const RuleCount& other) {
  if (other.count == 0) return;
  varies = varies || other.varies || (count > 0 && expanded != other.expanded);
  count += other.count;
  expanded = varies ? std::string() : other.expanded;
  if (message.empty()) message = other.message;
}

void Summary::add(const Outcome& outcome) {
  const engine::Transaction& transaction = *outcome.transaction;
  ++transactions;
  engine_us += outcome.elapsed_us;
  if (transaction.interruption()) ++interrupted;
  if (transaction.would_interrupt()) ++would_interrupt;
  if (outcome.rejected) ++rejected;
  if (has_shown_match(outcome)) ++matched;
  uninspected.add(transaction.uninspected());
  records.add(outcome);
  if (transaction.undecided()) ++undecided;
  if (!transaction.problems().empty() || !outcome.exchange->notes.empty()) ++with_errors;
  for (const std::string& note : outcome.exchange->notes) add_problem("input", note, 1);
  for (const engine::Problem& problem : transaction.problems()) {
    add_problem(problem.kind, problem.message, 1);
  }
  exclusions.add(transaction.exclusion_uses());
  for (const MatchedRule& rule : transaction.matched_rules()) {
    if (!rule.log && !rule.auditlog && !rule.disrupted) continue;
    RuleCount& row = rules[rule.rule->id.value_or(0)];
    row.add(rule.message);
    if (row.message.empty()) row.message = parser::message_of(*rule.rule);
  }
}

void Summary::add_problem(const std::string& kind, const std::string& message, uint64_t count) {
  problems[{kind, message}] += count;
  if (problems.size() <= kMostProblems) return;
  const auto last = std::prev(problems.end());
  other_problems += last->second;
  problems.erase(last);
}

void Summary::merge(const Summary& other) {
  add_counts(kSummaryCounts, *this, other);
  uninspected.merge(other.uninspected);
  records.merge(other.records);
  engine_us += other.engine_us;
  for (const auto& [problem, count] : other.problems) {
    add_problem(problem.first, problem.second, count);
  }
  other_problems += other.other_problems;
  exclusions.merge(other.exclusions);
  if (other.statistics) {
    if (!statistics) statistics.emplace();
    statistics->merge(*other.statistics);
  }
  for (const auto& [id, row] : other.rules) {
    rules[id].merge(row);
  }
}

namespace {

void write_problems(JsonWriter& json, const Summary& summary) {
  if (summary.problems.empty()) return;
  json.key("errors");
  json.begin_array();
  for (const auto& [problem, count] : summary.problems) {
    json.begin_object();
    json.member("kind", problem.first);
    json.member("message", problem.second);
    json.key("count");
    json.number(count);
    json.end_object();
  }
  json.end_array();
  if (summary.other_problems == 0) return;
  json.key("other_errors");
  json.number(summary.other_problems);
}

/// The most frequent first.
std::string problems_text(const Summary& summary) {
  constexpr size_t kMost = 5, kBytes = 120;
  std::vector<std::pair<uint64_t, std::string_view>> rows;
  uint64_t others = summary.other_problems;
  for (const auto& [problem, count] : summary.problems) rows.emplace_back(count, problem.second);
  std::ranges::stable_sort(rows, [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  for (size_t at = 0; at < rows.size(); ++at) {
    if (at < kMost) {
      text += fmt::format("{:>7}  {}\n", rows[at].first, excerpt(rows[at].second, kBytes));
    } else {
      others += rows[at].first;
    }
  }
  if (others != 0) text += fmt::format("{:>7}  other notes\n", others);
  return text;
}

/// A message of several transactions: what a macro stood for in each is left out.
std::string without_macros(std::string_view message) {
  std::string text;
  while (!message.empty()) {
    const size_t begin = std::min(message.find("%{"), message.size());
    text += message.substr(0, begin);
    message.remove_prefix(begin);
    if (message.empty()) break;
    const size_t end = message.find('}');
    if (end == std::string_view::npos) return text.append(message);
    text += "...";
    message.remove_prefix(end + 1);
  }
  return text;
}

}  // namespace

std::string summary_json(const Summary& summary, std::optional<double> elapsed_ms) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  if (summary.part) {
    json.key("part");
    json.begin_object();
    write_number(json, "part", summary.part->part);
    write_number(json, "of", summary.part->of);
    json.end_object();
  }
  write_counts(json, kSummaryCounts, summary);
  write_number(json, "uninspected", summary.uninspected.total());
  write_number(json, "dropped_rules", summary.dropped.size());
  json.key("rules");
  json.begin_array();
  for (const auto& [id, row] : summary.rules) {
    json.begin_object();
    json.key("id");
    json.number(id);
    json.key("count");
    json.number(row.count);
    json.member("message", row.message);
    json.end_object();
  }
  json.end_array();
  if (summary.uninspected.total() != 0) {
    json.key("uninspected_bodies");
    json.begin_array();
    for (const auto& [kind, count] : summary.uninspected.counts()) {
      json.begin_object();
      json.member("body", kind.response ? "response" : "request");
      json.member("reason", to_string(kind.why));
      json.member("type", kind.type.empty() ? "other" : kind.type);
      json.key("count");
      json.number(count);
      json.end_object();
    }
    json.end_array();
  }
  write_problems(json, summary);
  write_exclusions(json, summary.exclusions);
  if (summary.statistics) write_statistics(json, *summary.statistics);
  write_record_counts(json, summary.records, summary.unreadable);
  write_dropped(json, summary.dropped);
  if (elapsed_ms) {
    json.key("elapsed_ms");
    json.number(*elapsed_ms, 1);
    json.key("engine_us");
    json.number(summary.engine_us, 1);
  }
  json.end_object();
  return out;
}

std::string summary_text(const Summary& summary, std::optional<double> elapsed_ms, bool ascii) {
  std::string text =
      fmt::format("{} transaction{}", summary.transactions, summary.transactions == 1 ? "" : "s");
  if (summary.part) text += fmt::format(", part {} of {}", summary.part->part, summary.part->of);
  text += fmt::format(": {} interrupted", summary.interrupted);
  const std::pair<uint64_t, std::string_view> counts[] = {
      {summary.would_interrupt, "would be interrupted"},
      {summary.rejected, "rejected by the front"}};
  for (const auto& [count, what] : counts) {
    if (count != 0) text += fmt::format(", {} {}", count, what);
  }
  text += fmt::format(", {} matched", summary.matched);
  const std::pair<uint64_t, std::string_view> faults[] = {{summary.undecided, "undecided"},
                                                          {summary.unreadable, "unreadable"},
                                                          {summary.skipped, "skipped"},
                                                          {summary.not_selected, "not selected"},
                                                          {summary.with_errors, "with errors"}};
  for (const auto& [count, what] : faults) {
    if (count != 0) text += fmt::format(", {} {}", count, what);
  }
  text += '\n';
  text += problems_text(summary);
  text += exclusions_text(summary.exclusions, summary.statistics.has_value());
  if (const uint64_t count = summary.uninspected.total(); count != 0) {
    text += fmt::format("{} {} not inspected in full\n", count, count == 1 ? "body" : "bodies");
  }
  if (const size_t count = summary.dropped.size(); count != 0) {
    text += dropped_text(count) + '\n';
  }

  text += record_counts_text(summary.records, summary.unreadable);

  std::vector<std::pair<uint64_t, Summary::RuleCount>> rows(summary.rules.begin(),
                                                            summary.rules.end());
  std::ranges::stable_sort(
      rows, [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  for (const auto& [id, row] : rows) {
    text += fmt::format("{:>7}  {:>8}", row.count, id);
    const std::string message = row.varies ? without_macros(row.message) : row.expanded;
    if (!message.empty()) text += fmt::format("  {}", excerpt(message, 56));
    text += '\n';
  }
  if (!elapsed_ms) return text;
  text += fmt::format("{:.1f} ms elapsed", *elapsed_ms);
  if (summary.transactions != 0) {
    text += fmt::format(", {:.0f} {}s per transaction",
                        summary.engine_us / static_cast<double>(summary.transactions),
                        ascii ? "u" : "µ");
  }
  return text + '\n';
}

}  // namespace wafcheck::formats::inline records
