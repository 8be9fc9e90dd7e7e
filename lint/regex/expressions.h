#pragma once
// The regular expressions of @rx and @rxGlobal as trees, each text parsed once.

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/regex/pcre.h"
#include "parser/regex/tree.h"
#include "parser/ruleset.h"

namespace wafcheck::lint {

/// One text, whichever rules have it.
struct Expression {
  std::string_view text;  ///< as written, macros included; the ruleset's
  /// None: it cannot be read, which the parser has reported, or a macro stands in a class. A macro
  /// is a `call` node: what it stands for may be any part of an expression, with bars and
  /// quantifiers, so that of an expression with macros only what is written between them is known.
  std::optional<regex::Tree> tree;
  bool macros = false;
  std::vector<const parser::Rule*> rules;  ///< that have it, in load order; at least one

  /// Its tree if the whole of it is known; null otherwise.
  const regex::Tree* whole() const { return tree && !macros ? &*tree : nullptr; }
};

class Expressions {
 public:
  explicit Expressions(const parser::Ruleset& ruleset);

  /// In the order of their first rules. Removed rules take no part.
  const std::deque<Expression>& all() const { return all_; }
  /// Null: the rule has no expression.
  const Expression* of(const parser::Rule& rule) const;
  /// How all of them are read.
  parser::PcreOptions options() const { return options_; }

 private:
  const parser::Ruleset& ruleset_;
  parser::PcreOptions options_;
  std::deque<Expression> all_;
  std::vector<const Expression*> by_rule_;  ///< by place in Ruleset::rules
};

/// Where a part of a rule's expression stands in the source.
parser::Span place_of(const parser::Rule& rule, regex::Span span);

}  // namespace wafcheck::lint
