#pragma once
// The regular expressions of @rx and @rxGlobal as trees, each text parsed once.

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/regex/pcre.h"
#include "parser/regex/tree.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline analysis {

/// One expression, and all rules that use it.
struct Expression {
  std::string_view text;  ///< as written, macros included; the ruleset's
  /// Nullopt if it does not parse, which the parser has reported, or has a macro in a class. A
  /// macro is a `call` node: it may expand to any part of an expression, with alternations and
  /// quantifiers, so only the parts between macros are certain.
  std::optional<parser::regex::Tree> tree;
  bool macros = false;
  std::vector<const parser::Rule*> rules;  ///< in load order; at least one

  /// The tree of an expression without macros, else null.
  const parser::regex::Tree* whole() const { return tree && !macros ? &*tree : nullptr; }
};

class Expressions {
 public:
  explicit Expressions(const parser::RulesetModel& ruleset);

  /// In the order of their first rules, without removed rules.
  const std::deque<Expression>& all() const { return all_; }
  /// Null: the rule has no expression.
  const Expression* of(const parser::Rule& rule) const;
  /// The options for parsing all of them.
  parser::PcreOptions options() const { return options_; }

 private:
  const parser::RulesetModel& ruleset_;
  parser::PcreOptions options_;
  std::deque<Expression> all_;
  std::vector<const Expression*> by_rule_;  ///< by place in RulesetModel::rules
};

/// The position of a part of a rule's expression in the source.
parser::Span place_of(const parser::Rule& rule, parser::regex::Span span);

}  // namespace wafcheck::lint::inline analysis
