#include "engine/program/target_names.h"

#include <fmt/format.h>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline program {

using parser::SelectorKind;
using parser::Variable;

namespace {

/// What libmodsecurity calls by the word that the rule has for it, in its letters.
bool named_as_spelled(Variable variable) {
  switch (variable) {
    case Variable::DURATION:
    case Variable::HIGHEST_SEVERITY:
    case Variable::MODSEC_BUILD:
    case Variable::REMOTE_USER:
    case Variable::TIME:
    case Variable::TIME_DAY:
    case Variable::TIME_EPOCH:
    case Variable::TIME_HOUR:
    case Variable::TIME_MIN:
    case Variable::TIME_MON:
    case Variable::TIME_SEC:
    case Variable::TIME_WDAY:
    case Variable::TIME_YEAR:
      return true;
    default:
      return false;
  }
}

/// What libmodsecurity calls a count of these; empty: as it calls the variable.
std::string_view other_name_of_count(Variable variable) {
  switch (variable) {
    case Variable::REQBODY_PROCESSOR_ERROR_MSG:
      return "PROCESSOR_ERROR_MSG";
    case Variable::STATUS_LINE:
      return "STATUS";
    case Variable::UNIQUE_ID:
      return "UNIQUEID";
    default:
      return {};
  }
}

/// The variable's name as the rule spells it, where the engine goes by that.
std::string_view spelled(const parser::RulesetModel& ruleset, const parser::Target& target) {
  const std::string_view name = parser::info(target.variable).name;
  const bool as_spelled =
      named_as_spelled(target.variable) && ruleset.semantics().variables_share_names;
  if (!as_spelled) return name;
  std::string_view text = ruleset.sources.text(target.span);
  if (text.starts_with('!') || text.starts_with('&')) text.remove_prefix(1);
  return iequals(text, name) ? text : name;
}

std::optional<std::string> name_of_count(const parser::RulesetModel& ruleset,
                                         const parser::Target& target, Variable variable) {
  const parser::Semantics& semantics = ruleset.semantics();
  const parser::Selector& selector = target.selector;
  if (!semantics.counts_named_plainly) return std::nullopt;
  const std::string_view other =
      semantics.variables_share_names ? other_name_of_count(variable) : std::string_view();
  const std::string_view own =
      variable == target.variable ? spelled(ruleset, target) : parser::info(variable).name;
  const std::string_view name = other.empty() ? own : other;
  if (selector.kind == SelectorKind::none) return std::string(name);
  const bool marked = selector.kind == SelectorKind::regex && variable != Variable::ENV &&
                      semantics.count_expressions_marked;
  // Its expressions have a colon of their own.
  const bool resource = variable == Variable::RESOURCE && marked;
  if (resource) return fmt::format("{}::regex({})", name, selector.text);
  return marked ? fmt::format("{}:regex({})", name, selector.text)
                : fmt::format("{}:{}", name, selector.text);
}

}  // namespace

std::optional<std::string> name_of_values(const parser::RulesetModel& ruleset,
                                          const parser::Target& target, Variable variable) {
  const parser::Semantics& semantics = ruleset.semantics();
  const parser::Selector& selector = target.selector;
  const bool by_name = selector.kind == SelectorKind::name;
  const bool whole = selector.kind == SelectorKind::none;
  if (target.count) return name_of_count(ruleset, target, variable);
  if (variable == Variable::TX && by_name && semantics.tx_named_as_written) {
    return fmt::format("TX:{}", selector.text);
  }
  if (variable == Variable::XML && semantics.xml_is_request_xml) {
    return whole ? std::nullopt : std::optional(fmt::format("REQUEST_XML:{}", selector.text));
  }
  if (!semantics.variables_share_names) return std::nullopt;
  switch (variable) {
    case Variable::STATUS:
    case Variable::STATUS_LINE:
      return "RESPONSE_STATUS";
    case Variable::REMOTE_USER:
      return "REQUEST_HEADERS:Authorization";
    case Variable::HIGHEST_SEVERITY:
      return std::string(spelled(ruleset, target));
    case Variable::WEBAPPID:
      return "";
    case Variable::XML:
      return whole ? std::optional<std::string>("") : std::nullopt;
    default:
      return std::nullopt;
  }
}

bool spelled_alike(const parser::RulesetModel& ruleset, const parser::Target& a,
                   const parser::Target& b) {
  return spelled(ruleset, a) == spelled(ruleset, b);
}

}  // namespace wafcheck::engine::inline program
