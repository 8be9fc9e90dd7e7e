#include "lint/performance/redos_index.h"

#include <algorithm>

namespace wafcheck::lint {
namespace {

/// Enough to tell a square from a cube.
constexpr uint32_t kPolynomialSteps = 30'000;

/// Where nothing is repeated, there is nothing to search for.
bool repeats(const regex::Tree& tree) {
  return std::ranges::any_of(tree.nodes(), [](const regex::Node& node) {
    return node.kind == regex::Kind::repeat && node.max > 1;
  });
}

}  // namespace

RedosIndex::RedosIndex(const Expressions& expressions, uint64_t steps) {
  for (const Expression& expression : expressions.all()) {
    const regex::Tree* const tree = expression.whole();
    if (tree == nullptr || !repeats(*tree)) continue;
    if (steps == 0) {
      unsearched_.push_back(&expression);
      continue;
    }
    regex::RedosLimits limits;
    limits.polynomial_steps = kPolynomialSteps;
    limits.steps = static_cast<uint32_t>(std::min<uint64_t>(limits.steps, steps));
    uint64_t spent = 0;
    std::vector<regex::Redos> redos =
        regex::find_redos(expression.text, *tree, expressions.options(), limits, &spent);
    steps -= std::min(spent, steps);
    std::erase_if(redos, [](const regex::Redos& found) {
      return !found.exponential && found.search && found.degree <= 2;
    });
    if (!redos.empty()) slow_.push_back({&expression, std::move(redos)});
  }
}

}  // namespace wafcheck::lint
