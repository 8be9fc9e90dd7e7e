#pragma once
// The words of SecLang: one table a concept, each in parser/language/*.def. The parser, the linter,
// the engine, the documentation and the completions all read these and no other list.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wafcheck::parser {

/// Which engines know a word; a bit set.
using Engines = uint8_t;
inline constexpr Engines M2 = 1;  ///< ModSecurity 2.9
inline constexpr Engines M3 = 2;  ///< libmodsecurity 3.0
inline constexpr Engines CZ = 4;  ///< Coraza 3
inline constexpr Engines kAllEngines = M2 | M3 | CZ;

/// What an offline evaluator makes of a word.
enum class Support : uint8_t {
  Evaluated,  ///< means what the engines mean by it
  Idle,       ///< accepted: only a server heeds it, and no decision depends on it
  Noted,      ///< accepted and told about: without a server the decision may be another
  Rejected,   ///< refused: evaluating without it would mislead
};

enum class Argument : uint8_t { None, Optional, Required };

/// How a directive's arguments read.
enum class DirectiveForm : uint8_t {
  Nothing, Choice, Number, Octal, Character, Text, Path, Regex, Words, Include,
  Rule, Action, Script, Marker, DefaultAction, RemoveById, RemoveByText,
  UpdateTargetById, UpdateTargetByText, UpdateActionById, MapFile, Dataset,
};

enum class VariableKind : uint8_t {
  Scalar,      ///< takes no selector
  Collection,  ///< members are selected by name or expression
  Persistent,  ///< a collection opened by initcol, setsid, setuid or setrsc
  Document,    ///< XML: the selector is an XPath
};

enum class ActionGroup : uint8_t { Disruptive, Flow, Metadata, Data, NonDisruptive };

enum class Directive : uint8_t {
#define WAFCHECK_DIRECTIVE(name, ...) name,
#include "parser/language/directives.def"
};
enum class Variable : uint8_t {
#define WAFCHECK_VARIABLE(name, ...) name,
#include "parser/language/variables.def"
};
enum class Operator : uint8_t {
#define WAFCHECK_OPERATOR(name, ...) name,
#include "parser/language/operators.def"
};
enum class Transformation : uint8_t {
#define WAFCHECK_TRANSFORMATION(name, ...) name,
#include "parser/language/transformations.def"
};
enum class Action : uint8_t {
#define WAFCHECK_ACTION(name, ...) name,
#include "parser/language/actions.def"
};
enum class Ctl : uint8_t {
#define WAFCHECK_CTL(name, ...) name,
#include "parser/language/ctl.def"
};

struct DirectiveInfo {
  Directive id;
  std::string_view name;
  DirectiveForm form;
  std::string_view arguments;  ///< Choice: "On|Off"; otherwise a synopsis, "bytes"
  Engines engines;
  Support support;
  std::string_view doc;  ///< one line
};
struct VariableInfo {
  Variable id;
  std::string_view name;
  VariableKind kind;
  uint8_t phase;  ///< the first phase in which its full value exists
  Engines engines;
  Support support;
  std::string_view doc;
};
struct OperatorInfo {
  Operator id;
  std::string_view name;
  Argument argument;
  bool macro;     ///< %{...} in the argument is expanded
  bool captures;  ///< fills TX:0-9 under `capture`
  Engines engines;
  Support support;
  std::string_view doc;
};
struct TransformationInfo {
  Transformation id;
  std::string_view name;
  Engines engines;
  Support support;
  std::string_view doc;
};
struct ActionInfo {
  Action id;
  std::string_view name;
  ActionGroup group;
  Argument argument;
  Engines engines;
  Support support;
  std::string_view doc;
};
struct CtlInfo {
  Ctl id;
  std::string_view name;
  std::string_view value;  ///< "On|Off", "ID;TARGET", ...
  uint8_t last_phase;      ///< the last phase in which it still has an effect
  Engines engines;
  Support support;
  std::string_view doc;
};

std::span<const DirectiveInfo> directives();
std::span<const VariableInfo> variables();
std::span<const OperatorInfo> operators();
std::span<const TransformationInfo> transformations();
std::span<const ActionInfo> actions();
std::span<const CtlInfo> ctls();

const DirectiveInfo& info(Directive id);
const VariableInfo& info(Variable id);
const OperatorInfo& info(Operator id);
const TransformationInfo& info(Transformation id);
const ActionInfo& info(Action id);
const CtlInfo& info(Ctl id);

/// Whether an action decides what becomes of the transaction. Of a rule's, the last one holds. Not
/// `pause`: it only delays, and stands beside one that decides.
bool is_disruptive(Action action);
/// Actions of a rule of which only the last holds share a slot, named after one of them; nothing
/// where every one holds.
std::optional<Action> slot_of(Action action);

// Look-ups ignore case and know the aliases; logarithmic in the size of a table.
std::optional<Directive> find_directive(std::string_view name);
std::optional<Variable> find_variable(std::string_view name);
std::optional<Operator> find_operator(std::string_view name);
std::optional<Transformation> find_transformation(std::string_view name);
std::optional<Action> find_action(std::string_view name);
std::optional<Ctl> find_ctl(std::string_view name);

// The nearest known word, for "did you mean": the first of those with the fewest changes, at most a
// third of the length of `name`. Empty when none is near.
std::string_view nearest_directive(std::string_view name);
std::string_view nearest_variable(std::string_view name);
std::string_view nearest_operator(std::string_view name);
std::string_view nearest_transformation(std::string_view name);
std::string_view nearest_action(std::string_view name);
std::string_view nearest_ctl(std::string_view name);

/// A row of an alias table: `name` is another spelling of `target`.
struct Alias {
  std::string_view name;
  std::string_view target;
};
std::span<const Alias> aliases();

}  // namespace wafcheck::parser
