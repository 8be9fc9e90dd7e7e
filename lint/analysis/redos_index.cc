#include "lint/analysis/redos_index.h"

#include <algorithm>
#include <utility>

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

/// Whether an expression is one that is searched.
bool is_searched(const Expression& expression) {
  const parser::regex::Tree* const tree = expression.whole();
  return tree != nullptr && repeats(*tree);
}

RedosCache::Verdict search(const Expression& expression, parser::PcreOptions options) {
  parser::regex::RedosLimits limits;
  limits.polynomial_steps = kPolynomialSteps;
  limits.squares_of_search = false;
  RedosCache::Verdict verdict;
  verdict.redos = parser::regex::find_redos(expression.text, *expression.whole(), options, limits,
                                            &verdict.effort);
  return verdict;
}

/// Twice the expressions of a large ruleset.
constexpr size_t kKeptVerdicts = 4'096;

}  // namespace

const RedosCache::Verdict* RedosCache::find(std::string_view expression) {
  const auto it = entries_.find(std::string(expression));
  if (it == entries_.end()) return nullptr;
  it->second.used = true;
  return &it->second.verdict;
}

void RedosCache::put(std::string_view expression, Verdict verdict) {
  entries_[std::string(expression)] = {std::move(verdict), true};
}

void RedosCache::forget() {
  if (entries_.size() <= kKeptVerdicts) return;
  std::erase_if(entries_, [](const auto& entry) { return !entry.second.used; });
  for (auto& [text, entry] : entries_) entry.used = false;
}

namespace {

/// The first expression that is to be searched; null: there is none.
const Expression* first_unsearched(const Expressions& expressions, const RedosOptions& options) {
  uint64_t work = options.work;
  for (const Expression& expression : expressions.all()) {
    if (!is_searched(expression)) continue;
    if (work == 0) return nullptr;
    const RedosCache::Verdict* const known = options.cache->find(expression.text);
    if (known == nullptr) return &expression;
    work -= std::min(known->effort.work, work);
  }
  return nullptr;
}

}  // namespace

bool all_searched(const Expressions& expressions, const RedosOptions& options) {
  return first_unsearched(expressions, options) == nullptr;
}

bool search_next(const Expressions& expressions, const RedosOptions& options) {
  const Expression* const expression = first_unsearched(expressions, options);
  if (expression == nullptr) return false;
  options.cache->put(expression->text, search(*expression, expressions.options()));
  return true;
}

RedosIndex::RedosIndex(const Expressions& expressions, const RedosOptions& options) {
  uint64_t work = options.work;
  for (const Expression& expression : expressions.all()) {
    if (!is_searched(expression)) continue;
    const RedosCache::Verdict* const known =
        options.cache == nullptr ? nullptr : options.cache->find(expression.text);
    if (known == nullptr && options.known_only) continue;
    if (work == 0) {
      unsearched_.push_back(&expression);
      continue;
    }
    RedosCache::Verdict verdict =
        known != nullptr ? *known : search(expression, expressions.options());
    if (known == nullptr && options.cache != nullptr) options.cache->put(expression.text, verdict);
    work -= std::min(verdict.effort.work, work);
    if (!verdict.redos.empty()) {
      slow_.push_back({&expression, std::move(verdict.redos)});
    } else if (verdict.effort.undecided) {
      undecided_.push_back(&expression);
    }
  }
}

}  // namespace wafcheck::lint::inline analysis
