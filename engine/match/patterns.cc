#include "engine/match/patterns.h"

#include "engine/operators/phrases.h"
#include "engine/operators/regex.h"

namespace wafcheck::engine::inline match {
namespace {

using operators::LazyOperator;
using parser::Operator;
using parser::Search;

Search search_of(Operator which) {
  return parser::info(which).search;
}

Needs needs_of_text(std::string_view text, Search search) {
  Needs needs;
  if (text.empty()) return needs;
  needs.min_length = text.size();
  const auto only = [](char byte) { return parser::regex::ByteSet::of({&byte, 1}); };
  if (search == Search::Equal || search == Search::Begins) needs.first = only(text.front());
  if (search == Search::Equal || search == Search::Ends) needs.last = only(text.back());
  if (search == Search::Contains && text.size() == 1) needs.sets.push_back(only(text.front()));
  if (search == Search::Contains && text.size() > 1) {
    needs.literals.push_back({std::string(text), false});
  }
  return needs;
}

Needs needs_of(const LazyOperator& op) {
  const Search search = search_of(op.id());
  switch (search) {
    case Search::None:
    case Search::Injection:
    case Search::Pure:
      return {};
    case Search::Expression:
      return needs_of_expression(op.argument(), operators::regex_options(op.context().semantics));
    case Search::Phrases: {
      const auto phrases = phrases_of(op.id(), op.argument(), op.context());
      return phrases ? needs_of_phrases(*phrases) : Needs();
    }
    case Search::Equal:
    case Search::Begins:
    case Search::Ends:
    case Search::Contains:
      return needs_of_text(op.argument(), search);
  }
  return {};
}

}  // namespace

int32_t Patterns::add(const LazyOperator& op) {
  if (search_of(op.id()) == Search::None) return -1;
  const auto [it, inserted] = numbers_.try_emplace(&op, static_cast<int32_t>(operators_.size()));
  if (inserted) operators_.push_back(&op);
  return it->second;
}

const Patterns::Filters& Patterns::make() const {
  std::call_once(once_, [this] {
    std::vector<Needs> needs;
    needs.reserve(operators_.size());
    std::vector<Gate::Pattern> costly;
    parser::PcreOptions options;
    for (const LazyOperator* op : operators_) {
      if (search_of(op->id()) == Search::Expression)
        options = operators::regex_options(op->context().semantics);
      needs.push_back(needs_of(*op));
      if (!needs.back().costly) continue;
      costly.push_back({static_cast<uint32_t>(needs.size() - 1), op->argument()});
    }
    filters_.reset(new Filters{Prefilter(needs), {std::move(costly), options}});
    ready_.store(filters_.get(), std::memory_order_release);
  });
  return *filters_;
}

}  // namespace wafcheck::engine::inline match
