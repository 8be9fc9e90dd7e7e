#include "lint/index/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "lint/analysis/tx.h"
#include "parser/base/ascii.h"
#include "parser/language/language.h"
#include "parser/ruleset/paranoia_level.h"

namespace wafcheck::lint::inline index {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;

/// Each text once, where it stands first.
void drop_repeated(std::vector<std::string>& texts) {
  std::unordered_set<std::string_view> seen;
  std::vector<std::string> kept;
  for (const std::string& text : texts) {
    if (seen.insert(text).second) kept.push_back(text);
  }
  texts = std::move(kept);
}

void add_action(RuleFacts& facts, const ActionUse& use) {
  const parser::ActionInfo& row = parser::info(use.id);
  facts.actions.emplace_back(std::string(row.name));
  if (is_disruptive(use.id)) facts.disruptive = row.name;
  switch (use.id) {
    case Action::tag:
      facts.tags.emplace_back(use.raw);
      if (const auto level = parser::paranoia_level(use.raw)) facts.paranoia_level = level;
      break;
    case Action::severity:
      facts.severity = use.number();
      break;
    case Action::msg:
      facts.message = use.raw;
      break;
    case Action::skipAfter:
      facts.skips_to.emplace_back(use.word());
      break;
    case Action::ver:
      facts.version = use.raw;
      break;
    default:
      break;
  }
}

void add_rule(RuleFacts& facts, const Rule& rule) {
  for (const parser::Target& target : rule.targets) {
    if (!target.excluded)
      facts.variables.emplace_back(std::string(parser::info(target.variable).name));
    facts.targets.emplace_back(target_text(target));
  }
  if (rule.kind == parser::RuleKind::rule)
    facts.operators.emplace_back(std::string(parser::info(rule.op.id).name));
  for (const parser::Transformation transformation : rule.pipeline) {
    facts.transformations.emplace_back(std::string(parser::info(transformation).name));
  }
  for (const ActionUse* use : rule.effective) add_action(facts, *use);
}

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char byte) { return is_digit(byte); });
}

/// "score" of TX, "ip.counter" of others; nothing for captures and whole collections.
std::string variable_of(const TxUse& use) {
  if (use.name.kind == TxNameKind::captures || use.name.kind == TxNameKind::all ||
      is_number(use.name.text))
    return {};
  const std::string name = use.name.kind == TxNameKind::regex ? fmt::format("/{}/", use.name.text)
                                                              : lowercase(use.name.text);
  return use.collection == parser::Variable::TX
             ? name
             : fmt::format("{}.{}", lowercase(parser::info(use.collection).name), name);
}

}  // namespace

std::string target_text(const parser::Target& target) {
  std::string text = fmt::format("{}{}{}", target.excluded ? "!" : "", target.count ? "&" : "",
                                 parser::info(target.variable).name);
  switch (target.selector.kind) {
    case parser::SelectorKind::none:
      return text;
    case parser::SelectorKind::regex: {
      text += ":/";
      for (const char byte : target.selector.text) {
        if (byte == '/') text += '\\';
        text += byte;
      }
      return text + '/';
    }
    case parser::SelectorKind::name:
    case parser::SelectorKind::xpath:
      break;
  }
  return text + ':' + target.selector.text;
}

std::string name_of(const RuleFacts& facts) {
  return facts.id ? std::to_string(*facts.id) : fmt::format("{}:{}", facts.file, facts.line);
}

std::vector<RuleFacts> rule_facts(const Analysis& analysis) {
  std::vector<RuleFacts> all;
  std::vector<size_t> row_of(analysis.ruleset.rules.size());
  for (const Rule& rule : analysis.ruleset.rules) {
    if (rule.is_starter()) {
      RuleFacts& facts = all.emplace_back();
      const parser::Place place = analysis.ruleset.sources.begin_of(rule.name_span);
      facts.rule = &rule;
      facts.id = rule.id;
      facts.phase = rule.phase;
      facts.links = rule.links;
      facts.file = place.path;
      facts.line = place.line;
      facts.removed = rule.removed();
    }
    if (all.empty()) continue;
    add_rule(all.back(), rule);
    row_of[analysis.index(rule)] = all.size() - 1;
  }
  for (const TxUse& use : analysis.tx().uses()) {
    std::string name = variable_of(use);
    if (name.empty()) continue;
    RuleFacts& facts = all[row_of[use.rule]];
    (use.writes() ? facts.writes : facts.reads).push_back(std::move(name));
  }
  for (RuleFacts& facts : all) {
    for (auto* const texts :
         {&facts.variables, &facts.targets, &facts.operators, &facts.transformations,
          &facts.actions, &facts.tags, &facts.skips_to, &facts.writes, &facts.reads}) {
      drop_repeated(*texts);
    }
  }
  return all;
}

}  // namespace wafcheck::lint::inline index
