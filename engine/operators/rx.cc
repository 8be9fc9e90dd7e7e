// @rx and @rxGlobal: a regular expression occurs anywhere in the value. @rx captures the groups of
// the first match, @rxGlobal those of match after match, numbered on. Source: seclang reference,
// section 4.2.

#include "engine/operators/regex.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::operators {
namespace {

/// Searches and keeps the groups of matches as captures, as many as there may be.
class CapturingOperator : public RegexOperator {
 public:
  CapturingOperator(parser::Pcre regex, uint32_t match_limit, size_t max_captures, bool gaps)
      : RegexOperator(std::move(regex), match_limit), max_captures_(max_captures), gaps_(gaps) {}

 protected:
  bool full(size_t captures) const { return captures >= max_captures_; }

  /// The groups of a match, numbered from `first` on. Returns the number that the next match begins
  /// with.
  size_t keep(const Groups& groups, std::string_view value, size_t first, MatchState& state) const {
    size_t took_part = 0;
    for (size_t at = 0; at < groups.size(); ++at) {
      const std::string_view text = text_of(groups[at], value);
      const bool took = text.data() != nullptr;
      if (took) state.found_at(groups[at].first, text.size());
      if (!state.want_captures || full(first + at) || (!took && gaps_)) continue;
      if (state.captures.size() <= first + at) state.captures.resize(first + at + 1);
      state.captures[first + at] = text;
      if (took) ++took_part;
    }
    return first + (gaps_ ? took_part : groups.size());
  }

 private:
  size_t max_captures_;
  bool gaps_;  ///< a group that took no part makes room for the next match
};

class Rx final : public CapturingOperator {
 public:
  using CapturingOperator::CapturingOperator;

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    if (!state.want_captures && !state.want_places) return search(value, 0, nullptr, state);
    Groups groups;
    if (!search(value, 0, &groups, state)) return false;
    keep(groups, value, 0, state);
    return true;
  }
};

class RxGlobal final : public CapturingOperator {
 public:
  using CapturingOperator::CapturingOperator;

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    if (!state.want_captures && !state.want_places) return search(value, 0, nullptr, state);
    // Later matches only fill captures and places, so that the search ends with the last one that
    // can be kept.
    Groups groups;
    bool matched = false;
    size_t next = 0;
    const auto keeps = [&] {
      return (state.want_captures && !full(next)) || state.wants_more_places();
    };
    for (size_t start = 0; keeps() && start <= value.size() && search(value, start, &groups, state);
         start = after(groups.front())) {
      matched = true;
      // An empty match is found again from each place up to its own.
      const auto& [begin, end] = groups.front();
      const size_t times = begin == end && begin > start ? begin - start + 1 : 1;
      for (size_t time = 0; time < times && keeps(); ++time) {
        next = keep(groups, value, next, state);
      }
    }
    if (matched && (!state.want_captures || full(next))) {  // the rest was looked for to tell of it
      state.limit_hit = false;
      state.error.clear();
    }
    if (!state.limit_hit && state.error.empty()) return matched;
    state.captures.clear();
    return false;
  }
};

/// `^.*$`, which is how rules capture a whole value: it matches all of it, line ends too.
class Whole final : public Operator {
 public:
  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    if (!state.want_captures && !state.want_places) return true;
    state.found_at(0, value.size());
    if (state.want_captures) state.captures.assign(1, text_of({0, value.size()}, value));
    return true;
  }
};
/// Steps that PCRE2 takes for it, with room to spare.
constexpr uint32_t kStepsOfWhole = 16;

bool takes_whole(std::string_view argument, const OperatorContext& context) {
  return argument == "^.*$" && regex_options(context.semantics).dotall &&
         context.match_limit >= kStepsOfWhole;
}

template <typename Searching>
Result<OperatorPointer> compile(std::string_view argument, const OperatorContext& context) {
  if (argument.empty() && context.semantics.empty_regex_takes_all) argument = ".*";
  Result<parser::Pcre> regex = compile_regex(argument, context.semantics);
  if (!regex) return invalid_regex(regex.error(), 0, context);
  size_t max_captures = context.semantics.captures_end_at_8 ? 9 : 10;
  // Of one match they are as many as the expression has groups; of all matches they need a bound.
  const bool one_match = std::is_same_v<Searching, Rx>;
  if (one_match && context.semantics.captures_all_groups) max_captures = SIZE_MAX;
  return std::make_unique<Searching>(std::move(*regex), context.match_limit, max_captures,
                                     !one_match && context.semantics.global_captures_gaps);
}

}  // namespace

Result<OperatorPointer> rx(std::string_view argument, const OperatorContext& context) {
  if (takes_whole(argument, context)) return std::make_unique<Whole>();
  return compile<Rx>(argument, context);
}
Result<OperatorPointer> rxGlobal(std::string_view argument, const OperatorContext& context) {
  return compile<RxGlobal>(argument, context);
}

}  // namespace wafcheck::engine::operators
