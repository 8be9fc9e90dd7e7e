#pragma once
// Byte classes and comparisons on ASCII, independent of any locale. HTTP and SecLang are bytes.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace wafcheck {

constexpr bool is_digit(unsigned char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_upper(unsigned char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_lower(unsigned char c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_alpha(unsigned char c) {
  return is_upper(c) || is_lower(c);
}
constexpr bool is_alnum(unsigned char c) {
  return is_alpha(c) || is_digit(c);
}
/// SP and TAB.
constexpr bool is_blank(unsigned char c) {
  return c == ' ' || c == '\t';
}
/// 0x09-0x0D and 0x20, as C's isspace in the "C" locale.
constexpr bool is_space(unsigned char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
constexpr bool is_hex(unsigned char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
/// The value of a hexadecimal digit; `c` must be one.
constexpr unsigned hex_value(unsigned char c) {
  return is_digit(c) ? unsigned(c - '0') : unsigned((c | 0x20) - 'a' + 10);
}
constexpr char to_lower(char c) {
  return is_upper(static_cast<unsigned char>(c)) ? char(c | 0x20) : c;
}
constexpr char to_upper(char c) {
  return is_lower(static_cast<unsigned char>(c)) ? char(c & ~0x20) : c;
}

constexpr bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return to_lower(x) == to_lower(y);
         });
}
constexpr bool istarts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && iequals(text.substr(0, prefix.size()), prefix);
}

std::string lowercase(std::string_view text);
std::string_view trim(std::string_view text);  ///< is_space on both sides
std::string_view trim_left(std::string_view text);
std::string_view trim_right(std::string_view text);
std::string_view trim_blanks(std::string_view text);  ///< is_blank on both sides

}  // namespace wafcheck
