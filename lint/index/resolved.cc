#include "lint/index/resolved.h"

#include <fmt/format.h>

#include <vector>

#include "lint/index/facts.h"
#include "parser/language/language.h"

namespace wafcheck::lint::inline index {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;

/// Inside double quotes, a quote is escaped.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char byte : text) {
    if (byte == '"') out += '\\';
    out += byte;
  }
  return out + '"';
}

std::string operator_text(const parser::OperatorUse& op) {
  return fmt::format("{}@{}{}{}", op.negated ? "!" : "", parser::info(op.id).name,
                     op.argument.empty() ? "" : " ", op.argument.view());
}

std::string action_text(const ActionUse& use) {
  const std::string_view name = parser::info(use.id).name;
  if (use.raw.empty()) return std::string(name);
  const bool quote = use.quote != 0 || use.raw.find_first_of(" ,'") != std::string::npos;
  if (!quote) return fmt::format("{}:{}", name, use.raw);
  std::string value;
  for (const char byte : use.raw) {
    if (byte == '\'') value += '\\';
    value += byte;
  }
  return fmt::format("{}:'{}'", name, value);
}

std::vector<std::string> actions_of(const Rule& rule) {
  std::vector<std::string> texts;
  if (rule.is_starter() && rule.id) texts.push_back(fmt::format("id:{}", *rule.id));
  if (rule.is_starter()) texts.push_back(fmt::format("phase:{}", rule.phase));
  const ActionUse* chain = nullptr;
  for (const ActionUse* use : rule.effective) {
    if (use->id == Action::id || use->id == Action::phase) continue;
    if (use->id == Action::chain)
      chain = use;
    else
      texts.push_back(action_text(*use));
  }
  if (rule.kind == parser::RuleKind::rule) {
    texts.emplace_back("t:none");
    for (const parser::Transformation transformation : rule.pipeline) {
      texts.push_back(fmt::format("t:{}", parser::info(transformation).name));
    }
  }
  if (chain != nullptr) texts.emplace_back("chain");
  return texts;
}

std::string head_of(const Rule& rule) {
  switch (rule.kind) {
    case parser::RuleKind::action:
      return "SecAction";
    case parser::RuleKind::script:
      return fmt::format("SecRuleScript {}", quoted(rule.script));
    case parser::RuleKind::rule:
      break;
  }
  std::string targets;
  for (const parser::Target& target : rule.targets) {
    targets += fmt::format("{}{}", targets.empty() ? "" : "|", target_text(target));
  }
  const bool blank = targets.find_first_of(" \t\"") != std::string::npos;
  return fmt::format("SecRule {} {}", blank ? quoted(targets) : targets,
                     quoted(operator_text(rule.op)));
}

}  // namespace

std::string resolved_rule(const parser::RulesetModel& ruleset, const parser::Rule& starter) {
  std::string text;
  const Rule* const first = &starter;
  for (const Rule* rule = first; rule < first + starter.links; ++rule) {
    const std::string indent(rule->is_starter() ? 0 : 4, ' ');
    text += fmt::format("{}{}", indent, head_of(*rule));
    const std::vector<std::string> actions = actions_of(*rule);
    for (size_t i = 0; i < actions.size(); ++i) {
      text += fmt::format("{}\\\n{}    {}{}", i == 0 ? " " : ",", indent, i == 0 ? "\"" : "",
                          actions[i]);
    }
    text += actions.empty() ? "\n" : "\"\n";
  }
  if (starter.removed()) {
    const parser::Place place = ruleset.sources.begin_of(*starter.removed_by);
    text = fmt::format("# removed by {}:{}\n{}", place.path, place.line, text);
  }
  return text;
}

}  // namespace wafcheck::lint::inline index
