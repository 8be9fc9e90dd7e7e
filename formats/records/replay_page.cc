// The page of a replay (formats/html/pages/replay.js). Transactions are rows of an array without
// names, as there may be very many; what is known of a rule stands once, behind them.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "engine/program.h"
#include "formats/html/page.h"
#include "formats/html/script_json.h"
#include "formats/json/writer.h"
#include "formats/records/members.h"
#include "formats/records/record_format.h"
#include "formats/records/then_and_now.h"
#include "parser/language/language.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {
namespace {

constexpr std::string_view kPageKind = "replay";

// Bounds of a transaction in a page. What is over them is cut off, which the page says.
constexpr size_t kUriBytes = 2048;
constexpr size_t kValueBytes = 480;        ///< of a value, around what matched
constexpr size_t kBriefValueBytes = 48;    ///< the same once the values have taken
constexpr size_t kValuesBytes = 64 << 10;  ///< so many bytes
constexpr size_t kMatchesShown = 20;       ///< of a rule
constexpr size_t kRulesShown = 500;
constexpr size_t kOperatorBytes = 160;  ///< of a rule's operator and its argument

/// A part of a value; empty where nothing is known of it.
struct Mark {
  size_t begin = 0, end = 0;
};

/// What of `value` matched, as far as the operator told.
Mark mark_in(std::string_view value, const engine::Match& match) {
  for (const std::string_view part : {match.captured, match.finding}) {
    const size_t at = part.empty() ? std::string_view::npos : value.find(part);
    if (at != std::string_view::npos) return {at, at + part.size()};
  }
  return {};
}

/// A value as pages have it: the text alone, or [before, marked, behind, bytes that were cut off
/// before, behind].
std::string value_json(std::string_view value, Mark mark, size_t most) {
  // A mark that is too long keeps its beginning.
  const size_t marked = std::min(mark.end - mark.begin, most);
  const size_t lead = std::min(mark.begin, (most - marked) / 3);
  size_t begin = mark.end == 0 ? 0 : mark.begin - lead;
  size_t end = std::min(value.size(), begin + most);
  // Not inside of a character.
  const auto inside = [&](size_t at) {
    return at > 0 && at < value.size() && (static_cast<unsigned char>(value[at]) & 0xC0) == 0x80;
  };
  for (int i = 0; i < 3 && inside(begin); ++i) --begin;
  for (int i = 0; i < 3 && inside(end); ++i) --end;
  const size_t mark_begin = std::clamp(mark.begin, begin, end);
  const size_t mark_end = std::clamp(mark.end, mark_begin, end);
  const bool whole = begin == 0 && end == value.size();
  std::string text;
  if (whole && mark_begin == mark_end) {
    html::append_script_string(text, value);
    return text;
  }
  html::ScriptArray pieces;
  pieces.string(value.substr(begin, mark_begin - begin));
  pieces.string(value.substr(mark_begin, mark_end - mark_begin));
  pieces.string(value.substr(mark_end, end - mark_end));
  if (!whole) pieces.number(begin).number(value.size() - end);
  return pieces.text();
}

class ReplayPage : public RecordWriter {
 public:
  explicit ReplayPage(const RecordContext& context) : context_(context) {}

  std::string begin() const override {
    std::string json;
    JsonWriter head(json);
    head.begin_object();
    head.key("schema");
    head.number(1);
    write_engine(head, context_.program->semantics().engine());
    head.key("transactions");
    return html::page_begin({kPageKind, "wafcheck replay"}) + html::script_json(json) + "[\n";
  }

  std::string record(const Outcome& outcome) const override {
    if (!is_selected(outcome, context_.selection)) return {};
    const Exchange& exchange = *outcome.exchange;
    const engine::Transaction& transaction = *outcome.transaction;
    const Scores scores = scores_of(transaction);
    if (const auto threshold = threshold_of(transaction)) {
      const std::scoped_lock lock(mutex_);
      thresholds_.insert(*threshold);
    }
    html::ScriptArray row;
    row.number(exchange.entry).string(outcome.source).string(exchange.request.method);
    row.raw(value_json(hide("REQUEST_URI", exchange.request.uri), {}, kUriBytes));
    row.string(decision_now(outcome));
    number_or_null(
        row, exchange.response ? std::optional(exchange.response->status) : std::optional<int>());
    number_or_null(
        row, exchange.time_us ? std::optional(*exchange.time_us / 1000) : std::optional<int64_t>());
    exchange.client ? row.string(hide("REMOTE_ADDR", exchange.client->ip)) : row.null();
    number_or_null(row, scores.inbound);
    number_or_null(row, scores.outbound);
    const std::string matched = matched_rules(transaction);
    matched.empty() ? row.null() : row.raw(matched);
    if (const std::string more = other_members(outcome, !matched.empty()); !more.empty()) {
      row.raw(more);
    }
    return row.text();
  }

  std::string lead(size_t index) const override { return index > 0 ? ",\n" : ""; }

  std::string end(const RunTotals& totals) const override {
    std::string text = "\n],\"rules\":[";
    const std::scoped_lock lock(mutex_);
    for (const auto& [key, row] : rules_) {
      if (!text.ends_with('[')) text += ",\n";
      text += row;
    }
    text += fmt::format("],\"thresholds\":[{}],\"notes\":", fmt::join(thresholds_, ","));
    html::ScriptArray notes;
    for (const std::string& note : totals.summary.uninspected.notes()) notes.string(note);
    text += notes.text();
    text +=
        ",\"summary\":" + html::script_json(summary_json(totals.summary, totals.elapsed_ms)) + '}';
    return text + html::page_end(kPageKind, summary_text(totals.summary, totals.elapsed_ms));
  }

 private:
  /// The key of a rule in a page: "coraza@3.7:12" is the twelfth of the rules loaded for an engine.
  using RuleKey = std::pair<std::string, size_t>;

  template <typename Number>
  static void number_or_null(html::ScriptArray& row, const std::optional<Number>& number) {
    number ? row.number(*number) : row.null();
  }

  std::string hide(std::string_view target, std::string_view value) const {
    return context_.masks == nullptr ? std::string(value) : context_.masks->hide(target, value);
  }

  /// Notes the rule for the table, and returns its key as JSON.
  std::string key_of(const engine::Transaction& transaction,
                     const engine::MatchedRule& matched) const {
    const engine::Program& program = transaction.program();
    const parser::RulesetModel& ruleset = program.ruleset();
    const auto at = static_cast<size_t>(matched.rule - ruleset.rules.data());
    std::string engine;
    if (&program != context_.program) engine = parser::to_string(program.semantics().engine());
    const std::string key =
        engine.empty() ? std::to_string(at) : fmt::format("\"{}:{}\"", engine, at);
    const std::scoped_lock lock(mutex_);
    std::string& row = rules_[{engine, at}];
    if (row.empty()) row = rule_row(key, ruleset, *matched.rule);
    return key;
  }

  static std::string rule_row(const std::string& key, const parser::RulesetModel& ruleset,
                              const parser::Rule& rule) {
    const parser::Place place = ruleset.sources.begin_of(rule.span);
    html::ScriptArray tags;
    for (const parser::ActionUse* use : rule.effective) {
      if (use->id == parser::Action::tag) tags.string(use->raw);
    }
    html::ScriptArray row;
    row.raw(key);
    number_or_null(row, rule.id);
    row.string(message_of(rule)).string(place.path).number(place.line).raw(tags.text());
    html::ScriptArray operators;
    for (const parser::Rule& link : std::span(&rule, rule.links)) {
      operators.raw(value_json(operator_text(link), {}, kOperatorBytes));
    }
    row.raw(operators.text());
    return row.text();
  }

  /// "!@rx a+b"; empty where there is none.
  static std::string operator_text(const parser::Rule& rule) {
    if (rule.kind != parser::RuleKind::rule) return {};
    const std::string_view argument = rule.op.argument.view();
    return fmt::format("{}@{}{}{}", rule.op.negated ? "!" : "", parser::info(rule.op.id).name,
                       argument.empty() ? "" : " ", argument);
  }

  /// [[rule, phase, severity, matches, matches left out, message]...]; empty where no rule is
  /// shown.
  std::string matched_rules(const engine::Transaction& transaction) const {
    const auto rules = transaction.matched_rules();
    if (rules.empty()) return {};
    html::ScriptArray list;
    size_t room = kValuesBytes;
    for (const engine::MatchedRule& matched : rules.first(std::min(rules.size(), kRulesShown))) {
      html::ScriptArray row;
      row.raw(key_of(transaction, matched)).number(matched.phase).number(matched.severity);
      html::ScriptArray matches;
      bool hidden = false;
      const size_t shown = std::min(matched.matches.size(), kMatchesShown);
      for (size_t at = 0; at < shown; ++at) {
        matches.raw(match_json(matched.matches[at], room, hidden));
      }
      row.raw(matches.text());
      const size_t left_out = matched.matches.size() - shown;
      left_out != 0 ? row.number(left_out) : row.null();
      // Expanded, where that says more than the rule, and nothing that is hidden.
      const bool told = hidden || matched.message == message_of(*matched.rule);
      told ? row.null() : row.string(matched.message);
      list.raw(row.text());
    }
    return list.text();
  }

  /// [target, value, transformed, what the operator found, link].
  std::string match_json(const engine::Match& match, size_t& room, bool& hidden) const {
    const std::string target = match.name();
    const std::string value = hide(target, match.value);
    const std::string transformed = hide(target, match.transformed);
    const bool secret = value != match.value || transformed != match.transformed;
    hidden = hidden || secret;
    const size_t most = room == 0 ? kBriefValueBytes : kValueBytes;
    room -= std::min(room, std::min(value.size(), most) + std::min(transformed.size(), most));
    const Mark mark = mark_in(match.value, match);
    html::ScriptArray row;
    row.string(target).raw(value_json(value, mark, most));
    const bool changed = match.transformed != match.value;
    changed ? row.raw(value_json(transformed, mark_in(match.transformed, match), most))
            : row.null();
    const bool found = !match.finding.empty() && !secret;
    found ? row.raw(value_json(match.finding, {}, kBriefValueBytes)) : row.null();
    if (match.link != 0) row.number(match.link);
    return row.text();
  }

  /// What only some transactions have, as an object; empty: there is nothing.
  static std::string other_members(const Outcome& outcome, bool matched) {
    const Exchange& exchange = *outcome.exchange;
    const engine::Transaction& transaction = *outcome.transaction;
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    const size_t nothing = out.size();
    auto interruption =
        transaction.interruption() ? transaction.interruption() : transaction.would_interrupt();
    if (interruption) {
      // That of a rule stands with the rule; with its macros expanded it may hold what is hidden.
      if (interruption->rule_id) interruption->message.clear();
      write_interruption(json, "interruption", interruption);
    }
    if (exchange.recorded) write_then_and_now(json, outcome);
    if (exchange.http_error) {
      json.key("http_error");
      json.begin_object();
      json.key("status");
      json.number(exchange.http_error->status);
      json.member("reason", exchange.http_error->reason);
      json.end_object();
    }
    if (!exchange.notes.empty() || !transaction.problems().empty()) {
      json.key("errors");
      json.begin_array();
      for (const std::string& note : exchange.notes) write_problem(json, "input", note);
      for (const engine::Problem& problem : transaction.problems()) {
        write_problem(json, problem.kind, problem.message);
      }
      json.end_array();
    }
    if (const auto kinds = undecided_by(transaction); !kinds.empty()) {
      json.texts("undecided", kinds);
    }
    write_uninspected(json, transaction.uninspected());
    if (const size_t count = transaction.matched_rules().size(); count > kRulesShown) {
      json.key("rules_left_out");
      json.number(count - kRulesShown);
    }
    if (out.size() == nothing && !matched) return {};
    json.bytes("id", transaction.id());
    json.end_object();
    return html::script_json(out);
  }

  const RecordContext context_;
  mutable std::mutex mutex_;
  mutable std::map<RuleKey, std::string> rules_;  ///< those that matched, as rows of the table
  mutable std::set<int64_t> thresholds_;
};

}  // namespace

std::unique_ptr<RecordWriter> make_replay_page(const RecordContext& context) {
  return std::make_unique<ReplayPage>(context);
}

}  // namespace wafcheck::formats::inline records
