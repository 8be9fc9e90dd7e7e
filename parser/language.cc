#include "parser/language.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>

#include "parser/ascii.h"
#include "parser/nearest.h"

namespace wafcheck::parser {
namespace {

// A name longer than this would not fit the rows of `distance`; the tables are checked against it.
constexpr size_t kMaxName = 48;

constexpr DirectiveInfo kDirectives[] = {
#define WAFCHECK_DIRECTIVE(name, form, arguments, engines, support, doc) \
  {Directive::name, #name, DirectiveForm::form, arguments, engines, Support::support, doc},
#include "parser/language/directives.def"
};
constexpr VariableInfo kVariables[] = {
#define WAFCHECK_VARIABLE(name, kind, phase, engines, support, doc) \
  {Variable::name, #name, VariableKind::kind, phase, engines, Support::support, doc},
#include "parser/language/variables.def"
};
constexpr OperatorInfo kOperators[] = {
#define WAFCHECK_OPERATOR(name, argument, macro, captures, engines, support, doc) \
  {Operator::name, #name, Argument::argument, macro, captures, engines, Support::support, doc},
#include "parser/language/operators.def"
};
constexpr TransformationInfo kTransformations[] = {
#define WAFCHECK_TRANSFORMATION(name, engines, support, doc) \
  {Transformation::name, #name, engines, Support::support, doc},
#include "parser/language/transformations.def"
};
constexpr ActionInfo kActions[] = {
#define WAFCHECK_ACTION(name, group, argument, engines, support, doc) \
  {Action::name, #name, ActionGroup::group, Argument::argument, engines, Support::support, doc},
#include "parser/language/actions.def"
};
constexpr CtlInfo kCtls[] = {
#define WAFCHECK_CTL(name, value, last_phase, engines, support, doc) \
  {Ctl::name, #name, value, last_phase, engines, Support::support, doc},
#include "parser/language/ctl.def"
};

enum class Kind : uint8_t { Directive, Variable, Operator, Transformation, Action, Ctl };

constexpr Alias kAliases[] = {
#define WAFCHECK_ALIAS(kind, name, target) {name, #target},
#include "parser/language/aliases.def"
};
/// What each row of kAliases is a word for; the index is that of its target's row.
struct AliasTarget {
  Kind kind;
  size_t index;
};
constexpr AliasTarget kAliasTargets[] = {
#define WAFCHECK_ALIAS(kind, name, target) {Kind::kind, static_cast<size_t>(kind::target)},
#include "parser/language/aliases.def"
};

/// Orders names as the tables do: bytewise in lower case.
constexpr bool iless(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(a, b, {}, to_lower, to_lower);
}

/// Look-ups and suggestions rely on this: each row stands at its id, names ascend (so none occurs
/// twice), some engine knows the word, and it has a sentence of documentation.
template <typename Info, size_t N>
constexpr bool well_formed(const Info (&rows)[N]) {
  for (size_t i = 0; i < N; ++i) {
    const Info& row = rows[i];
    if (static_cast<size_t>(row.id) != i || row.name.size() > kMaxName) return false;
    if (i > 0 && !iless(rows[i - 1].name, row.name)) return false;
    if ((row.engines & kAllEngines) == 0 || (row.engines & ~kAllEngines) != 0) return false;
    if (!row.doc.ends_with('.') || row.doc.find('\n') != row.doc.npos) return false;
  }
  return true;
}
static_assert(well_formed(kDirectives));
static_assert(well_formed(kVariables));
static_assert(well_formed(kOperators));
static_assert(well_formed(kTransformations));
static_assert(well_formed(kActions));
static_assert(well_formed(kCtls));

constexpr auto name_of = [](const auto& row) { return row.name; };

template <typename Info>
using IdOf = decltype(Info::id);

template <typename Info, size_t N>
std::optional<IdOf<Info>> find(const Info (&rows)[N], Kind kind, std::string_view name) {
  const Info* row = std::ranges::lower_bound(rows, name, iless, &Info::name);
  if (row != std::end(rows) && iequals(row->name, name)) return row->id;
  for (size_t i = 0; i < std::size(kAliases); ++i) {
    if (kAliasTargets[i].kind == kind && iequals(kAliases[i].name, name)) {
      return rows[kAliasTargets[i].index].id;
    }
  }
  return std::nullopt;
}

}  // namespace

std::span<const DirectiveInfo> directives() {
  return kDirectives;
}
std::span<const VariableInfo> variables() {
  return kVariables;
}
std::span<const OperatorInfo> operators() {
  return kOperators;
}
std::span<const TransformationInfo> transformations() {
  return kTransformations;
}
std::span<const ActionInfo> actions() {
  return kActions;
}
std::span<const CtlInfo> ctls() {
  return kCtls;
}

const DirectiveInfo& info(Directive id) {
  return kDirectives[static_cast<size_t>(id)];
}
const VariableInfo& info(Variable id) {
  return kVariables[static_cast<size_t>(id)];
}
const OperatorInfo& info(Operator id) {
  return kOperators[static_cast<size_t>(id)];
}
const TransformationInfo& info(Transformation id) {
  return kTransformations[static_cast<size_t>(id)];
}
const ActionInfo& info(Action id) {
  return kActions[static_cast<size_t>(id)];
}
const CtlInfo& info(Ctl id) {
  return kCtls[static_cast<size_t>(id)];
}

bool is_disruptive(Action action) {
  return info(action).group == ActionGroup::Disruptive && action != Action::pause;
}

std::optional<Action> slot_of(Action action) {
  if (is_disruptive(action)) return Action::deny;
  switch (action) {
    case Action::log:
    case Action::nolog:
      return Action::log;
    case Action::auditlog:
    case Action::noauditlog:
      return Action::auditlog;
    case Action::accuracy:
    case Action::capture:
    case Action::chain:
    case Action::id:
    case Action::logdata:
    case Action::maturity:
    case Action::msg:
    case Action::multiMatch:
    case Action::pause:
    case Action::phase:
    case Action::rev:
    case Action::severity:
    case Action::skip:
    case Action::skipAfter:
    case Action::status:
    case Action::ver:
      return action;
    default:
      return std::nullopt;
  }
}

std::optional<Directive> find_directive(std::string_view name) {
  return find(kDirectives, Kind::Directive, name);
}
std::optional<Variable> find_variable(std::string_view name) {
  return find(kVariables, Kind::Variable, name);
}
std::optional<Operator> find_operator(std::string_view name) {
  return find(kOperators, Kind::Operator, name);
}
std::optional<Transformation> find_transformation(std::string_view name) {
  return find(kTransformations, Kind::Transformation, name);
}
std::optional<Action> find_action(std::string_view name) {
  return find(kActions, Kind::Action, name);
}
std::optional<Ctl> find_ctl(std::string_view name) {
  return find(kCtls, Kind::Ctl, name);
}

std::string_view nearest_directive(std::string_view name) {
  return nearest(name, kDirectives, name_of);
}
std::string_view nearest_variable(std::string_view name) {
  return nearest(name, kVariables, name_of);
}
std::string_view nearest_operator(std::string_view name) {
  return nearest(name, kOperators, name_of);
}
std::string_view nearest_transformation(std::string_view name) {
  return nearest(name, kTransformations, name_of);
}
std::string_view nearest_action(std::string_view name) {
  return nearest(name, kActions, name_of);
}
std::string_view nearest_ctl(std::string_view name) {
  return nearest(name, kCtls, name_of);
}

std::span<const Alias> aliases() {
  return kAliases;
}

}  // namespace wafcheck::parser
