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
#include <vector>

#include "engine/program.h"
#include "formats/html/page.h"
#include "formats/html/script_json.h"
#include "formats/json/writer.h"
#include "formats/privacy/masked_value.h"
#include "formats/records/members.h"
#include "formats/records/record_format.h"
#include "formats/records/then_and_now.h"
#include "formats/traffic/jsonl.h"
#include "formats/why/report.h"
#include "formats/why/why.h"
#include "formats/why/words.h"
#include "parser/base/window.h"
#include "parser/language/language.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/message.h"
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
constexpr size_t kReasonBytes = 200;
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
  const Window window = window_around(value, mark.begin, mark.end, most);
  if (window.is_whole(value) && window.marked(value).empty()) {
    std::string text;
    html::append_script_string(text, value);
    return text;
  }
  html::ScriptArray pieces;
  pieces.string(window.before(value)).string(window.marked(value)).string(window.behind(value));
  if (!window.is_whole(value)) pieces.number(window.begin).number(value.size() - window.end);
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
    if (!is_named(outcome, context_) || !is_selected(outcome, context_.selection)) return {};
    const Exchange& exchange = *outcome.exchange;
    const engine::Transaction& transaction = *outcome.transaction;
    const Scores scores = scores_of(transaction);
    if (const auto threshold = threshold_of(transaction)) {
      const std::scoped_lock lock(mutex_);
      thresholds_.insert(*threshold);
    }
    html::ScriptArray row;
    number_or_null(row, exchange.entry);
    row.string(outcome.source).string(exchange.request.method);
    row.raw(value_json(hide("REQUEST_URI", exchange.request.uri), {}, kUriBytes));
    row.string(decision_now(outcome));
    number_or_null(
        row, exchange.response ? std::optional(exchange.response->status) : std::optional<int>());
    number_or_null(
        row, exchange.time_us ? std::optional(*exchange.time_us / 1000) : std::optional<int64_t>());
    exchange.client ? row.string(hide("REMOTE_ADDR", exchange.client->ip)) : row.null();
    number_or_null(row, scores.inbound);
    number_or_null(row, scores.outbound);
    Why why;
    if (outcome.evidence != nullptr && is_interrupted(outcome)) {
      const Explainer& explainer = explainers_.of(transaction.program());
      why = explainer.explain(transaction, *outcome.evidence, Depth::full);
    }
    const std::string matched = matched_rules(transaction, why);
    matched.empty() ? row.null() : row.raw(matched);
    if (const std::string more = other_members(outcome, why); !more.empty()) {
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
    row.string(parser::message_of(rule)).string(place.path).number(place.line).raw(tags.text());
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

  /// [[rule, phase, severity, matches, matches left out, message, score]...]; empty where no rule
  /// is shown.
  std::string matched_rules(const engine::Transaction& transaction, const Why& why) const {
    const auto rules = transaction.matched_rules();
    if (rules.empty()) return {};
    html::ScriptArray list;
    size_t room = kValuesBytes;
    for (const engine::MatchedRule& matched : rules.first(std::min(rules.size(), kRulesShown))) {
      const auto reason = std::ranges::find_if(why.rules, [&](const MatchedRuleReason& each) {
        return each.starter == matched.rule && each.phase == matched.phase;
      });
      std::vector<Shown> matches;
      if (reason != why.rules.end() && !reason->values.empty()) {
        for (const MatchedValue& value : reason->values) matches.push_back(shown(value));
      } else {
        for (const engine::Match& match : matched.matches) matches.push_back(shown(match));
      }
      html::ScriptArray row, values;
      row.raw(key_of(transaction, matched)).number(matched.phase).number(matched.severity);
      const size_t count = std::min(matches.size(), kMatchesShown);
      for (size_t at = 0; at < count; ++at) values.raw(match_json(matches[at], room));
      row.raw(values.text());
      matches.size() > count ? row.number(matches.size() - count) : row.null();
      // Expanded, where that says more than the rule, and nothing that is hidden.
      const bool hidden = std::ranges::any_of(matches, &Shown::hidden);
      const bool told = hidden || matched.message == parser::message_of(*matched.rule);
      told ? row.null() : row.string(matched.message);
      if (reason != why.rules.end() && reason->score != 0) row.number(reason->score);
      list.raw(row.text());
    }
    return list.text();
  }

  /// A value that matched, with what is hidden hidden.
  struct Shown {
    std::string target, value, transformed;
    Mark mark, transformed_mark;
    std::string reason;  ///< what made it match, in words; empty: the mark tells all
    uint32_t link = 0;
    bool hidden = false;
  };

  Shown shown(std::string target, std::string_view value, std::string_view transformed) const {
    Shown made;
    made.target = std::move(target);
    const MaskedValue masked(context_.masks, made.target, value);
    made.value = masked.text();
    made.transformed = masked.derived(transformed);
    made.hidden = masked.is_hidden() || made.transformed != transformed;
    return made;
  }

  Shown shown(const engine::Match& match) const {
    Shown made = shown(match.name(), match.value, match.transformed);
    made.mark = mark_in(match.value, match);
    made.transformed_mark = mark_in(match.transformed, match);
    made.link = match.link;
    if (!made.hidden) made.reason = match.finding;
    return made;
  }

  Shown shown(const MatchedValue& value) const {
    Shown made = shown(value.tested->name, value.tested->value, value.tested->transformed);
    const auto mark_of = [](const std::optional<Range>& range) {
      return range ? Mark{range->begin, range->end} : Mark{};
    };
    if (value.match_in_value()) made.mark = mark_of(value.match);
    made.transformed_mark = mark_of(value.match_transformed);
    made.link = value.link->link;
    made.reason = reason_words(value, kReasonBytes, made.hidden);
    return made;
  }

  /// [target, value, transformed, reason, link].
  static std::string match_json(const Shown& match, size_t& room) {
    const size_t most = room == 0 ? kBriefValueBytes : kValueBytes;
    const size_t taken =
        std::min(match.value.size(), most) + std::min(match.transformed.size(), most);
    room -= std::min(room, taken);
    html::ScriptArray row;
    row.string(match.target).raw(value_json(match.value, match.mark, most));
    const bool changed = match.transformed != match.value;
    changed ? row.raw(value_json(match.transformed, match.transformed_mark, most)) : row.null();
    match.reason.empty() ? row.null() : row.string(match.reason);
    if (match.link != 0) row.number(match.link);
    return row.text();
  }

  /// What only some transactions have, as an object; empty: there is nothing.
  static std::string other_members(const Outcome& outcome, const Why& why) {
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
    if (exchange.http_error) write_http_error(json, *exchange.http_error);
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
    if (!why.sums.empty()) write_score_sums(json, why, transaction.program().ruleset());
    if (out.size() == nothing && transaction.matched_rules().empty()) return {};
    json.bytes("id", transaction.id());
    json.end_object();
    return html::script_json(out);
  }

  const RecordContext context_;
  const Explainers explainers_;
  mutable std::mutex mutex_;
  mutable std::map<RuleKey, std::string> rules_;  ///< those that matched, as rows of the table
  mutable std::set<int64_t> thresholds_;
};

}  // namespace

std::unique_ptr<RecordWriter> make_replay_page(const RecordContext& context) {
  return std::make_unique<ReplayPage>(context);
}

}  // namespace wafcheck::formats::inline records
