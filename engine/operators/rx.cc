// @rx and @rxGlobal: a regular expression occurs anywhere in the value. @rx captures the groups of
// the first match, @rxGlobal those of match after match, numbered on. Source: seclang reference,
// section 4.2.

#include "engine/operators/regex.h"

namespace wafcheck::engine {
namespace {

class Rx final : public Operator {
 public:
  Rx(parser::Pcre regex, uint32_t match_limit, size_t max_captures)
      : regex_(std::move(regex)), match_limit_(match_limit), max_captures_(max_captures) {}

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    if (!state.want_captures) return search(regex_, value, 0, match_limit_, nullptr, state);
    std::vector<parser::Pcre::Group> groups;
    if (!search(regex_, value, 0, match_limit_, &groups, state)) return false;
    for (const auto& group : groups) {
      if (state.captures.size() == max_captures_) break;
      state.captures.push_back(text_of(group, value));
    }
    return true;
  }

  bool expensive() const override { return true; }

 private:
  parser::Pcre regex_;
  uint32_t match_limit_;
  size_t max_captures_;
};

class RxGlobal final : public Operator {
 public:
  RxGlobal(parser::Pcre regex, uint32_t match_limit, size_t max_captures)
      : regex_(std::move(regex)), match_limit_(match_limit), max_captures_(max_captures) {}

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    if (!state.want_captures) return search(regex_, value, 0, match_limit_, nullptr, state);
    // Later matches only fill captures, so that the search ends with the last one that can be kept.
    std::vector<parser::Pcre::Group> groups;
    bool matched = false;
    size_t start = 0;
    while (state.captures.size() < max_captures_ && start <= value.size() &&
           search(regex_, value, start, match_limit_, &groups, state)) {
      matched = true;
      for (const auto& group : groups) {
        if (state.captures.size() == max_captures_) break;
        state.captures.push_back(text_of(group, value));
      }
      const auto& [begin, end] = groups.front();
      start = end > begin ? end : end + 1;
    }
    if (!state.limit_hit && state.error.empty()) return matched;
    state.captures.clear();
    return false;
  }

  bool expensive() const override { return true; }

 private:
  parser::Pcre regex_;
  uint32_t match_limit_;
  size_t max_captures_;
};

template <typename RegexOperator>
Result<OperatorPointer> compile(std::string_view argument, const OperatorContext& context) {
  Result<parser::Pcre> regex = compile_regex(argument, context.semantics);
  if (!regex) return invalid_regex(regex.error(), 0, context);
  size_t max_captures = context.semantics.captures_end_at_8 ? 9 : 10;
  // Of one match they are as many as the expression has groups; of all matches they need a bound.
  const bool one_match = std::is_same_v<RegexOperator, Rx>;
  if (one_match && context.semantics.captures_all_groups) max_captures = SIZE_MAX;
  return std::make_unique<RegexOperator>(std::move(*regex), context.match_limit,
                                         max_captures);
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
