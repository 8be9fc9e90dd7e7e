#include "engine/state/numbers.h"

#include <limits>

#include "parser/base/ascii.h"

namespace wafcheck::engine::inline state {

int64_t leading_number(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && is_space(text[at])) ++at;
  const bool negative = at < text.size() && text[at] == '-';
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  int64_t number = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    const int digit = text[at] - '0';
    number = number > (kMax - digit) / 10 ? kMax : number * 10 + digit;
  }
  return negative ? -number : number;
}

}  // namespace wafcheck::engine::inline state
