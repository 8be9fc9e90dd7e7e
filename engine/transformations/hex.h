#pragma once
// Hexadecimal digits inside byte strings.

#include <cstddef>
#include <string_view>

#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::engine::transformations {

/// True when `in` holds `count` hexadecimal digits from `at` on.
constexpr bool hex_at(std::string_view in, size_t at, size_t count) {
  if (at > in.size() || in.size() - at < count) return false;
  for (size_t i = at; i < at + count; ++i) {
    if (!is_hex(static_cast<unsigned char>(in[i]))) return false;
  }
  return true;
}

/// The number that a run of at most 8 hexadecimal digits spells.
constexpr unsigned hex_number(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits) value = value * 16 + hex_value(static_cast<unsigned char>(c));
  return value;
}

constexpr bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

/// How many octal digits, at most 3, stand at `at`.
constexpr size_t octal_digits(std::string_view in, size_t at) {
  size_t count = 0;
  while (count < 3 && at + count < in.size() && is_octal(in[at + count])) ++count;
  return count;
}

constexpr unsigned octal_number(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits) value = value * 8 + static_cast<unsigned>(c - '0');
  return value;
}

}  // namespace wafcheck::engine::transformations
