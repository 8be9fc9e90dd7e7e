#include "formats/why/why.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/libinjection/libinjection.h"
#include "engine/program/program_data.h"
#include "engine/program/settings.h"
#include "engine/transformations/transformation.h"
#include "formats/why/names.h"
#include "parser/base/ascii.h"
#include "parser/base/lines.h"
#include "parser/ruleset.h"
#include "parser/ruleset/paranoia_level.h"
#include "parser/ruleset/regex_check.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline why {
namespace {

using parser::Operator;

/// Longer texts are not searched again: branches and places are of use where they can be read.
constexpr size_t kLongestSearched = 65'536;

/// Bytes of the transformed text that the operator found; none: it judges the text as a whole.
std::optional<Range> found_range(const parser::OperatorUse& use,
                                 const engine::TestedValue& tested) {
  if (!tested.found || use.negated) return std::nullopt;
  const size_t size = tested.transformed.size();
  Range range{std::min(tested.found->first, size), 0};
  size_t length = tested.found->second;
  switch (use.id) {
    case Operator::within:  // what is found is a place in the argument
      return std::nullopt;
    case Operator::validateUrlEncoding:  // the engine tells the length of the text
      length = 3;
      break;
    case Operator::validateUtf8Encoding:
      length = 1;
      break;
    default:
      break;
  }
  range.end = range.begin + std::min(length, size - range.begin);
  return range;
}

bool seeks_phrases(Operator id) {
  return id == Operator::pm || id == Operator::pmFromFile || id == Operator::pmFromDataset;
}

/// The texts of the tokens that folded to `fingerprint`: libinjection reads the text as it stands
/// and as if it began inside quotes.
std::vector<std::string> tokens_of(std::string_view text, std::string_view fingerprint) {
  for (const std::string_view quote : {"", "'", "\""}) {
    std::string types;
    std::vector<std::string> values;
    for (const auto& token :
         engine::libinjection::fold_sql(std::string(quote) + std::string(text))) {
      if (types.size() == fingerprint.size()) break;
      types += token.type;
      values.push_back(token.value);
    }
    if (types == fingerprint) return values;
  }
  return {};
}

bool is_argument(parser::Variable variable) {
  using parser::Variable;
  return variable == Variable::ARGS || variable == Variable::ARGS_GET ||
         variable == Variable::ARGS_POST;
}

bool is_json_member(const engine::Transaction& transaction, const engine::TestedValue& tested) {
  return is_argument(tested.variable) && !tested.counted &&
         transaction.first(parser::Variable::REQBODY_PROCESSOR) == "JSON";
}

/// The pair of a query string or form that holds an argument whose encoding hides it: its value
/// there; empty: it stands there as it is, or is not found.
std::string_view sent_as(const engine::Transaction& transaction, const engine::TestedValue& tested,
                         const engine::transformations::TransformationContext& context) {
  using parser::Variable;
  if (!is_argument(tested.variable) || tested.counted || tested.value.empty()) return {};
  const auto decode = engine::transformations::function_of(parser::Transformation::urlDecode);
  const auto is = [&](std::string_view encoded, std::string_view plain) {
    std::string decoded;
    return decode(encoded, decoded, context) ? decoded == plain : encoded == plain;
  };
  const std::string_view query = transaction.first(Variable::QUERY_STRING).value_or("");
  for (std::string_view text : {query, transaction.request_body()}) {
    if (text.size() > kLongestSearched) continue;
    while (!text.empty()) {
      const std::string_view pair = text.substr(0, text.find('&'));
      text.remove_prefix(std::min(pair.size() + 1, text.size()));
      const size_t equals = pair.find('=');
      if (equals == std::string_view::npos) continue;
      const std::string_view value = pair.substr(equals + 1);
      if (!is(pair.substr(0, equals), tested.key) || !is(value, tested.value)) continue;
      return value == tested.value ? std::string_view() : value;
    }
  }
  return {};
}

const engine::MatchedRule* find_logged(const engine::Transaction& transaction,
                                       const parser::Rule* starter) {
  const auto rules = transaction.matched_rules();
  const auto found = std::ranges::find(rules, starter, &engine::MatchedRule::rule);
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace

Explainer::Explainer(const engine::Program& program)
    : program_(program), score_rules_(score_rules(program.ruleset())) {}

std::string Explainer::place_of_phrase(const parser::Rule& rule, std::string_view phrase) const {
  if (rule.op.id != Operator::pmFromFile) return {};
  const parser::RulesetModel& ruleset = program_.ruleset();
  const std::string_view argument = rule.op.argument.view();
  parser::FileSystem* const files = program_.data().files;
  for (const auto& [begin, end] : parser::data_file_names(rule.op, program_.semantics())) {
    const std::string name(argument.substr(begin, end - begin));
    const std::string path = parser::find_data_file(ruleset, rule.span, name);
    const std::lock_guard lock(mutex_);
    auto& lines = phrase_files_[path];
    if (!lines) {
      PhraseLines numbers;
      const auto bytes = parser::read_data_file(ruleset, *files, rule.span, name);
      size_t number = 0;
      for (const std::string_view line :
           split_lines(bytes ? std::string_view(*bytes) : std::string_view())) {
        numbers.try_emplace(lowercase(trim(line)), ++number);
      }
      lines = std::make_unique<const PhraseLines>(std::move(numbers));
    }
    const auto found = lines->find(lowercase(phrase));
    if (found != lines->end()) return fmt::format("{}:{}", name, found->second);
  }
  return {};
}

std::optional<TakenBranches> Explainer::branches_of(const ValueEvidence& evidence,
                                                    const std::optional<Range>& found) const {
  const engine::TestedValue& tested = evidence.tested;
  const auto options = parser::operator_regex_options(program_.semantics());
  std::unique_ptr<const BranchFinder> own;
  const BranchFinder* finder = nullptr;
  if (evidence.link->op.text.literal()) {
    const std::lock_guard lock(mutex_);
    const auto [it, inserted] = branch_finders_.try_emplace(evidence.link);
    if (inserted) it->second = BranchFinder::make(tested.parameter, options);
    finder = it->second.get();
  } else {
    own = BranchFinder::make(tested.parameter, options);
    finder = own.get();
  }
  if (finder == nullptr) return std::nullopt;
  std::optional<parser::Pcre::Group> expected;
  if (found) expected = {found->begin, found->end};
  return finder->find(tested.transformed, program_.settings().match_limit, expected);
}

void Explainer::find_phrase(const ValueEvidence& evidence, MatchedValue& value) const {
  value.phrase = evidence.tested.finding;
  value.phrase_place = place_of_phrase(*evidence.link, value.phrase);
}

MatchedValue Explainer::explain(const engine::Transaction& transaction,
                                const ValueEvidence& evidence, Depth depth) const {
  const engine::TestedValue& tested = evidence.tested;
  const parser::OperatorUse& use = evidence.link->op;
  MatchedValue value;
  value.link = evidence.link;
  value.tested = &tested;
  value.match_transformed = found_range(use, tested);
  value.match = value.match_transformed;
  if (seeks_phrases(use.id)) find_phrase(evidence, value);
  if (use.id == Operator::detectSQLi) value.fingerprint = tested.finding;
  if (depth == Depth::places) return value;

  const engine::transformations::TransformationContext context{
      program_.semantics(), program_.settings().unicode_map.get()};
  if (value.match && !tested.steps.empty()) {
    const Origin origin = trace_back(tested.value, tested.steps, *value.match, context);
    // A place between two transformations is one that nobody sees.
    if (origin.undone == tested.steps.size()) {
      value.match = origin.range;
      value.undone = origin.undone;
    }
  }
  if (depth == Depth::names && is_json_member(transaction, tested)) {
    value.names = names_by_engine(transaction.request_body(), tested.key, program_.semantics());
  }
  value.sent = sent_as(transaction, tested, context);
  if (!value.sent.empty() && value.match && value.match_in_value()) {
    const Origin origin = trace_back(
        value.sent, {{parser::Transformation::urlDecode, tested.value}}, *value.match, context);
    if (origin.undone == 1) value.match_sent = origin.range;
  }
  if (use.id == Operator::detectSQLi && tested.transformed.size() <= kLongestSearched) {
    value.tokens = tokens_of(tested.transformed, value.fingerprint);
  }
  const bool expression = use.id == Operator::rx && !use.negated;
  if (expression && tested.transformed.size() <= kLongestSearched) {
    value.branches = branches_of(evidence, value.match_transformed);
  }
  return value;
}

Why Explainer::explain(const engine::Transaction& transaction, const EvidenceRecorder& evidence,
                       Depth depth) const {
  Why why;
  why.sums = score_sums(score_rules_, evidence, transaction);
  const auto& interruption =
      transaction.interruption() ? transaction.interruption() : transaction.would_interrupt();
  for (size_t at = 0; at < evidence.rules().size(); ++at) {
    const RuleEvidence& evaluated = evidence.rules()[at];
    MatchedRuleReason rule;
    rule.starter = evaluated.starter;
    rule.phase = evaluated.phase;
    std::map<size_t, int64_t> by_value;
    for (const ScoreSum& sum : why.sums) {
      for (const Contribution& part : sum.parts) {
        if (part.evaluation != at) continue;
        rule.score += part.amount;
        by_value[part.values == 0 ? 0 : part.values - 1] += part.amount;
      }
    }
    const engine::MatchedRule* const logged = find_logged(transaction, evaluated.starter);
    if (evaluated.matched && interruption && interruption->rule_id &&
        interruption->rule_id == evaluated.starter->id) {
      rule.decides = engine::to_string(interruption->action);
    }
    const bool shown = evaluated.matched && evaluated.phase != 5 && logged != nullptr &&
                       (logged->log || logged->auditlog);
    if (rule.score == 0 && rule.decides.empty() && !shown) continue;
    rule.paranoia_level = static_cast<int>(parser::paranoia_level(*evaluated.starter).value_or(0));
    if (logged != nullptr) {
      rule.message = logged->message;
    } else if (const parser::ActionUse* use = evaluated.starter->find(parser::Action::msg)) {
      rule.message = use->raw;
    }
    for (size_t number = 0; number < evaluated.values.size(); ++number) {
      rule.values.push_back(explain(transaction, evaluated.values[number], depth));
      const auto added = by_value.find(number);
      if (added != by_value.end()) rule.values.back().score = added->second;
    }
    why.rules.push_back(std::move(rule));
  }
  return why;
}

const Explainer& Explainers::of(const engine::Program& program) const {
  const std::lock_guard lock(mutex_);
  auto& explainer = explainers_[&program];
  if (!explainer) explainer = std::make_unique<const Explainer>(program);
  return *explainer;
}

std::string id_text(const parser::Rule& starter) {
  return starter.id ? std::to_string(*starter.id) : std::string();
}

}  // namespace wafcheck::formats::inline why
