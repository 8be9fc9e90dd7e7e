#include "lint/analysis/redos_index.h"

#include <algorithm>

namespace wafcheck::lint::inline analysis {
namespace {

/// Enough to distinguish quadratic from cubic growth.
constexpr uint32_t kPolynomialSteps = 30'000;

/// An expression without repetitions needs no search.
bool repeats(const parser::regex::Tree& tree) {
  return std::ranges::any_of(tree.nodes(), [](const parser::regex::Node& node) {
    return node.kind == parser::regex::Kind::repeat;
  });
}

}  // namespace

RedosIndex::RedosIndex(const Expressions& expressions, uint64_t work) {
  for (const Expression& expression : expressions.all()) {
    const parser::regex::Tree* const tree = expression.whole();
    if (tree == nullptr || !repeats(*tree)) continue;
    if (work == 0) {
      unsearched_.push_back(&expression);
      continue;
    }
    parser::regex::RedosLimits limits;
    limits.polynomial_steps = kPolynomialSteps;
    parser::regex::RedosEffort effort;
    std::vector<parser::regex::Redos> redos =
        parser::regex::find_redos(expression.text, *tree, expressions.options(), limits, &effort);
    work -= std::min(effort.work, work);
    std::erase_if(redos, [](const parser::regex::Redos& found) {
      return !found.exponential && found.search && found.degree <= 2;
    });
    if (!redos.empty()) {
      slow_.push_back({&expression, std::move(redos)});
    } else if (effort.undecided) {
      undecided_.push_back(&expression);
    }
  }
}

}  // namespace wafcheck::lint::inline analysis
