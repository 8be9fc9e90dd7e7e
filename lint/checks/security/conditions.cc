#include "lint/checks/security/conditions.h"

#include <algorithm>

#include "parser/base/ascii.h"

namespace wafcheck::lint::inline checks {

using parser::Action;
using parser::Ctl;
using parser::Operator;
using parser::Rule;

bool is_crs_id(std::optional<uint64_t> id) {
  return id && ((900'000 <= *id && *id <= 999'999) || (9'000'000 <= *id && *id <= 9'999'999));
}

std::span<const Rule> chain_of(const Context& context, const Rule& rule) {
  const Rule& starter = context.starter(rule);
  const size_t first = context.index(starter);
  return std::span(context.ruleset.rules).subspan(first, std::max<size_t>(starter.links, 1));
}

bool is_unconditional(std::span<const Rule> chain) {
  return std::ranges::all_of(chain, [](const Rule& link) {
    return link.kind == parser::RuleKind::action ||
           (link.kind == parser::RuleKind::rule && link.op.id == Operator::unconditionalMatch &&
            !link.op.negated);
  });
}

bool is_anchored(std::string_view regex) {
  // (?i) and other options, then groups that open at the start.
  while (regex.starts_with('(')) {
    if (!regex.starts_with("(?")) {
      regex.remove_prefix(1);
      continue;
    }
    const size_t end = regex.find_first_not_of("?imsx-", 1);
    if (end == std::string_view::npos || (regex[end] != ')' && regex[end] != ':')) break;
    regex.remove_prefix(end + 1);
  }
  return regex.starts_with('^') || regex.starts_with("\\A");
}

bool is_anchored(const parser::OperatorUse& op) {
  const parser::OperatorInfo& row = info(op.id);
  if (row.search == parser::Search::Expression) return is_anchored(op.argument.view());
  if (row.search == parser::Search::Phrases) return false;
  return row.form != parser::OperatorForm::Text || row.search == parser::Search::Equal ||
         row.search == parser::Search::Begins;
}

bool is_trusted(const Rule& link) {
  return std::ranges::any_of(link.targets, [](const parser::Target& target) {
    return !target.excluded && !info(target.variable).traits.has(parser::VariableTrait::Sent);
  });
}

bool is_exclusion(const parser::ActionUse& use) {
  if (is_full_exclusion(use)) return true;
  const auto* const ctl = std::get_if<parser::CtlUse>(&use.value);
  if (ctl == nullptr) return false;
  return parser::removes_rules(ctl->option) ||
         (ctl->option == Ctl::requestBodyAccess && iequals(ctl->value, "Off"));
}

bool is_full_exclusion(const parser::ActionUse& use) {
  if (use.id == Action::allow) return true;
  const auto* const ctl = std::get_if<parser::CtlUse>(&use.value);
  return ctl != nullptr && ctl->option == Ctl::ruleEngine && iequals(ctl->value, "Off");
}

}  // namespace wafcheck::lint::inline checks
