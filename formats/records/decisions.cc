#include "formats/records/decisions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "engine/program.h"
#include "engine/program/settings.h"
#include "formats/json/writer.h"
#include "formats/records/members.h"
#include "formats/records/reasons.h"
#include "formats/records/record_format.h"
#include "formats/records/then_and_now.h"
#include "formats/records/trace.h"
#include "formats/traffic/jsonl.h"
#include "formats/why/report.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/language/language.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {
namespace {

using engine::MatchedRule;
using parser::Action;

/// An action's value as written, empty where the rule has none.
std::string_view action_text(const MatchedRule& matched, Action action) {
  const parser::ActionUse* use = matched.rule->find(action);
  return use == nullptr ? std::string_view() : std::string_view(use->raw);
}

/// Writes the values of matches: in full as long as there is `room`, then the first bytes of each.
class MatchWriter {
 public:
  MatchWriter(JsonWriter& json, size_t room, const Masks* masks)
      : json_(json), room_(room), masks_(masks) {}
  void write(const engine::Match& match);
  bool cut() const { return cut_; }
  /// What the rule says, which may quote its matches.
  std::string text(const MatchedRule& matched, std::string_view text) const {
    const bool hidden =
        masks_ != nullptr && std::ranges::any_of(matched.matches, [&](const engine::Match& match) {
          return masks_->hides(match.name(), match.value);
        });
    return hidden ? std::string(text.size(), '*') : std::string(text);
  }

 private:
  void value(std::string_view name, std::string_view bytes) {
    constexpr size_t kShown = 256;
    if (bytes.size() > room_ && bytes.size() > kShown) {
      cut_ = true;
      bytes = bytes.substr(0, kShown);
    } else {
      room_ -= std::min(room_, bytes.size());
    }
    json_.bytes(name, bytes);
  }

  JsonWriter& json_;
  size_t room_;
  const Masks* masks_;
  bool cut_ = false;
};

void MatchWriter::write(const engine::Match& match) {
  JsonWriter& json = json_;
  json.begin_object();
  const std::string name = match.name();
  json.bytes("variable", name);
  if (masks_ != nullptr && masks_->hides(name, match.value)) {
    value("value", masks_->hide(name, match.value));
  } else {
    value("value", match.value);
    if (match.transformed != match.value) value("transformed", match.transformed);
  }
  if (match.undecided) {
    json.key("undecided");
    json.boolean(true);
  }
  json.end_object();
}

void write_matched_rule(JsonWriter& json, MatchWriter& matches,
                        const engine::Transaction& transaction, const MatchedRule& matched) {
  const parser::Place place = transaction.program().ruleset().sources.begin_of(matched.rule->span);
  json.begin_object();
  json.number("id", matched.rule->id);
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
  json.bytes("data", matches.text(matched, matched.data));
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
  for (const engine::Match& match : matched.matches) matches.write(match);
  json.end_array();
  json.end_object();
}

void write_request(JsonWriter& json, const Exchange& exchange,
                   const engine::Transaction& transaction, const Masks* masks) {
  json.key("request");
  json.begin_object();
  json.bytes("method", exchange.request.method);
  const std::string& uri = exchange.request.uri;
  json.bytes("uri", masks == nullptr ? uri : masks->hide("REQUEST_URI", uri));
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

/// The object's beginning, up to what does not depend on its number.
std::string object_head(size_t index) {
  return fmt::format("{{\"schema\":1,\"index\":{},", index);
}

/// Its other members, and its end.
std::string object_rest(const Outcome& outcome, const RecordContext& context = {},
                        const Explainers* explainers = nullptr) {
  const Exchange& exchange = *outcome.exchange;
  const engine::Transaction& transaction = *outcome.transaction;
  std::string out;
  JsonWriter json(out);
  json.bytes("source", outcome.source);
  json.number("entry", exchange.entry);
  json.key("offset");
  json.number(exchange.offset);
  json.bytes("id", transaction.id());
  const Masks* const masks = context.mask_json ? context.masks : nullptr;
  write_request(json, exchange, transaction, masks);
  json.member("decision", decision_of(outcome));
  write_interruption(json, "interruption", transaction.interruption());
  write_interruption(json, "would_interrupt", transaction.would_interrupt());
  json.key("matched_rules");
  json.begin_array();
  MatchWriter matches(json, context.limits.shown_values, masks);
  for (const MatchedRule& matched : transaction.matched_rules()) {
    write_matched_rule(json, matches, transaction, matched);
  }
  json.end_array();
  const Scores scores = scores_of(transaction);
  json.key("scores");
  json.begin_object();
  json.number("inbound", scores.inbound);
  json.number("outbound", scores.outbound);
  json.end_object();
  write_then_and_now(json, outcome);
  if (exchange.http_error) {
    write_http_error(json, *exchange.http_error);
  } else {
    json.key("http_error");
    json.null();
  }
  json.key("errors");
  json.begin_array();
  for (const std::string& note : exchange.notes) write_problem(json, "input", note);
  for (const engine::Problem& problem : transaction.problems()) {
    write_problem(json, problem.kind, problem.message);
  }
  if (matches.cut()) {
    write_problem(json, "limit",
                  fmt::format("the values of matches have more than {} bytes; the others are cut",
                              context.limits.shown_values));
  }
  json.end_array();
  if (const auto kinds = undecided_by(transaction); !kinds.empty()) json.texts("undecided", kinds);
  write_uninspected(json, transaction.uninspected());
  if (context.timing) {
    json.key("elapsed_us");
    json.number(outcome.elapsed_us, 1);
  }
  if (context.why && explainers != nullptr && outcome.evidence != nullptr) {
    write_why(json, reasons_of(outcome, context, *explainers), transaction.program().ruleset(),
              masks);
  }
  if (outcome.trace != nullptr) {
    json.key("trace");
    json.raw(outcome.trace->json(transaction.program().ruleset(), masks));
  }
  out += '}';
  return out;
}

/// Whether JSON shows a transaction: with the reasons, only those that have some.
bool is_shown(const Outcome& outcome, const RecordContext& context) {
  if (!context.entries.empty() || !context.ids.empty()) return is_named(outcome, context);
  const bool usual = context.selection == Selection::usual;
  return is_selected(outcome, context.why && usual ? Selection::interrupted : context.selection);
}

/// A JSON object a line.
class DecisionLines : public RecordWriter {
 public:
  explicit DecisionLines(const RecordContext& context) : context_(context) {}

  std::string record(const Outcome& outcome) const override {
    if (!is_shown(outcome, context_)) return {};
    return object_rest(outcome, context_, &explainers_) + "\n";
  }
  std::string lead(size_t index) const override { return object_head(index); }

 private:
  const RecordContext context_;
  const Explainers explainers_;
};

/// One JSON document.
class DecisionDocument : public RecordWriter {
 public:
  explicit DecisionDocument(const RecordContext& context) : context_(context) {}

  std::string begin() const override {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("schema");
    json.number(1);
    write_engine(json, context_.program->semantics().engine());
    json.key("transactions");
    json.begin_array();
    return out;
  }
  std::string record(const Outcome& outcome) const override {
    return is_shown(outcome, context_) ? object_rest(outcome, context_, &explainers_)
                                       : std::string();
  }
  std::string lead(size_t index) const override {
    return (index > 0 ? ",\n" : "") + object_head(index);
  }
  std::string end(const RunTotals& totals) const override {
    return "],\"summary\":" + summary_json(totals.summary, totals.elapsed_ms) + "}\n";
  }

 private:
  const RecordContext context_;
  const Explainers explainers_;
};

}  // namespace

std::unique_ptr<RecordWriter> make_decision_lines(const RecordContext& context) {
  return std::make_unique<DecisionLines>(context);
}
std::unique_ptr<RecordWriter> make_decision_document(const RecordContext& context) {
  return std::make_unique<DecisionDocument>(context);
}

std::string decision_json(const Outcome& outcome, size_t index) {
  return object_head(index) + object_rest(outcome);
}

}  // namespace wafcheck::formats::inline records
