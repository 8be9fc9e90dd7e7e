#pragma once
// The expressions of a ruleset whose matching time explodes.

#include <cstddef>
#include <vector>

#include "lint/regex/expressions.h"
#include "parser/regex/redos.h"

namespace wafcheck::lint {

/// Steps of PCRE2 that are spent on all expressions of a ruleset, about; the search stops there.
inline constexpr uint64_t kRedosSteps = 50'000'000;

struct SlowExpression {
  const Expression* expression = nullptr;
  /// Not empty; the worst first. Without those that are quadratic because of the search alone: so
  /// is every expression that begins with a repetition.
  std::vector<regex::Redos> redos;
};

class RedosIndex {
 public:
  /// Searches each expression once, in the order of their first rules. `steps` bounds the work;
  /// what it finds is the same on every machine.
  explicit RedosIndex(const Expressions& expressions, uint64_t steps = kRedosSteps);

  const std::vector<SlowExpression>& slow() const { return slow_; }
  /// Expressions that are not searched because the steps were spent; none in common rulesets.
  const std::vector<const Expression*>& unsearched() const { return unsearched_; }

 private:
  std::vector<SlowExpression> slow_;
  std::vector<const Expression*> unsearched_;
};

}  // namespace wafcheck::lint
