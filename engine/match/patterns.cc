#include "engine/match/patterns.h"

#include "engine/operators/phrases.h"
#include "engine/operators/regex.h"
#include "engine/program.h"

namespace wafcheck::engine {
namespace {

using parser::Operator;

/// What an operator's verdict on a text rests on: the text and the argument alone.
enum class Search : uint8_t { none, expression, phrases, equal, begins, ends, contains, other };

Search search_of(Operator which) {
  switch (which) {
    case Operator::rx:
    case Operator::rxGlobal:
      return Search::expression;
    case Operator::pm:
    case Operator::pmFromFile:
    case Operator::pmFromDataset:
      return Search::phrases;
    case Operator::streq:
      return Search::equal;
    case Operator::beginsWith:
      return Search::begins;
    case Operator::endsWith:
      return Search::ends;
    case Operator::contains:
    case Operator::containsWord:
      return Search::contains;
    case Operator::detectSQLi:
    case Operator::detectXSS:
    case Operator::strmatch:
    case Operator::validateByteRange:
    case Operator::validateUrlEncoding:
    case Operator::validateUtf8Encoding:
    case Operator::within:
      return Search::other;
    default:
      return Search::none;
  }
}

Needs needs_of_text(std::string_view text, Search search) {
  Needs needs;
  if (text.empty()) return needs;
  needs.min_length = text.size();
  const auto only = [](char byte) { return regex::ByteSet::of({&byte, 1}); };
  if (search == Search::equal || search == Search::begins) needs.first = only(text.front());
  if (search == Search::equal || search == Search::ends) needs.last = only(text.back());
  if (search == Search::contains && text.size() == 1) needs.sets.push_back(only(text.front()));
  if (search == Search::contains && text.size() > 1) {
    needs.literals.push_back({std::string(text), false});
  }
  return needs;
}

Needs needs_of(const LazyOperator& op) {
  const Search search = search_of(op.id);
  switch (search) {
    case Search::none:
    case Search::other:
      return {};
    case Search::expression:
      return needs_of_expression(op.argument, regex_options(op.context().semantics));
    case Search::phrases: {
      const auto phrases = phrases_of(op.id, op.argument, op.context());
      return phrases ? needs_of_phrases(*phrases) : Needs();
    }
    default:
      return needs_of_text(op.argument, search);
  }
}

}  // namespace

int32_t Patterns::add(const LazyOperator& op) {
  if (search_of(op.id) == Search::none) return -1;
  const auto [known, fresh] = numbers_.try_emplace(&op, static_cast<int32_t>(operators_.size()));
  if (fresh) operators_.push_back(&op);
  return known->second;
}

const Patterns::Made& Patterns::make() const {
  std::call_once(once_, [this] {
    std::vector<Needs> needs;
    needs.reserve(operators_.size());
    std::vector<Gate::Pattern> costly;
    parser::PcreOptions options;
    for (const LazyOperator* op : operators_) {
      if (search_of(op->id) == Search::expression) options = regex_options(op->context().semantics);
      needs.push_back(needs_of(*op));
      if (!needs.back().costly) continue;
      costly.push_back({static_cast<uint32_t>(needs.size() - 1), op->argument});
    }
    made_.reset(new Made{Prefilter(needs), {std::move(costly), options, words()}});
    ready_.store(made_.get(), std::memory_order_release);
  });
  return *made_;
}

}  // namespace wafcheck::engine
