// @validateNid COUNTRY REGEX: one of the first ten matches of the expression is a valid national id
// of Chile (cl, the RUT) or the United States (us, the social security number). TX:N is the N-th
// match if it is valid. Source: seclang reference, section 4.5 (Coraza).

#include <fmt/format.h>
#include "engine/operators/digits.h"
#include "engine/operators/regex.h"

namespace wafcheck::engine::operators {
namespace {

constexpr size_t kMaxMatches = 10;

using Check = bool (*)(std::string_view text);

/// Digits and a check character, 0-9 or K: 11 less the sum, modulo 11, of the digits from the right
/// weighted 2 to 7 over and over.
bool is_rut(std::string_view text) {
  std::string id;
  for (const char c : text) {
    const char lower = to_lower(c);
    if (is_digit(static_cast<unsigned char>(c)) || lower == 'k') id += lower;
  }
  if (text.size() < 8 || id.size() < 2) return false;
  const char last = id.back();
  id.pop_back();
  if (id.find('k') != std::string::npos) return false;
  unsigned sum = 0;
  unsigned weight = 2;
  for (auto digit = id.rbegin(); digit != id.rend(); ++digit) {
    sum = (sum + static_cast<unsigned>(*digit - '0') * weight) % 11;
    weight = weight == 7 ? 2 : weight + 1;
  }
  const char expected = sum == 0 ? '0' : sum == 1 ? 'k' : static_cast<char>('0' + (11 - sum));
  return last == expected;
}

bool is_ssn(std::string_view text) {
  const std::string digits = digits_of(text);
  return digits.size() >= 9 && is_plausible_ssn(digits);
}

class ValidateNid final : public RegexOperator {
 public:
  ValidateNid(parser::Pcre regex, uint32_t match_limit, Check check)
      : RegexOperator(std::move(regex), match_limit), check_(check) {}

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    Groups groups;
    bool any = false;
    size_t start = 0;
    for (size_t count = 0; count < kMaxMatches && start <= value.size(); ++count) {
      if (!search(value, start, &groups, state)) break;
      const auto& [begin, end] = groups.front();
      const std::string_view hit = value.substr(begin, end - begin);
      if (check_(hit)) {
        any = true;
        if (state.want_captures) {
          state.captures.resize(count);  // a match between that is no id: unset
          state.captures.push_back(hit);
        }
      }
      start = after(groups.front());
    }
    if (!state.limit_hit) return any;
    state.captures.clear();
    return false;
  }

 private:
  Check check_;
};

}  // namespace

Result<OperatorPointer> validateNid(std::string_view argument, const OperatorContext& context) {
  const size_t space = argument.find(' ');
  const std::string_view country = argument.substr(0, space);
  if (country != "cl" && country != "us") {
    return fail(fmt::format("\"{}\" is no country whose ids are known (cl, us)", country));
  }
  if (space == std::string_view::npos) {
    return fail("an expression is missing behind the country", argument.size());
  }
  Result<parser::Pcre> regex = compile_regex(argument.substr(space + 1), context.semantics);
  if (!regex) return invalid_regex(regex.error(), space + 1, context);
  return std::make_unique<ValidateNid>(std::move(*regex), context.match_limit,
                                       country == "cl" ? is_rut : is_ssn);
}

}  // namespace wafcheck::engine::operators
