#pragma once
// The expressions of a ruleset with superlinear matching time.

#include <cstddef>
#include <vector>

#include "lint/analysis/expressions.h"
#include "parser/regex/redos.h"

namespace wafcheck::lint::inline analysis {

/// The work that is spent on all expressions of a ruleset before the search stops; its unit is that
/// of RedosLimits::work.
inline constexpr uint64_t kRedosWork = 100'000'000;

struct SlowExpression {
  const Expression* expression = nullptr;
  /// Not empty; the worst first. Without those that are quadratic only because of the search, as
  /// every expression is that begins with a repetition.
  std::vector<parser::regex::Redos> redos;
};

class RedosIndex {
 public:
  /// Searches each expression once, in the order of their first rules. Once `work` is spent, no
  /// other search begins. What it finds is the same on every machine.
  explicit RedosIndex(const Expressions& expressions, uint64_t work = kRedosWork);

  const std::vector<SlowExpression>& slow() const { return slow_; }
  /// Expressions in which nothing was found before the search gave up.
  const std::vector<const Expression*>& undecided() const { return undecided_; }
  /// Expressions that are not searched because the work was spent; none in common rulesets.
  const std::vector<const Expression*>& unsearched() const { return unsearched_; }

 private:
  std::vector<SlowExpression> slow_;
  std::vector<const Expression*> undecided_;
  std::vector<const Expression*> unsearched_;
};

}  // namespace wafcheck::lint::inline analysis
