#include "parser/language/language.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/base/nearest.h"

namespace wafcheck::parser::inline language {
namespace {

// A name longer than this would not fit the rows of `distance`; the tables are checked against it.
constexpr size_t kMaxName = 48;

// The traits of a row are written without the name of their enumeration.
using enum VariableTrait;
using enum TransformationTrait;
using enum ByteKind;
using enum ActionTrait;

constexpr DirectiveInfo kDirectives[] = {
#define WAFCHECK_DIRECTIVE(name, form, arguments, engines, support, doc) \
  {Directive::name, #name, DirectiveForm::form, arguments, engines, Support::support, doc},
#include "parser/language/directives.def"
};
constexpr VariableInfo kVariables[] = {
#define WAFCHECK_VARIABLE(name, kind, phase, whole, masking, traits, engines, support, doc) \
  {Variable::name, #name,   VariableKind::kind, phase, Variable::whole, Masking::masking,   \
   traits,         engines, Support::support,   doc},
#include "parser/language/variables.def"
};
constexpr OperatorInfo kOperators[] = {
#define WAFCHECK_OPERATOR(name, argument, form, macro, captures, search, build, engines, support, \
                          doc)                                                                    \
  {Operator::name,                                                                                \
   #name,                                                                                         \
   Argument::argument,                                                                            \
   OperatorForm::form,                                                                            \
   macro,                                                                                         \
   Captures::captures,                                                                            \
   Search::search,                                                                                \
   OperatorBuild::build,                                                                          \
   engines,                                                                                       \
   Support::support,                                                                              \
   doc},
#include "parser/language/operators.def"
};
constexpr TransformationInfo kTransformations[] = {
#define WAFCHECK_TRANSFORMATION(name, traits, changes, engines, support, doc) \
  {Transformation::name, #name, traits, changes, engines, Support::support, doc},
#include "parser/language/transformations.def"
};
constexpr ActionInfo kActions[] = {
#define WAFCHECK_ACTION(name, group, argument, form, slot, traits, engines, support, doc) \
  {Action::name,                                                                          \
   #name,                                                                                 \
   ActionGroup::group,                                                                    \
   Argument::argument,                                                                    \
   ActionForm::form,                                                                      \
   ActionSlot::slot,                                                                      \
   traits,                                                                                \
   engines,                                                                               \
   Support::support,                                                                      \
   doc},
#include "parser/language/actions.def"
};
constexpr CtlInfo kCtls[] = {
#define WAFCHECK_CTL(name, form, value, last_phase, engines, support, doc) \
  {Ctl::name, #name, CtlForm::form, value, last_phase, engines, Support::support, doc},
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

/// Columns that have to agree with one another.
constexpr bool consistent(const VariableInfo& row) {
  // Records of other transactions are written at any time.
  const bool persistent = row.kind == VariableKind::Persistent;
  const bool changes =
      row.traits.has(Unversioned) && row.traits.has(AnyPhase) && row.traits.has(Changing);
  const VariableInfo& whole = kVariables[static_cast<size_t>(row.whole)];
  return (!persistent || changes) && whole.whole == row.whole &&
         !(row.traits.has(Encoded) && row.traits.has(Decoded));
}
constexpr bool consistent(const OperatorInfo& row) {
  const bool none = row.form == OperatorForm::None;
  const bool expression = row.search == Search::Expression;
  return none == (row.argument == Argument::None) && (!none || !row.macro) &&
         (!expression || row.form == OperatorForm::Expression);
}
constexpr bool consistent(const ActionInfo& row) {
  return (row.form == ActionForm::None) == (row.argument == Argument::None) &&
         (row.slot != ActionSlot::Disruptive || row.group == ActionGroup::Disruptive);
}
constexpr auto is_consistent = [](const auto& row) { return consistent(row); };
static_assert(std::ranges::all_of(kVariables, is_consistent));
static_assert(std::ranges::all_of(kOperators, is_consistent));
static_assert(std::ranges::all_of(kActions, is_consistent));

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
  return info(action).slot == ActionSlot::Disruptive;
}

std::optional<Action> slot_of(Action action) {
  switch (info(action).slot) {
    case ActionSlot::Every:
      return std::nullopt;
    case ActionSlot::Own:
      return action;
    case ActionSlot::Disruptive:
      return Action::deny;
    case ActionSlot::Log:
      return Action::log;
    case ActionSlot::AuditLog:
      return Action::auditlog;
  }
  return std::nullopt;
}

bool removes_rules(Ctl option) {
  switch (info(option).form) {
    case CtlForm::Choice:
    case CtlForm::Number:
    case CtlForm::Parts:
      return false;
    case CtlForm::RuleIds:
    case CtlForm::RuleTag:
    case CtlForm::RuleMsg:
    case CtlForm::TargetIds:
    case CtlForm::TargetTag:
    case CtlForm::TargetMsg:
      return true;
  }
  return false;
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
bool is_apache_directive(std::string_view name) {
  constexpr std::string_view kNames[] = {
#define WAFCHECK_APACHE_DIRECTIVE(name) #name,
#include "parser/language/apache_directives.def"
  };
  return std::ranges::any_of(kNames, [&](std::string_view known) { return iequals(known, name); });
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

}  // namespace wafcheck::parser::inline language
