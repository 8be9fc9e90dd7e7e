// Checks on paranoia levels and scores. A rule belongs to the level of the last rule above it, in
// its file, that skips where tx.detection_paranoia_level is lower.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lint/checks/check.h"
#include "lint/checks/crs/crs.h"
#include "lint/checks/style/written_actions.h"
#include "parser/base/ascii.h"
#include "parser/regex/parse.h"
#include "parser/ruleset/regex_check.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;
using parser::Setvar;

constexpr std::array<std::string_view, 8> kSeverities = {
    "emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"};

/// A setvar of tx....anomaly_score_plN.
struct Score {
  const Rule* rule = nullptr;  ///< the link that has it
  const ActionUse* use = nullptr;
  const Setvar* setvar = nullptr;
  int level = 0;
};

/// A rule with all its links, as CRS counts them.
struct Chain {
  const Rule* starter = nullptr;
  int level = 0;  ///< of the place in the file; 0: above all of them
  bool nolog = false;
  std::vector<Score> scores;
};

/// The N of `SecRule TX:DETECTION_PARANOIA_LEVEL "@lt N"`; 0 for other rules.
int opens_level(const Rule& rule) {
  const std::string_view argument = rule.op.argument.view();
  if (rule.op.id != parser::Operator::lt || argument.size() != 1) return 0;
  const bool reads = std::ranges::any_of(rule.targets, [](const parser::Target& target) {
    return target.variable == parser::Variable::TX &&
           iequals(target.selector.text, "detection_paranoia_level");
  });
  return reads && is_digit(static_cast<unsigned char>(argument[0])) ? argument[0] - '0' : 0;
}

void collect_scores(const Rule& rule, Chain& chain) {
  for (const ActionUse* use : written_actions(rule)) {
    if (use->id == Action::nolog) chain.nolog = true;
    const auto* setvar = std::get_if<Setvar>(&use->value);
    if (setvar == nullptr || setvar->collection != parser::Variable::TX) continue;
    if (!setvar->name.literal()) continue;
    const std::string name = lowercase(setvar->name.literal_text());
    constexpr std::string_view kName = "anomaly_score_pl";
    if (name.size() <= kName.size() || !is_digit(static_cast<unsigned char>(name.back()))) continue;
    if (!std::string_view(name).substr(0, name.size() - 1).ends_with(kName)) continue;
    chain.scores.push_back({&rule, use, setvar, name.back() - '0'});
  }
}

std::vector<Chain> chains_of(const parser::RulesetModel& ruleset) {
  std::vector<Chain> chains;
  parser::FileId file = parser::kNoFile;
  int level = 0;
  for (const Rule& rule : ruleset.rules) {
    if (rule.span.file != file) level = 0;
    file = rule.span.file;
    if (const int opened = opens_level(rule)) level = opened;
    if (rule.is_starter()) chains.push_back({&rule, level, false, {}});
    if (!chains.empty()) collect_scores(rule, chains.back());
  }
  std::erase_if(chains, [](const Chain& chain) { return !crs_id(*chain.starter); });
  return chains;
}

void look_at_tag(const Chain& chain, const ActionUse& tag, Findings& findings) {
  const Rule& rule = *chain.starter;
  if (chain.nolog) {
    findings.add(
        Check::paranoia_level, rule, tag.value_span,
        fmt::format("{} is only used in logs, and this rule does not log", parser::shown(tag.raw)),
        "remove the tag");
    return;
  }
  const std::string wanted = fmt::format("paranoia-level/{}", chain.level);
  if (chain.level == 0 || tag.raw == wanted) return;
  auto& finding = findings.add(Check::paranoia_level, rule, tag.value_span,
                               fmt::format("{} is among the rules of paranoia level {}",
                                           parser::shown(tag.raw), chain.level),
                               fmt::format("write tag:'{}', or move the rule", wanted));
  finding.fix =
      parser::Fix{"set the level", false, {{tag.value_span, fmt::format("'{}'", wanted)}}};
}

void look_at_level(const Chain& chain, const Score& score, const parser::RulesetModel& ruleset,
                   Findings& findings) {
  if (chain.level == 0 || score.level == chain.level) return;
  const parser::Span name = score.setvar->name.parts.front().span;
  auto& finding =
      findings.add(Check::paranoia_level, *score.rule, name,
                   fmt::format("{} is scored among the rules of paranoia level {}",
                               parser::shown(ruleset.sources.text(name)), chain.level),
                   fmt::format("add to the score of level {}, or move the rule", chain.level));
  finding.fix = parser::Fix{
      "set the level", false, {{{name.file, name.end - 1, name.end}, std::to_string(chain.level)}}};
}

/// The N of a `value` that is only %{tx.N_anomaly_score}, else empty.
std::string scored_severity(const parser::MacroText& value) {
  constexpr std::string_view kEnd = "_anomaly_score";
  if (value.parts.size() != 1 || !value.parts[0].is_variable) return {};
  std::string name = lowercase(value.parts[0].text);
  if (value.parts[0].variable != parser::Variable::TX || !name.ends_with(kEnd)) return {};
  name.resize(name.size() - kEnd.size());
  return name;
}

}  // namespace

void paranoia_level(const Context& context, Findings& findings) {
  for (const Chain& chain : chains_of(context.ruleset)) {
    bool tagged = false;
    for (const ActionUse* use : written_actions(*chain.starter)) {
      if (use->id != Action::tag || !use->raw.starts_with("paranoia-level/")) continue;
      tagged = true;
      look_at_tag(chain, *use, findings);
    }
    if (!tagged && !chain.nolog && chain.level > 0) {
      const std::string action = fmt::format("tag:'paranoia-level/{}'", chain.level);
      auto& finding = findings.add(Check::paranoia_level, *chain.starter, chain.starter->id_span,
                                   fmt::format("this rule of paranoia level {} lacks the tag for "
                                               "its level",
                                               chain.level),
                                   fmt::format("add {}", action));
      const auto edit = add_action(context.ruleset, *chain.starter, Action::tag, action);
      if (edit) finding.fix = parser::Fix{finding.help, false, {*edit}};
    }
    for (const Score& score : chain.scores) look_at_level(chain, score, context.ruleset, findings);
  }
}

void severity_vs_score(const Context& context, Findings& findings) {
  for (const Chain& chain : chains_of(context.ruleset)) {
    const ActionUse* severity = nullptr;
    for (const ActionUse* use : written_actions(*chain.starter)) {
      if (use->id == Action::severity && std::holds_alternative<uint64_t>(use->value)) {
        severity = use;
      }
    }
    for (const Score& score : chain.scores) {
      const std::string scored = scored_severity(score.setvar->value);
      if (scored.empty()) continue;
      if (severity == nullptr) {
        findings.add(Check::severity_vs_score, *score.rule, score.use->value_span,
                     fmt::format("this scores as {}, but the rule has no severity", scored),
                     "add the severity");
        continue;
      }
      const std::string_view said = kSeverities[static_cast<size_t>(severity->number())];
      if (said == scored) continue;
      const parser::Span macro = score.setvar->value.parts[0].span;
      auto& finding =
          findings.add(Check::severity_vs_score, *score.rule, macro,
                       fmt::format("this scores as {}, but the severity is {}", scored, said),
                       fmt::format("add %{{tx.{}_anomaly_score}}, or change the severity", said));
      finding.related.push_back({severity->span, "the severity"});
      finding.fix = parser::Fix{"use the score of the severity",
                                false,
                                {{macro, fmt::format("%{{tx.{}_anomaly_score}}", said)}}};
    }
  }
}

void pl_forbidden_construct(const Context& context, Findings& findings) {
  const parser::PcreOptions options = parser::operator_regex_options(context.ruleset.semantics());
  for (const Chain& chain : chains_of(context.ruleset)) {
    if (chain.level != 1 && chain.level != 2) continue;
    const size_t first = context.index(*chain.starter);
    for (size_t i = first; i < first + chain.starter->links; ++i) {
      const Rule& rule = context.ruleset.rules[i];
      if (rule.op.id != parser::Operator::rx) continue;
      const std::string_view text = rule.op.argument.view();
      if (text.find("(?") == std::string_view::npos) continue;
      const auto tree = parser::regex::parse(text, options);
      if (!tree) continue;
      const auto look =
          std::ranges::find(tree->nodes(), parser::regex::Kind::look, &parser::regex::Node::kind);
      if (look == tree->nodes().end()) continue;
      findings.add(Check::pl_forbidden_construct, rule,
                   rule.op.argument.span(look->span.begin, look->span.end),
                   fmt::format("a look-around in an expression of paranoia level {}", chain.level),
                   "use look-arounds only at levels 3 and 4");
    }
  }
}

}  // namespace wafcheck::lint::inline checks
