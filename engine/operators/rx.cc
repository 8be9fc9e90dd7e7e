// @rx and @rxGlobal: a regular expression occurs anywhere in the value. @rx captures the groups of
// the first match, @rxGlobal those of match after match, numbered on. Source: seclang reference,
// section 4.2.

#include "engine/operators/regex.h"

namespace wafcheck::engine {
namespace {

/// Searches and keeps the groups of matches as captures, as many as there may be.
class CapturingOperator : public RegexOperator {
 public:
  CapturingOperator(parser::Pcre regex, uint32_t match_limit, size_t max_captures)
      : RegexOperator(std::move(regex), match_limit), max_captures_(max_captures) {}

 protected:
  bool full(const MatchState& state) const { return state.captures.size() >= max_captures_; }

  void keep(const Groups& groups, std::string_view value, MatchState& state) const {
    for (const auto& group : groups) {
      if (full(state)) break;
      state.captures.push_back(text_of(group, value));
    }
  }

 private:
  size_t max_captures_;
};

class Rx final : public CapturingOperator {
 public:
  using CapturingOperator::CapturingOperator;

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    if (!state.want_captures) return search(value, 0, nullptr, state);
    Groups groups;
    if (!search(value, 0, &groups, state)) return false;
    keep(groups, value, state);
    return true;
  }
};

class RxGlobal final : public CapturingOperator {
 public:
  using CapturingOperator::CapturingOperator;

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    if (!state.want_captures) return search(value, 0, nullptr, state);
    // Later matches only fill captures, so that the search ends with the last one that can be kept.
    Groups groups;
    bool matched = false;
    for (size_t start = 0;
         !full(state) && start <= value.size() && search(value, start, &groups, state);
         start = after(groups.front())) {
      matched = true;
      keep(groups, value, state);
    }
    if (!state.limit_hit && state.error.empty()) return matched;
    state.captures.clear();
    return false;
  }
};

template <typename Searching>
Result<OperatorPointer> compile(std::string_view argument, const OperatorContext& context) {
  Result<parser::Pcre> regex = compile_regex(argument, context.semantics);
  if (!regex) return invalid_regex(regex.error(), 0, context);
  size_t max_captures = context.semantics.captures_end_at_8 ? 9 : 10;
  // Of one match they are as many as the expression has groups; of all matches they need a bound.
  const bool one_match = std::is_same_v<Searching, Rx>;
  if (one_match && context.semantics.captures_all_groups) max_captures = SIZE_MAX;
  return std::make_unique<Searching>(std::move(*regex), context.match_limit, max_captures);
}

}  // namespace

namespace operators {

Result<OperatorPointer> rx(std::string_view argument, const OperatorContext& context) {
  return compile<Rx>(argument, context);
}
Result<OperatorPointer> rxGlobal(std::string_view argument, const OperatorContext& context) {
  return compile<RxGlobal>(argument, context);
}

}  // namespace operators
}  // namespace wafcheck::engine
