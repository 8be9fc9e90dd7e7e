#include "engine/match/patterns.h"

#include "engine/operators/phrases.h"
#include "engine/operators/regex.h"
#include "engine/program.h"

namespace wafcheck::engine {
namespace {

using parser::Operator;

bool is_expression(Operator which) {
  return which == Operator::rx || which == Operator::rxGlobal;
}
bool is_phrase_list(Operator which) {
  return which == Operator::pm || which == Operator::pmFromFile || which == Operator::pmFromDataset;
}

Needs needs_of(const LazyOperator& op) {
  if (is_expression(op.id))
    return needs_of_expression(op.argument, regex_options(op.context().semantics));
  const auto phrases = phrases_of(op.id, op.argument, op.context());
  return phrases ? needs_of_phrases(*phrases) : Needs();
}

}  // namespace

int32_t Patterns::add(const LazyOperator& op) {
  if (!is_expression(op.id) && !is_phrase_list(op.id)) return -1;
  const auto [known, fresh] = numbers_.try_emplace(&op, static_cast<int32_t>(operators_.size()));
  if (fresh) operators_.push_back(&op);
  return known->second;
}

const Patterns::Made& Patterns::made() const {
  std::call_once(once_, [this] {
    std::vector<Needs> needs;
    needs.reserve(operators_.size());
    std::vector<Gate::Pattern> costly;
    parser::PcreOptions options;
    for (const LazyOperator* op : operators_) {
      if (is_expression(op->id)) options = regex_options(op->context().semantics);
      needs.push_back(needs_of(*op));
      if (!needs.back().costly) continue;
      costly.push_back({static_cast<uint32_t>(needs.size() - 1), op->argument});
    }
    const size_t words = (needs.size() + 63) / 64;
    made_.reset(new Made{Prefilter(needs), {std::move(costly), options, words}});
  });
  return *made_;
}

}  // namespace wafcheck::engine
