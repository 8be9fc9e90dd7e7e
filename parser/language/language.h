#pragma once
// The words of SecLang: one table a concept, each in parser/language/*.def. The parser, the linter,
// the engine, the documentation and the completions all read these and no other list.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wafcheck::parser::inline language {

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
  Noted,      ///< accepted and reported: without a server the decision may differ
  Rejected,   ///< refused: evaluating without it would mislead
};

enum class Argument : uint8_t { None, Optional, Required };

/// How a directive's arguments read.
enum class DirectiveForm : uint8_t {
  Nothing,
  Choice,
  Number,
  Octal,
  Character,
  Text,
  Path,
  Regex,
  Words,
  Include,
  Rule,
  Action,
  Script,
  Marker,
  DefaultAction,
  RemoveById,
  RemoveByText,
  UpdateTargetById,
  UpdateTargetByText,
  UpdateActionById,
  MapFile,
  Dataset,
};

/// A set of flags of one enumeration, whose values count from 0.
template <typename Flag>
class Flags {
 public:
  constexpr Flags() = default;
  constexpr Flags(Flag flag)
      : bits_(1U << static_cast<unsigned>(flag)) {}  // NOLINT: a flag is a set

  constexpr bool has(Flag flag) const { return (bits_ & Flags(flag).bits_) != 0; }
  constexpr bool has_any_of(Flags flags) const { return (bits_ & flags.bits_) != 0; }
  friend constexpr Flags operator|(Flags a, Flags b) {
    a.bits_ |= b.bits_;
    return a;
  }

 private:
  uint32_t bits_ = 0;
};

enum class VariableKind : uint8_t {
  Scalar,      ///< takes no selector
  Collection,  ///< members are selected by name or expression
  Persistent,  ///< a collection opened by initcol, setsid, setuid or setrsc
  Document,    ///< XML: the selector is an XPath
};

/// What sanitiseMatched hides of a match in a variable.
enum class Masking : uint8_t {
  Nothing,  ///< a counter or flag of the engine, which shows nothing of what was sent
  Bytes,    ///< the value, wherever it occurs
  Argument,
  RequestHeader,
  ResponseHeader,  ///< these three: the member of that name
};

enum class VariableTrait : uint8_t {
  Unversioned,  ///< its members change without Transaction::version() saying so
  AnyPhase,     ///< Coraza's multiphase evaluation ties it to no phase
  Changing,     ///< has a value in phase 1, and perhaps another one later
  NeverNumber,  ///< none of its values is a number
  Short,        ///< one short value, which no rule changes
  Input,        ///< a client fills it as it likes
  Sent,         ///< read or counted from the request line, the request's headers or its body
  Path,         ///< a path of the request, or text with one
  Encoded,      ///< percent escapes as the client wrote them
  Decoded,      ///< the engine has undone percent escapes
  Multiline,    ///< a client can put line breaks in it
  Memberless,   ///< ModSecurity 2 knows no names of its members
};
constexpr Flags<VariableTrait> operator|(VariableTrait a, VariableTrait b) {
  return Flags(a) | Flags(b);
}

/// How an operator's argument reads.
enum class OperatorForm : uint8_t {
  None,               ///< there is none
  Text,               ///< bytes that are compared with the value
  Number,             ///< compared with the value as a number
  Words,              ///< a text in which the value is looked for
  Expression,         ///< a regular expression
  CountryExpression,  ///< a country, a blank and a regular expression
  Substitution,       ///< s/expression/text/
  Phrases,            ///< phrases with blanks between
  PhraseFiles,        ///< files of phrases, a line each; semantics say whether several may be named
  PhraseDataset,      ///< a SecDataset of phrases
  Networks,           ///< addresses and networks with commas between
  NetworkFile,        ///< a file of them, a line each
  NetworkDataset,     ///< a SecDataset of them
  ByteRanges,         ///< "9,10,32-126"
  SchemaFile,         ///< a DTD or XML schema file
  PathTemplate,       ///< "/users/{id}"
  External,           ///< whatever the service or program that is asked reads
};

/// What an operator fills TX:0 to TX:9 with, under `capture`.
enum class Captures : uint8_t {
  None,
  Match,    ///< TX:0 alone
  Groups,   ///< TX:0, and a TX variable for each group of the expression
  Unknown,  ///< how many it fills shows only when it matches
};

/// What a verdict rests on where the value and the argument alone decide.
enum class Search : uint8_t {
  None,        ///< more than these two decide
  Expression,  ///< the expression matches somewhere
  Phrases,     ///< one of the phrases occurs, whatever its case
  Equal,
  Begins,
  Ends,
  Contains,   ///< these four: the argument's bytes stand there in the value
  Injection,  ///< libinjection recognises the value, whatever its case
  Pure,       ///< something else
};

/// When an operator is built from its argument.
enum class OperatorBuild : uint8_t {
  Eager,  ///< with the program: only that shows what is wrong with the argument
  Lazy,   ///< at its first use, because it is large; the loader has checked the argument
};

enum class TransformationTrait : uint8_t {
  Decodes,    ///< undoes an encoding: any byte may come of it
  Canonical,  ///< brings what was decoded into one form, which a decoder after it would undo
  CaseBlind,  ///< does the same to letters of either case, and maps none
};
constexpr Flags<TransformationTrait> operator|(TransformationTrait a, TransformationTrait b) {
  return Flags(a) | Flags(b);
}

/// Kinds of bytes that transformations look for.
enum class ByteKind : uint8_t {
  Any,  ///< of every byte
  Nul,
  Blank,  ///< 0x09 to 0x0D and the space
  Upper,
  Lower,
  Percent,  ///< or a plus
  Backslash,
  Ampersand,
  ShellMark,  ///< a quote, a caret, a comma or a semicolon
  Slash,
  Dot,
  Colon,
  CommentMark,  ///< * < - #
  High,         ///< above 127
};
constexpr Flags<ByteKind> operator|(ByteKind a, ByteKind b) {
  return Flags(a) | Flags(b);
}

/// How an action's value reads; the alternative of ActionValue (parser/ruleset/rule.h) follows.
enum class ActionForm : uint8_t {
  None,
  Id,              ///< a number above 0
  Phase,           ///< 1 to 5, or a name
  Severity,        ///< 0 to 7, or a name
  Status,          ///< 100 to 599
  Count,           ///< a number above 0
  Grade,           ///< 0 to 9
  Duration,        ///< milliseconds
  Permission,      ///< nothing, "phase" or "request"
  Word,            ///< text without macros
  Text,            ///< text with macros, expanded for the log or the response
  Key,             ///< text with macros, expanded when the rule matches
  Transformation,  ///< its name
  Assignment,      ///< COLLECTION.NAME=VALUE
  Option,          ///< of ctl
  Collection,      ///< COLLECTION=KEY
  Member,          ///< COLLECTION.NAME=NUMBER
  Namespace,       ///< PREFIX=URI
};

/// Of a rule's actions that share a slot, only the last holds.
enum class ActionSlot : uint8_t { Every, Own, Disruptive, Log, AuditLog };

enum class ActionTrait : uint8_t {
  RuleOnly,     ///< has no place in SecDefaultAction
  StarterOnly,  ///< of a chain, only the first rule has it
  Prose,        ///< its value is prose, in which a comma is easily written
  Answers,      ///< the client gets another answer than the server's, or none
  Steers,       ///< decides which rules run after this one
};
constexpr Flags<ActionTrait> operator|(ActionTrait a, ActionTrait b) {
  return Flags(a) | Flags(b);
}

/// How the value of a ctl option reads.
enum class CtlForm : uint8_t {
  Choice,
  Number,
  Parts,  ///< "+E", "-E" or "ABCE"
  RuleIds,
  RuleTag,
  RuleMsg,
  TargetIds,
  TargetTag,
  TargetMsg,  ///< these three: which rules, a semicolon, which targets
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
  uint8_t phase;   ///< the first phase in which its full value exists
  Variable whole;  ///< holds all of its members; itself where no other variable does
  Masking masking;
  Flags<VariableTrait> traits;
  Engines engines;
  Support support;
  std::string_view doc;
};
struct OperatorInfo {
  Operator id;
  std::string_view name;
  Argument argument;
  OperatorForm form;
  bool macro;  ///< %{...} in the argument is expanded
  Captures captures;
  Search search;
  OperatorBuild build;
  Engines engines;
  Support support;
  std::string_view doc;
};
struct TransformationInfo {
  Transformation id;
  std::string_view name;
  Flags<TransformationTrait> traits;
  Flags<ByteKind> changes;  ///< no text changes that has none of these and is not empty
  Engines engines;
  Support support;
  std::string_view doc;
};
struct ActionInfo {
  Action id;
  std::string_view name;
  ActionGroup group;
  Argument argument;
  ActionForm form;
  ActionSlot slot;
  Flags<ActionTrait> traits;
  Engines engines;
  Support support;
  std::string_view doc;
};
struct CtlInfo {
  Ctl id;
  std::string_view name;
  CtlForm form;
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
/// Whether a ctl option takes rules, or targets of rules, out of the rest of the transaction.
bool removes_rules(Ctl option);

// Look-ups ignore case and know the aliases; logarithmic in the size of a table.
std::optional<Directive> find_directive(std::string_view name);
std::optional<Variable> find_variable(std::string_view name);
std::optional<Operator> find_operator(std::string_view name);
std::optional<Transformation> find_transformation(std::string_view name);
std::optional<Action> find_action(std::string_view name);
std::optional<Ctl> find_ctl(std::string_view name);

/// Directives of Apache's that stand in rules files: RequestHeader, ErrorDocument.
bool is_apache_directive(std::string_view name);

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

}  // namespace wafcheck::parser::inline language
