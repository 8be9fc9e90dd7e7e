// @eq, @ge, @gt, @le, @lt: both sides are read as integers, each engine in its own way; what cannot
// be read is 0. Source: seclang reference, section 4.3.

#include <functional>
#include <limits>

#include "engine/operators/operator.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::operators {
namespace {

/// A sign and digits from the start of `text`, saturating at 64 bits. `rest` receives what follows;
/// without a digit the result is 0 and `rest` is all of `text`.
int64_t read_integer(std::string_view text, std::string_view& rest) {
  rest = text;
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(static_cast<unsigned char>(text[0]))) return 0;
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  int64_t value = 0;  // counted downwards: the negative side is one longer
  while (!text.empty() && is_digit(static_cast<unsigned char>(text[0]))) {
    const int digit = text[0] - '0';
    value = value < (kMin + digit) / 10 ? kMin : value * 10 - digit;
    text.remove_prefix(1);
  }
  rest = text;
  if (negative) return value;
  return value == kMin ? std::numeric_limits<int64_t>::max() : -value;
}

enum class Width : uint8_t { bits_64, bits_32_or_zero };

class Reader {
 public:
  Reader(parser::Numbers numbers, bool is_eq)
      : whole_(numbers == parser::Numbers::whole_string),
        width_(is_eq && numbers == parser::Numbers::modsecurity3 ? Width::bits_32_or_zero
                                                                 : Width::bits_64) {}

  int64_t operator()(std::string_view text) const {
    if (!whole_) {
      while (!text.empty() && is_space(static_cast<unsigned char>(text[0]))) text.remove_prefix(1);
    }
    std::string_view rest;
    const int64_t value = read_integer(text, rest);
    if (whole_ && !rest.empty()) return 0;
    if (width_ == Width::bits_32_or_zero && value != static_cast<int32_t>(value)) return 0;
    return value;
  }

 private:
  bool whole_;
  Width width_;
};

template <typename Compare>
class NumericOperator final : public Operator {
 public:
  explicit NumericOperator(Reader read) : read_(read) {}

  bool match(std::string_view value, std::string_view argument, MatchState&) const override {
    return Compare()(read_(value), read_(argument));
  }

 private:
  Reader read_;
};

template <typename Compare>
Result<OperatorPointer> compile(const OperatorContext& context, bool is_eq = false) {
  return std::make_unique<NumericOperator<Compare>>(Reader(context.semantics.numbers, is_eq));
}

}  // namespace

Result<OperatorPointer> eq(std::string_view, const OperatorContext& context) {
  return compile<std::equal_to<>>(context, true);
}
Result<OperatorPointer> ge(std::string_view, const OperatorContext& context) {
  return compile<std::greater_equal<>>(context);
}
Result<OperatorPointer> gt(std::string_view, const OperatorContext& context) {
  return compile<std::greater<>>(context);
}
Result<OperatorPointer> le(std::string_view, const OperatorContext& context) {
  return compile<std::less_equal<>>(context);
}
Result<OperatorPointer> lt(std::string_view, const OperatorContext& context) {
  return compile<std::less<>>(context);
}

}  // namespace wafcheck::engine::operators
