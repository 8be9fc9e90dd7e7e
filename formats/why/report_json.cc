#include <algorithm>
#include <optional>
#include <string>

#include "formats/privacy/masked_value.h"
#include "formats/why/report.h"
#include "formats/why/words.h"
#include "parser/language/language.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline why {
namespace {

void write_range(JsonWriter& json, std::string_view name, const Range& range) {
  json.key(name);
  json.begin_array();
  json.number(range.begin);
  json.number(range.end);
  json.end_array();
}

void write_text_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
  if (!text.empty()) return json.bytes(name, text);
  json.key(name);
  json.null();
}

void write_place(JsonWriter& json, const parser::RulesetModel& ruleset, parser::Span span) {
  const parser::Place place = ruleset.sources.begin_of(span);
  json.bytes("file", place.path);
  json.key("line");
  json.number(place.line);
}

/// Writes texts in full as long as there is room.
class TextWriter {
 public:
  TextWriter(JsonWriter& json, size_t room) : json_(json), room_(room) {}

  void write(std::string_view name, std::string_view text, const std::optional<Range>& match) {
    constexpr size_t kShown = 256;
    if (text.size() <= room_ || text.size() <= kShown) {
      room_ -= std::min(room_, text.size());
      return json_.bytes(name, text);
    }
    const size_t begin = match ? match->begin : 0;
    const size_t from = std::min(begin - std::min(begin, kShown / 4), text.size() - kShown);
    json_.bytes(name, text.substr(from, kShown));
    json_.key(std::string(name) + "_from");
    json_.number(from);
  }

 private:
  JsonWriter& json_;
  size_t room_;
};

bool is_number_operator(parser::Operator id) {
  using parser::Operator;
  return id == Operator::eq || id == Operator::ge || id == Operator::gt || id == Operator::le ||
         id == Operator::lt;
}

void write_value(JsonWriter& json, TextWriter& texts, const MatchedRuleReason& rule,
                 const MatchedValue& value, const parser::RulesetModel& ruleset,
                 const Masks* masks) {
  const engine::TestedValue& tested = *value.tested;
  const MaskedValue shown(masks, tested.name, tested.value);
  const std::string transformed = shown.derived(tested.transformed);
  json.begin_object();
  json.number("id", rule.starter->id);
  json.key("score");
  json.number(value.score);
  json.key("paranoia_level");
  if (rule.paranoia_level == 0) {
    json.null();
  } else {
    json.number(rule.paranoia_level);
  }
  json.bytes("message", rule.message);
  write_place(json, ruleset, value.link->anchor());
  json.key("phase");
  json.number(rule.phase);
  json.key("chain_link");
  json.number(value.link->link);
  write_text_or_null(json, "decides", rule.decides);
  json.bytes("target", tested.name);
  texts.write("value", shown.text(), value.match_in_value() ? value.match : std::nullopt);
  if (tested.transformed != tested.value) {
    texts.write("transformed", transformed, value.match_transformed);
  }
  json.key("transformations");
  json.begin_array();
  for (const auto& [step, result] : tested.steps) json.string(parser::info(step).name);
  json.end_array();
  if (value.match) {
    write_range(json, "match", *value.match);
  } else {
    json.key("match");
    json.null();
  }
  const bool in_value = value.match_in_value() || !value.match;
  json.member("match_in", in_value ? "value" : "transformed");
  if (value.match_transformed && value.match_in_value() && !tested.steps.empty()) {
    write_range(json, "match_transformed", *value.match_transformed);
  }
  if (!value.names.empty()) {
    json.key("names");
    json.begin_object();
    for (const auto& [engine, name] : value.names) json.bytes(engine, name);
    json.end_object();
  }
  if (!value.sent.empty()) {
    json.bytes("sent", shown.derived(value.sent));
    if (value.match_sent) write_range(json, "match_sent", *value.match_sent);
  }
  json.member("operator", parser::info(value.link->op.id).name);
  json.key("negated");
  json.boolean(value.link->op.negated);
  json.texts("pieces", value.branches ? value.branches->pieces : std::vector<std::string>());
  if (value.branches && value.branches->branches != 0) {
    json.key("alternative");
    json.begin_array();
    json.number(value.branches->branch);
    json.number(value.branches->branches);
    json.end_array();
  }
  write_text_or_null(json, "phrase", value.phrase);
  if (!value.phrase_place.empty()) json.bytes("phrase_place", value.phrase_place);
  write_text_or_null(json, "fingerprint", value.fingerprint);
  if (!value.tokens.empty() && !shown.is_hidden()) {
    json.key("tokens");
    json.begin_array();
    for (size_t at = 0; at < value.tokens.size(); ++at) {
      json.begin_object();
      json.member("kind", token_word(value.fingerprint[at]));
      json.bytes("text", value.tokens[at]);
      json.end_object();
    }
    json.end_array();
  }
  json.key("compared");
  if (is_number_operator(value.link->op.id)) {
    json.begin_object();
    json.bytes("value", transformed);
    json.bytes("with", tested.parameter);
    json.end_object();
  } else {
    json.null();
  }
  json.member("reason", reason_words(value, 200, shown.is_hidden()));
  json.end_object();
}

void write_sum(JsonWriter& json, const ScoreSum& sum, const parser::RulesetModel& ruleset) {
  json.begin_object();
  json.bytes("variable", "tx." + sum.rule->variable);
  json.key("total");
  json.number(sum.total);
  json.number("threshold", sum.threshold);
  write_text_or_null(
      json, "threshold_variable",
      sum.rule->threshold_variable.empty() ? std::string() : "tx." + sum.rule->threshold_variable);
  json.key("threshold_set");
  if (sum.threshold_set == nullptr || sum.threshold_set->action == nullptr) {
    json.null();
  } else {
    json.begin_object();
    write_place(json, ruleset, sum.threshold_set->action->span);
    json.end_object();
  }
  json.key("reached");
  json.boolean(sum.reached);
  json.number("rule_id", sum.rule->starter->id);
  json.key("phase");
  json.number(static_cast<int>(sum.rule->starter->phase));
  json.end_object();
}

}  // namespace

void write_score_sums(JsonWriter& json, const Why& why, const parser::RulesetModel& ruleset) {
  json.key("score_sums");
  json.begin_array();
  for (const ScoreSum& sum : why.sums) write_sum(json, sum, ruleset);
  json.end_array();
}

void write_why(JsonWriter& json, const Why& why, const parser::RulesetModel& ruleset,
               const Masks* masks, size_t room) {
  TextWriter texts(json, room);
  json.key("why");
  json.begin_array();
  for (const MatchedRuleReason& rule : why.rules) {
    for (const MatchedValue& value : rule.values)
      write_value(json, texts, rule, value, ruleset, masks);
  }
  json.end_array();
  write_score_sums(json, why, ruleset);
}

}  // namespace wafcheck::formats::inline why
