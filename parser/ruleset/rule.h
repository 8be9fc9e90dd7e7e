#pragma once
// The parts of a rule: targets, operator, actions, each fact with the place it was written at.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "parser/diagnostic.h"
#include "parser/language/language.h"
#include "parser/language/semantics_forward.h"
#include "parser/ruleset/macro.h"
#include "parser/syntax/text.h"

namespace wafcheck::parser::inline ruleset {

enum class SelectorKind : uint8_t { none, name, regex, xpath };

struct Selector {
  SelectorKind kind = SelectorKind::none;
  std::string text;  ///< name as written; regex without its slashes, \/ resolved; XPath
  Span span;
};

/// One element of a target list: ARGS, &ARGS:id, !REQUEST_COOKIES:/^__utm/.
struct Target {
  Variable variable = Variable::ARGS;
  bool excluded = false;  ///< '!'
  bool count = false;     ///< '&'
  Selector selector;
  Span span;
  bool updated = false;  ///< added by an update directive, where `span` stands
};

struct OperatorUse {
  Operator id = Operator::rx;
  bool negated = false;
  bool implicit = false;  ///< no '@': a regular expression
  Text argument;          ///< as the operator gets it
  MacroText text;         ///< the argument split at its macros; empty where none are expanded
  Span span;              ///< the whole of it, '!' and '@' included
  Span name;              ///< "@name", or empty
};

enum class SetvarOperation : uint8_t { assign, add, subtract, unset };

struct Setvar {
  Variable collection = Variable::TX;
  MacroText name;
  SetvarOperation operation = SetvarOperation::assign;
  MacroText value;
};

/// A persistent collection and its key (initcol), or its member and a number (expirevar,
/// deprecatevar).
struct CollectionUse {
  Variable collection = Variable::IP;
  MacroText key;
  MacroText value;
};

struct IdRange {
  uint64_t first = 0;
  uint64_t last = 0;
  bool contains(uint64_t id) const { return first <= id && id <= last; }
};

/// Which rules something applies to: by id, by tag or by message.
struct RuleFilter {
  enum class Kind : uint8_t { id, tag, msg } kind = Kind::id;
  std::vector<IdRange> ids;
  std::string text;    ///< tag or msg
  bool regex = false;  ///< text is an expression
};

struct CtlUse {
  Ctl option = Ctl::ruleEngine;
  std::string value;            ///< as written, after '='
  RuleFilter filter;            ///< ruleRemove...
  std::vector<Target> targets;  ///< ruleRemoveTarget...
};

struct Xmlns {
  std::string prefix;
  std::string uri;
};

/// A parsed value of an action, by its ActionForm; monostate where there is none, or a faulty one.
///
///     uint64_t       Id, Phase, Severity, Status, Count, Grade, Duration
///     std::string    Permission ("", "phase" or "request"), Word
///     MacroText      Text, Key
///     Transformation, Setvar, CtlUse, CollectionUse, Xmlns
///                    Transformation; Assignment; Option; Collection and Member; Namespace
using ActionValue = std::variant<std::monostate, uint64_t, std::string, MacroText, Transformation,
                                 Setvar, CtlUse, CollectionUse, Xmlns>;

struct ActionUse {
  Action id = Action::pass;
  ActionValue value;
  std::string raw;  ///< the value as written, quotes removed
  char quote = 0;
  Span span;  ///< name, colon and value
  Span name_span;
  Span value_span;       ///< empty where there is no value
  bool updated = false;  ///< added by an update directive

  const MacroText& text() const { return std::get<MacroText>(value); }
  uint64_t number() const { return std::get<uint64_t>(value); }
  const std::string& word() const { return std::get<std::string>(value); }
};

std::vector<Target> parse_targets(const Text& text, const Semantics& semantics,
                                  Diagnostics& diagnostics);
std::optional<OperatorUse> parse_operator(const Text& text, const Semantics& semantics,
                                          Diagnostics& diagnostics);
/// Where the names of files stand in the argument of an operator that reads some, in order, as byte
/// ranges; empty for any other operator.
std::vector<std::pair<size_t, size_t>> data_file_names(const OperatorUse& use,
                                                       const Semantics& semantics);
std::vector<ActionUse> parse_actions(const Text& text, const Semantics& semantics,
                                     Diagnostics& diagnostics);

/// "1 2,5-9": numbers and ranges, separated by blanks or commas.
std::vector<IdRange> parse_ids(const Text& text, Diagnostics& diagnostics);

}  // namespace wafcheck::parser::inline ruleset
