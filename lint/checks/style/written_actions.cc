#include "lint/checks/style/written_actions.h"

#include <algorithm>
#include <array>

#include "parser/base/ascii.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;

constexpr std::array kOrder = {
    Action::id,
    Action::phase,
    Action::allow,
    Action::block,
    Action::deny,
    Action::drop,
    Action::pass,
    Action::proxy,
    Action::redirect,
    Action::status,
    Action::capture,
    Action::t,
    Action::log,
    Action::nolog,
    Action::auditlog,
    Action::noauditlog,
    Action::msg,
    Action::logdata,
    Action::tag,
    Action::sanitiseArg,
    Action::sanitiseRequestHeader,
    Action::sanitiseMatched,
    Action::sanitiseMatchedBytes,
    Action::ctl,
    Action::ver,
    Action::severity,
    Action::multiMatch,
    Action::initcol,
    Action::setenv,
    Action::setvar,
    Action::expirevar,
    Action::chain,
    Action::skip,
    Action::skipAfter,
};

}  // namespace

std::vector<const ActionUse*> written_actions(const parser::Rule& rule) {
  std::vector<const ActionUse*> own;
  for (const ActionUse& use : rule.actions) {
    if (!use.updated) own.push_back(&use);
  }
  return own;
}

std::optional<size_t> action_rank(Action action) {
  const auto it = std::ranges::find(kOrder, action);
  if (it == kOrder.end()) return std::nullopt;
  return static_cast<size_t>(it - kOrder.begin());
}

std::optional<parser::Edit> add_action(const parser::RulesetModel& ruleset,
                                       const parser::Rule& rule, Action id,
                                       std::string_view action) {
  const std::vector<const ActionUse*> own = written_actions(rule);
  if (own.empty()) return std::nullopt;
  const ActionUse* after = own.front();
  for (const ActionUse* use : own) {
    if (action_rank(use->id).value_or(SIZE_MAX) <= action_rank(id).value_or(0)) after = use;
  }
  const std::string_view bytes = ruleset.sources[after->span.file].bytes;
  const size_t line = bytes.substr(0, after->span.begin).find_last_of("\r\n") + 1;
  const std::string_view before = bytes.substr(line, after->span.begin - line);
  const size_t blanks = std::min(before.find_first_not_of(" \t"), before.size());
  const bool own_line =
      line > rule.span.begin && trim(before).find_first_not_of('"') == before.npos;
  std::string text = ",";
  if (own_line) text += "\\\n" + std::string(before.substr(0, blanks));
  text += action;
  return parser::Edit{{after->span.file, after->span.end, after->span.end}, std::move(text)};
}

}  // namespace wafcheck::lint::inline checks
