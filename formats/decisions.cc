#include "formats/decisions.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "formats/json_writer.h"
#include "formats/utf8.h"
#include "parser/language.h"

namespace wafcheck::formats {
namespace {

using engine::Interruption;
using engine::MatchedRule;
using parser::Action;

/// What an object that shows no rule of its own would say of the rule that interrupted.
std::string_view action_text(const MatchedRule& matched, Action action) {
  const parser::ActionUse* use = matched.rule->find(action);
  return use == nullptr ? std::string_view() : std::string_view(use->raw);
}

void write_interruption(JsonWriter& json, std::string_view name,
                        const std::optional<Interruption>& interruption) {
  json.key(name);
  if (!interruption) {
    json.null();
    return;
  }
  json.begin_object();
  json.member("action", engine::to_string(interruption->action));
  json.key("status");
  json.number(interruption->status);
  json.key("rule_id");
  if (interruption->rule_id) {
    json.number(*interruption->rule_id);
  } else {
    json.null();
  }
  json.key("phase");
  json.number(static_cast<int>(interruption->phase));
  if (interruption->url.empty()) {
    json.key("url");
    json.null();
  } else {
    json.bytes("url", interruption->url);
  }
  json.bytes("message", interruption->message);
  json.end_object();
}

void write_match(JsonWriter& json, const engine::Match& match) {
  json.begin_object();
  json.bytes("variable", match.name());
  json.bytes("value", match.value);
  if (match.transformed != match.value) json.bytes("transformed", match.transformed);
  json.end_object();
}

void write_matched_rule(JsonWriter& json, const engine::Transaction& transaction,
                        const MatchedRule& matched) {
  const parser::Place place = transaction.program().ruleset().sources.begin_of(matched.rule->span);
  json.begin_object();
  json.key("id");
  if (matched.rule->id) {
    json.number(*matched.rule->id);
  } else {
    json.null();
  }
  json.key("phase");
  json.number(static_cast<int>(matched.phase));
  json.key("severity");
  if (matched.severity >= 0) {
    json.number(matched.severity);
    json.member("severity_name", severity_name(matched.severity));
  } else {
    json.null();
    json.key("severity_name");
    json.null();
  }
  json.bytes("message", matched.message);
  json.bytes("data", matched.data);
  json.texts("tags", matched.tags);
  json.bytes("version", action_text(matched, Action::ver));
  json.bytes("file", place.path);
  json.key("line");
  json.number(place.line);
  json.key("log");
  json.boolean(matched.log);
  json.key("auditlog");
  json.boolean(matched.auditlog);
  json.key("matches");
  json.begin_array();
  for (const engine::Match& match : matched.matches) write_match(json, match);
  json.end_array();
  json.end_object();
}

void write_request(JsonWriter& json, const Exchange& exchange, const engine::Transaction& transaction) {
  json.key("request");
  json.begin_object();
  json.bytes("method", exchange.request.method);
  json.bytes("uri", exchange.request.uri);
  json.bytes("protocol", exchange.request.protocol);
  json.bytes("client", transaction.first(parser::Variable::REMOTE_ADDR).value_or(""));
  json.end_object();
  json.key("response");
  if (!exchange.response) {
    json.null();
    return;
  }
  json.begin_object();
  json.key("status");
  json.number(exchange.response->status);
  json.end_object();
}

void write_score(JsonWriter& json, std::string_view name, std::optional<int64_t> score) {
  json.key(name);
  if (score) {
    json.number(*score);
  } else {
    json.null();
  }
}

void write_problem(JsonWriter& json, std::string_view kind, std::string_view message) {
  json.begin_object();
  json.member("kind", kind);
  json.member("message", message);
  json.end_object();
}

}  // namespace

std::string decision_json(std::string_view members, size_t index) {
  return fmt::format("{{\"schema\":1,\"index\":{},{}}}", index, members);
}

std::string decision_members(const Outcome& outcome) {
  const Exchange& exchange = *outcome.exchange;
  const engine::Transaction& transaction = *outcome.transaction;
  std::string out;
  JsonWriter json(out);
  json.bytes("source", outcome.source);
  json.key("entry");
  json.number(exchange.entry);
  json.bytes("id", transaction.id());
  write_request(json, exchange, transaction);
  json.member("decision", decision_of(outcome));
  write_interruption(json, "interruption", transaction.interruption());
  write_interruption(json, "would_interrupt", transaction.would_interrupt());
  json.key("matched_rules");
  json.begin_array();
  for (const MatchedRule& matched : transaction.matched_rules()) {
    write_matched_rule(json, transaction, matched);
  }
  json.end_array();
  const Scores scores = scores_of(transaction);
  json.key("scores");
  json.begin_object();
  write_score(json, "inbound", scores.inbound);
  write_score(json, "outbound", scores.outbound);
  json.end_object();
  json.key("http_error");
  if (exchange.http_error) {
    json.begin_object();
    json.key("status");
    json.number(exchange.http_error->status);
    json.member("reason", exchange.http_error->reason);
    json.end_object();
  } else {
    json.null();
  }
  json.key("errors");
  json.begin_array();
  for (const std::string& note : exchange.notes) write_problem(json, "input", note);
  for (const engine::Problem& problem : transaction.problems()) {
    write_problem(json, problem.kind, problem.message);
  }
  json.end_array();
  json.key("elapsed_us");
  json.number(outcome.elapsed_us, 1);
  return out;
}

std::string decision_text(const Outcome& outcome) {
  const engine::Transaction& transaction = *outcome.transaction;
  const auto& would = transaction.would_interrupt();
  const auto& interruption = transaction.interruption() ? transaction.interruption() : would;
  if (!interruption && !outcome.rejected && !transaction.allowed() && !has_shown_match(outcome)) return {};

  std::string verb = interruption          ? std::string(engine::to_string(interruption->action))
                     : outcome.rejected    ? "reject"
                     : transaction.allowed() ? "allow"
                                             : "match";
  std::ranges::transform(verb, verb.begin(), [](char c) { return static_cast<char>(c & ~0x20); });
  std::string line;
  if (interruption && !transaction.interruption()) line = "WOULD-";
  line += verb;
  if (interruption) {
    line += fmt::format(" {}", interruption->status);
    line += interruption->rule_id ? fmt::format(" {}", *interruption->rule_id) : " limit";
  } else if (outcome.rejected && outcome.exchange->http_error) {
    line += fmt::format(" {}", outcome.exchange->http_error->status);
  }
  const Request& request = outcome.exchange->request;
  line += fmt::format(" {} {}", excerpt(request.method, 20), excerpt(request.uri, 120));
  if (outcome.rejected && outcome.exchange->http_error) {
    line += fmt::format("  {}", outcome.exchange->http_error->reason);
  }
  const Scores scores = scores_of(transaction);
  if (scores.inbound) line += fmt::format("  score {}", *scores.inbound);
  if (scores.outbound && *scores.outbound != 0) line += fmt::format("  outbound {}", *scores.outbound);
  line += ' ';
  std::vector<uint64_t> shown;
  for (const MatchedRule& matched : transaction.matched_rules()) {
    const uint64_t id = matched.rule->id.value_or(0);
    if (std::ranges::find(shown, id) != shown.end()) continue;
    shown.push_back(id);
    line += fmt::format(" {}", id);
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

void Summary::add(const Outcome& outcome) {
  const engine::Transaction& transaction = *outcome.transaction;
  ++transactions;
  engine_us += outcome.elapsed_us;
  if (transaction.interruption()) ++interrupted;
  if (transaction.would_interrupt()) ++would_interrupt;
  if (outcome.rejected) ++rejected;
  if (has_shown_match(outcome)) ++matched;
  if (!transaction.problems().empty() || !outcome.exchange->notes.empty()) ++with_errors;
  for (const MatchedRule& rule : transaction.matched_rules()) {
    if (!rule.log && !rule.auditlog && !rule.disrupted) continue;
    RuleCount& row = rules[rule.rule->id.value_or(0)];
    ++row.count;
    if (row.message.empty()) row.message = action_text(rule, Action::msg);
  }
}

void Summary::merge(const Summary& other) {
  transactions += other.transactions;
  interrupted += other.interrupted;
  would_interrupt += other.would_interrupt;
  rejected += other.rejected;
  matched += other.matched;
  unreadable += other.unreadable;
  with_errors += other.with_errors;
  engine_us += other.engine_us;
  for (const auto& [id, row] : other.rules) {
    RuleCount& own = rules[id];
    own.count += row.count;
    if (own.message.empty()) own.message = row.message;
  }
}

std::string summary_json(const Summary& summary, double elapsed_ms) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  const std::pair<std::string_view, uint64_t> counts[] = {
      {"transactions", summary.transactions}, {"interrupted", summary.interrupted},
      {"would_interrupt", summary.would_interrupt}, {"rejected", summary.rejected},
      {"matched", summary.matched}, {"unreadable", summary.unreadable},
      {"with_errors", summary.with_errors}};
  for (const auto& [name, count] : counts) {
    json.key(name);
    json.number(count);
  }
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
  json.key("elapsed_ms");
  json.number(elapsed_ms, 1);
  json.key("engine_us");
  json.number(summary.engine_us, 1);
  json.end_object();
  return out;
}

std::string summary_text(const Summary& summary, double elapsed_ms) {
  std::string text = fmt::format("{} transaction{}: {} interrupted", summary.transactions,
                                 summary.transactions == 1 ? "" : "s", summary.interrupted);
  if (summary.would_interrupt != 0) text += fmt::format(", {} would be interrupted", summary.would_interrupt);
  if (summary.rejected != 0) text += fmt::format(", {} rejected by the front", summary.rejected);
  text += fmt::format(", {} matched", summary.matched);
  if (summary.unreadable != 0) text += fmt::format(", {} unreadable", summary.unreadable);
  if (summary.with_errors != 0) text += fmt::format(", {} with errors", summary.with_errors);
  text += '\n';

  std::vector<std::pair<uint64_t, Summary::RuleCount>> rows(summary.rules.begin(), summary.rules.end());
  std::ranges::stable_sort(rows, [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  for (const auto& [id, row] : rows) {
    text += fmt::format("{:>7}  {:>8}", row.count, id);
    if (!row.message.empty()) text += fmt::format("  {}", excerpt(row.message, 56));
    text += '\n';
  }
  const double mean = summary.transactions == 0 ? 0 : summary.engine_us / static_cast<double>(summary.transactions);
  text += fmt::format("{:.1f} ms elapsed, {:.0f} µs per transaction\n", elapsed_ms, mean);
  return text;
}

}  // namespace wafcheck::formats
