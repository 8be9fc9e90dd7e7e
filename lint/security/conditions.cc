#include "lint/security/conditions.h"

#include <algorithm>

#include "parser/ascii.h"

namespace wafcheck::lint {

using parser::Action;
using parser::Ctl;
using parser::Operator;
using parser::Rule;
using parser::Variable;

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
  // (?i) and the like, then groups that open right away.
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
  switch (op.id) {
    case Operator::rx:
      return is_anchored(op.argument.view());
    case Operator::contains:
    case Operator::containsWord:
    case Operator::endsWith:
    case Operator::pm:
    case Operator::pmFromDataset:
    case Operator::pmFromFile:
    case Operator::strmatch:
      return false;
    default:
      return true;
  }
}

bool is_path(Variable variable) {
  switch (variable) {
    case Variable::PATH_INFO:
    case Variable::REQUEST_BASENAME:
    case Variable::REQUEST_FILENAME:
    case Variable::REQUEST_LINE:
    case Variable::REQUEST_URI:
    case Variable::REQUEST_URI_RAW:
      return true;
    default:
      return false;
  }
}

bool is_trusted(const Rule& link) {
  return std::ranges::any_of(link.targets, [](const parser::Target& target) {
    const std::string_view name = info(target.variable).name;
    const bool sent = name.starts_with("REQUEST_") || name.starts_with("ARGS") ||
                      name.starts_with("FILES") || name.starts_with("MULTIPART_") ||
                      target.variable == Variable::QUERY_STRING ||
                      target.variable == Variable::PATH_INFO || target.variable == Variable::XML;
    return !target.excluded && !sent;
  });
}

bool is_exclusion(const parser::ActionUse& use) {
  if (is_full_exclusion(use)) return true;
  const auto* const ctl = std::get_if<parser::CtlUse>(&use.value);
  if (ctl == nullptr) return false;
  return info(ctl->option).name.starts_with("ruleRemove") ||
         (ctl->option == Ctl::requestBodyAccess && iequals(ctl->value, "Off"));
}

bool is_full_exclusion(const parser::ActionUse& use) {
  if (use.id == Action::allow) return true;
  const auto* const ctl = std::get_if<parser::CtlUse>(&use.value);
  return ctl != nullptr && ctl->option == Ctl::ruleEngine && iequals(ctl->value, "Off");
}

}  // namespace wafcheck::lint
