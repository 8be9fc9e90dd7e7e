#include "lint/index/facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "lint/flow/tx.h"
#include "parser/ascii.h"
#include "parser/language.h"

namespace wafcheck::lint {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;

void add_once(std::vector<std::string>& to, std::string text) {
  if (std::ranges::find(to, text) == to.end()) to.push_back(std::move(text));
}

std::optional<uint64_t> level_of(std::string_view tag) {
  constexpr std::string_view kPrefix = "paranoia-level/";
  if (!tag.starts_with(kPrefix)) return std::nullopt;
  tag.remove_prefix(kPrefix.size());
  uint64_t level = 0;
  const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), level);
  if (error != std::errc() || end != tag.data() + tag.size()) return std::nullopt;
  return level;
}

void add_action(RuleFacts& facts, const ActionUse& use) {
  const parser::ActionInfo& row = parser::info(use.id);
  add_once(facts.actions, std::string(row.name));
  if (is_disruptive(use.id)) facts.disruptive = row.name;
  switch (use.id) {
    case Action::tag:
      add_once(facts.tags, use.raw);
      if (const auto level = level_of(use.raw)) facts.paranoia_level = level;
      break;
    case Action::severity: facts.severity = use.number(); break;
    case Action::msg: facts.message = use.raw; break;
    case Action::skipAfter: add_once(facts.skips_to, use.word()); break;
    case Action::ver: facts.version = use.raw; break;
    default: break;
  }
}

void add_rule(RuleFacts& facts, const Rule& rule) {
  for (const parser::Target& target : rule.targets) {
    if (!target.excluded) add_once(facts.variables, std::string(parser::info(target.variable).name));
    add_once(facts.targets, target_text(target));
  }
  if (rule.kind == parser::RuleKind::rule) add_once(facts.operators, std::string(parser::info(rule.op.id).name));
  for (const parser::Transformation transformation : rule.pipeline) {
    add_once(facts.transformations, std::string(parser::info(transformation).name));
  }
  for (const ActionUse* use : rule.effective) add_action(facts, *use);
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char byte) { return is_digit(byte); });
}

/// "score" of TX, "ip.counter" of others; nothing for captures and whole collections.
std::string variable_of(const TxUse& use) {
  if (use.name.kind == TxNameKind::captures || use.name.kind == TxNameKind::all || is_number(use.name.text)) return {};
  const std::string name = use.name.kind == TxNameKind::regex ? fmt::format("/{}/", use.name.text) : lowercase(use.name.text);
  return use.collection == parser::Variable::TX
             ? name
             : fmt::format("{}.{}", lowercase(parser::info(use.collection).name), name);
}

}  // namespace

std::string target_text(const parser::Target& target) {
  std::string text = fmt::format("{}{}{}", target.excluded ? "!" : "", target.count ? "&" : "",
                                 parser::info(target.variable).name);
  switch (target.selector.kind) {
    case parser::SelectorKind::none: return text;
    case parser::SelectorKind::regex: {
      text += ":/";
      for (const char byte : target.selector.text) {
        if (byte == '/') text += '\\';
        text += byte;
      }
      return text + '/';
    }
    case parser::SelectorKind::name:
    case parser::SelectorKind::xpath: break;
  }
  return text + ':' + target.selector.text;
}

std::string name_of(const RuleFacts& facts) {
  return facts.id ? std::to_string(*facts.id) : fmt::format("{}:{}", facts.file, facts.line);
}

std::vector<RuleFacts> rule_facts(const Context& context) {
  std::vector<RuleFacts> all;
  std::vector<size_t> row_of(context.ruleset.rules.size());
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.is_starter()) {
      RuleFacts& facts = all.emplace_back();
      const parser::Place place = context.ruleset.sources.begin_of(rule.name_span);
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
    row_of[context.index(rule)] = all.size() - 1;
  }
  for (const TxUse& use : context.tx().uses()) {
    std::string name = variable_of(use);
    if (name.empty()) continue;
    RuleFacts& facts = all[row_of[use.rule]];
    add_once(use.writes() ? facts.writes : facts.reads, std::move(name));
  }
  return all;
}

}  // namespace wafcheck::lint
