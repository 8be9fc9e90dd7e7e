#pragma once
// The expressions of a ruleset with superlinear matching time.

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lint/analysis/expressions.h"
#include "parser/regex/redos.h"

namespace wafcheck::lint::inline analysis {

/// The work that is spent on all expressions of a ruleset before the search stops; its unit is that
/// of RedosLimits::work.
inline constexpr uint64_t kRedosWork = 100'000'000;

/// What searches found, kept from one run to the next by the texts of expressions. All runs that
/// share it read expressions under the same options. Bounded: what has not been asked for since the
/// last forget() is the first to go.
class RedosCache {
 public:
  struct Verdict {
    std::vector<parser::regex::Redos> redos;
    parser::regex::RedosEffort effort;
  };

  /// Null: the expression was not searched. Valid until the next put() or forget().
  const Verdict* find(std::string_view expression);
  void put(std::string_view expression, Verdict verdict);
  /// Forgets what was not asked for since the last call, if there is more than is worth keeping.
  void forget();
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Verdict verdict;
    bool used = false;
  };
  std::unordered_map<std::string, Entry> entries_;
};

/// How a RedosIndex comes by its verdicts.
struct RedosOptions {
  uint64_t work = kRedosWork;
  RedosCache* cache = nullptr;  ///< null: every expression is searched
  bool known_only = false;      ///< expressions that are not in the cache are passed over
};

struct SlowExpression {
  const Expression* expression = nullptr;
  /// Not empty; the worst first. Without those that are quadratic only because of the search, as
  /// every expression is that begins with a repetition.
  std::vector<parser::regex::Redos> redos;
};

/// Searches the first expression that is not in the cache; false if there is none, or the work is
/// spent on those before it.
bool search_next(const Expressions& expressions, const RedosOptions& options);

/// Whether search_next() would return false.
bool all_searched(const Expressions& expressions, const RedosOptions& options);

class RedosIndex {
 public:
  /// Searches each expression once, in the order of their first rules. Once the work is spent, no
  /// other search begins. What it finds is the same on every machine, with a cache or without.
  explicit RedosIndex(const Expressions& expressions, const RedosOptions& options = {});

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
