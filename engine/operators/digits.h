#pragma once
// The decimal digits of a text, which is what the checksums of cards and national ids work on.

#include <algorithm>
#include <string>
#include <string_view>

#include "parser/base/ascii.h"

namespace wafcheck::engine::operators {

/// The values (0-9) of the digits in `text`; all other bytes are dropped.
inline std::string digits_of(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (is_digit(static_cast<unsigned char>(c))) digits += static_cast<char>(c - '0');
  }
  return digits;
}

/// Whether every digit is the one before it plus `step`.
inline bool runs(std::string_view digits, int step) {
  return std::ranges::adjacent_find(digits, [step](char a, char b) { return b - a != step; }) ==
         digits.end();
}

/// US social security numbers, nine digits: area, group and serial number are none that is never
/// given out, and the digits are neither all the same nor a run upwards.
inline bool is_plausible_ssn(std::string_view digits) {
  const auto number = [&](size_t begin, size_t count) {
    int value = 0;
    for (const char digit : digits.substr(begin, count)) value = value * 10 + digit;
    return value;
  };
  const int area = number(0, 3);
  return area != 0 && area != 666 && area < 740 && number(3, 2) != 0 && number(5, 4) != 0 &&
         !runs(digits, 0) && !runs(digits, 1);
}

}  // namespace wafcheck::engine::operators
