#pragma once
// The writes and reads of stored variables: TX and the persistent collections. Uses the resolved
// model: without removed rules, with updates and default actions.

#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parser/regex/pcre.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline analysis {

/// The form in which a use names its variable.
enum class TxNameKind : uint8_t {
  literal,   ///< tx.score
  pattern,   ///< tx.score_%{rule.id}: known in part
  regex,     ///< TX:/^score_/
  captures,  ///< what `capture` fills: 0 to 9
  all,       ///< the whole collection
};

struct TxName {
  TxNameKind kind = TxNameKind::literal;
  std::string text;                 ///< as written; a regex without its slashes
  std::vector<std::string> pieces;  ///< of a pattern, in lower case: the texts between macros
};

enum class TxAccess : uint8_t {
  // Writes. The first four give the variable a value.
  assign,
  add,
  subtract,
  capture,
  unset,
  expire,  ///< expirevar, deprecatevar
  open,    ///< initcol, setsid, setuid, setrsc: the whole collection
  // Reads.
  target,  ///< TX:score
  count,   ///< &TX:score: does it exist?
  macro,   ///< %{tx.score}
};

/// When something happens: phases run one after the other, in each the rules in load order, in each
/// rule the steps below. Two uses in the actions of one rule happen at once.
struct Moment {
  enum Step : uint8_t { inspects, compares, captures, acts, logs };
  uint8_t phase = 2;
  parser::RuleIndex rule = 0;  ///< the link; messages are expanded at the last one of the chain
  Step step = inspects;

  auto operator<=>(const Moment&) const = default;
};

/// One place where a rule writes or reads.
struct TxUse {
  parser::Variable collection = parser::Variable::TX;
  TxName name;
  TxAccess access = TxAccess::macro;
  parser::RuleIndex rule = 0;  ///< the link that does it
  Moment moment;
  parser::Span span;  ///< the target, the macro, or the setvar's name and value
  const parser::ActionUse* action = nullptr;  ///< null: a target or an operator's argument

  bool gives_value() const { return access <= TxAccess::capture; }
  bool writes() const { return access <= TxAccess::open; }
};

/// A variable that some rule names in full, and these uses. Names are compared without case.
struct TxVariable {
  parser::Variable collection = parser::Variable::TX;
  std::string name;                         ///< as it was written first
  std::vector<const TxUse*> writes, reads;  ///< in load order

  /// Whether a rule tests if it exists, so that it is optional.
  bool tested() const;
  /// TX:0 to TX:9 and above.
  bool is_capture() const;
};

class TxIndex {
 public:
  explicit TxIndex(const parser::RulesetModel& ruleset);

  /// Every use, in load order.
  const std::deque<TxUse>& uses() const { return uses_; }
  /// In the order of their first uses.
  const std::deque<TxVariable>& variables() const { return variables_; }
  /// Null if no rule names it in full.
  const TxVariable* find(parser::Variable collection, std::string_view name) const;

  /// The earliest use that may give the variable a value, including patterns; null if there is
  /// none.
  const TxUse* earliest_value(const TxVariable& variable) const;
  /// Whether anything may read it: by name, by expression, or with the whole collection.
  bool is_read(const TxVariable& variable) const;
  /// The first use that opens a persistent collection. Null: none.
  const TxUse* opened(parser::Variable collection) const;
  /// Whether scripts run, which may write and read anything.
  bool scripted() const { return scripted_; }

 private:
  /// Names that are known in part, each once.
  struct Pattern {
    parser::Variable collection;
    const TxName* name;
    const TxUse* earliest;
  };
  struct Expression {
    parser::Variable collection;
    std::optional<parser::Pcre> regex;
  };

  void add(TxUse use);
  void add_named(const TxUse& use);
  void add_pattern(const TxUse& use);
  void add_expression(const TxUse& use);

  std::deque<TxUse> uses_;
  std::deque<TxVariable> variables_;
  std::unordered_map<std::string, TxVariable*> by_name_;
  std::vector<Pattern> patterns_;
  std::vector<Expression> expressions_;
  std::unordered_map<std::string, size_t> places_;  ///< of names in the two lists above
  const TxUse* earliest_capture_ = nullptr;
  std::vector<parser::Variable> read_whole_;
  std::vector<const TxUse*> opened_;  ///< the first of each collection
  bool scripted_ = false;
};

/// Whether engines set the variable themselves: TX:MSC_PCRE_LIMITS_EXCEEDED, IP:IS_NEW and others.
bool is_set_by_engines(parser::Variable collection, std::string_view name);

/// "tx.score", as setvar and macros write it.
std::string tx_title(parser::Variable collection, std::string_view name);

/// Whether a name in lower case may match a pattern.
bool matches(const TxName& pattern, std::string_view lower);

}  // namespace wafcheck::lint::inline analysis
