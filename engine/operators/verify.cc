// @verifyCC, @verifySSN, @verifyCPF, @verifySVNR: an expression finds candidates and a checksum
// tells the real ones. The search starts anew at every byte, so that a candidate inside another is
// not missed; TX:0 is the text of the hit. Source: seclang reference, section 4.5.

#include "engine/operators/digits.h"
#include "engine/operators/regex.h"

namespace wafcheck::engine::operators {
namespace {

/// Bytes that the overlapping searches of one value may cover. Only a value made to that end, such
/// as a megabyte of digits against \d+, comes near.
constexpr size_t kMaxBytesSearched = size_t{1} << 24;

using Check = bool (*)(std::string_view digits);

/// Luhn: every second digit from the right counts double, its digits added up.
bool is_card_number(std::string_view digits) {
  unsigned sum = 0;
  bool doubled = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, doubled = !doubled) {
    const auto value = static_cast<unsigned>(*digit);
    sum += doubled ? value * 2 / 10 + value * 2 % 10 : value;
  }
  return !digits.empty() && sum % 10 == 0;
}

bool is_social_security_number(std::string_view digits) {
  return digits.size() == 9 && is_plausible_ssn(digits);
}

/// Brazil: two check digits, each 11 less the weighted sum modulo 11, or 0 above 9. The engines
/// look at eleven digits, whatever follows.
bool is_cpf(std::string_view digits) {
  digits = digits.substr(0, 11);
  if (digits.size() != 11 || runs(digits, 0)) return false;
  if (runs(digits.substr(0, 10), 1))
    return false;  // 012.345.678-90 is valid but an example's number
  for (const size_t checked : {size_t{9}, size_t{10}}) {
    size_t sum = 0;
    for (size_t i = 0; i < checked; ++i) sum += static_cast<size_t>(digits[i]) * (checked + 1 - i);
    const size_t rest = sum % 11;
    if (static_cast<size_t>(digits[checked]) != (rest < 2 ? 0 : 11 - rest)) return false;
  }
  return true;
}

/// Austria: the fourth digit is the weighted sum of the others modulo 11. Of the numbers of one
/// repeated digit libmodsecurity, which alone has the operator, takes two; and it looks at ten
/// digits, whatever follows.
bool is_svnr(std::string_view digits) {
  digits = digits.substr(0, 10);
  if (digits.size() != 10 || (runs(digits, 0) && digits[0] < 8)) return false;
  constexpr unsigned kWeights[] = {3, 7, 9, 0, 5, 8, 4, 2, 1, 6};
  unsigned sum = 0;
  for (size_t i = 0; i < digits.size(); ++i) sum += static_cast<unsigned>(digits[i]) * kWeights[i];
  return sum % 11 % 10 == static_cast<unsigned>(digits[3]);
}

class Verify final : public RegexOperator {
 public:
  Verify(parser::Pcre regex, uint32_t match_limit, Check check, bool tells_place)
      : RegexOperator(std::move(regex), match_limit), check_(check), tells_place_(tells_place) {}

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    Groups groups;
    size_t searched = 0;
    for (size_t start = 0; start < value.size();) {
      if (!search(value, start, &groups, state)) return false;
      const auto& [begin, end] = groups.front();
      const std::string_view hit = value.substr(begin, end - begin);
      if (check_(digits_of(hit))) {
        if (tells_place_) state.found_at(begin, hit.size());
        if (state.want_captures) state.captures.push_back(hit);
        return true;
      }
      searched += end - std::min(start, end);
      if (searched > kMaxBytesSearched) {
        state.limit_hit = true;
        return false;
      }
      // From any place up to `begin` the same match would be found.
      start = std::max(begin, start) + 1;
    }
    return false;
  }

 private:
  Check check_;
  bool tells_place_;
};

Result<OperatorPointer> compile(std::string_view argument, const OperatorContext& context,
                                Check check, bool tells_place = true) {
  Result<parser::Pcre> regex = compile_regex(argument, context.semantics);
  if (!regex) return invalid_regex(regex.error(), 0, context);
  return std::make_unique<Verify>(std::move(*regex), context.match_limit, check, tells_place);
}

}  // namespace

Result<OperatorPointer> verifyCC(std::string_view argument, const OperatorContext& context) {
  return compile(argument, context, is_card_number, false);
}
Result<OperatorPointer> verifySSN(std::string_view argument, const OperatorContext& context) {
  return compile(argument, context, is_social_security_number);
}
Result<OperatorPointer> verifyCPF(std::string_view argument, const OperatorContext& context) {
  return compile(argument, context, is_cpf);
}
Result<OperatorPointer> verifySVNR(std::string_view argument, const OperatorContext& context) {
  return compile(argument, context, is_svnr);
}

}  // namespace wafcheck::engine::operators
