#include "cli/tune/exclusion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "cli/tune/path.h"

namespace wafcheck::cli::inline tune {
namespace {

/// One condition of the rule that holds an exclusion.
struct Condition {
  std::string target, operation;
};

/// "a" or "(?:a|b)", quoted.
std::string any_of(const std::vector<std::string>& texts) {
  std::string any;
  for (const std::string& text : texts) {
    any += (any.empty() ? "" : "|") + quoted_in_expression(text);
  }
  return texts.size() == 1 ? any : "(?:" + any + ")";
}

/// "@streq a" or an expression for several.
std::string equals_one_of(const std::vector<std::string>& texts) {
  if (texts.size() == 1 && is_plain_argument(texts[0])) {
    return "@streq " + texts[0];
  }
  return fmt::format("@rx ^{}$", any_of(texts));
}

std::vector<Condition> conditions_of(const Scope& scope) {
  std::vector<Condition> conditions;
  if (!scope.methods.empty()) {
    conditions.push_back({"REQUEST_METHOD", equals_one_of(scope.methods)});
  }
  if (!scope.hosts.empty()) {
    // In any case, with any port.
    conditions.push_back(
        {"REQUEST_HEADERS:Host", fmt::format("@rx (?i)^{}(?::[0-9]+)?$", any_of(scope.hosts))});
  }
  if (!scope.path.empty()) {
    conditions.push_back({"REQUEST_FILENAME", is_plain_argument(scope.literal)
                                                  ? "@streq " + scope.literal
                                                  : "@rx " + scope.path});
  }
  return conditions;
}

/// Actions a line each, as CRS writes them.
std::string actions_text(const std::vector<std::string>& actions, std::string_view indent) {
  return fmt::format("{}\"{}\"", indent, fmt::join(actions, fmt::format(",\\\n{}", indent)));
}

}  // namespace

std::string_view to_string(ExclusionKind kind) {
  switch (kind) {
    case ExclusionKind::setting:
      return "setting";
    case ExclusionKind::ctl_target:
      return "ctl-target";
    case ExclusionKind::ctl_tag:
      return "ctl-tag";
    case ExclusionKind::ctl_rule:
      return "ctl-rule";
    case ExclusionKind::update_target:
      return "update-target";
    case ExclusionKind::remove:
      break;
  }
  return "remove";
}

std::string Scope::text() const {
  if (path.empty()) return "all requests";
  std::string text = fmt::format("{}", fmt::join(methods, "|"));
  if (!text.empty()) text += ' ';
  text += fmt::format("{}", fmt::join(hosts, "|"));
  return text + (literal.empty() ? path : literal);
}

std::string Exclusion::group() const {
  if (kind == ExclusionKind::setting) return "tx." + variable;
  return fmt::format("{}{} {}", kind == ExclusionKind::ctl_rule ? "rules of " : "", scope.text(),
                     target);
}

std::string Exclusion::seclang() const {
  switch (kind) {
    case ExclusionKind::setting:
      return fmt::format("setvar:'tx.{}={}'", variable, value);
    case ExclusionKind::ctl_target:
      return fmt::format("ctl:ruleRemoveTargetById={};{}", rule_id, target);
    case ExclusionKind::ctl_tag:
      return fmt::format("ctl:ruleRemoveTargetByTag={};{}", tag, target);
    case ExclusionKind::ctl_rule:
      return fmt::format("ctl:ruleRemoveById={}", rule_id);
    case ExclusionKind::update_target:
      return fmt::format("SecRuleUpdateTargetById {} \"!{}\"", rule_id, target);
    case ExclusionKind::remove:
      break;
  }
  return fmt::format("SecRuleRemoveById {}", rule_id);
}

std::string seclang_of(std::span<const Exclusion> exclusions, uint64_t id, std::string_view gate) {
  if (!exclusions[0].has_id()) {
    std::vector<std::string> lines;
    for (const Exclusion& each : exclusions) lines.push_back(each.seclang());
    return fmt::format("{}", fmt::join(lines, "\n"));
  }
  std::vector<std::string> actions{fmt::format("id:{}", id), "phase:1", "pass", "t:none", "nolog"};
  std::vector<Condition> conditions = conditions_of(exclusions[0].scope);
  if (!gate.empty()) conditions.insert(conditions.begin(), {"UNIQUE_ID", std::string(gate)});
  std::string text = conditions.empty() ? "SecAction \\\n" : "";
  for (size_t i = 0; i < conditions.size(); ++i) {
    const std::string indent(i * 4, ' ');
    text += fmt::format("{}SecRule {} \"{}\" \\\n", indent, conditions[i].target,
                        conditions[i].operation);
    if (i + 1 == conditions.size()) break;
    actions.emplace_back("chain");
    text += actions_text(actions, indent + "    ") + "\n";
    actions = {"t:none"};
  }
  for (const Exclusion& each : exclusions) actions.push_back(each.seclang());
  const size_t depth = conditions.empty() ? 1 : conditions.size();
  return text + actions_text(actions, std::string(depth * 4, ' '));
}

}  // namespace wafcheck::cli::inline tune
