#pragma once
// Any bytes as text: what a reader, a terminal or a format cannot take is written as an escape.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace wafcheck {

inline constexpr std::string_view kHexDigits = "0123456789abcdef";
inline constexpr std::string_view kHexDigitsUpper = "0123456789ABCDEF";

/// Below 0x20, or 0x7F.
constexpr bool is_control(char byte) {
  return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
}
/// Printable ASCII: 0x20 to 0x7E.
constexpr bool is_printable(char byte) {
  return byte >= 0x20 && byte < 0x7F;
}

/// Appends a byte's two digits.
inline void append_hex(std::string& out, char byte, std::string_view digits = kHexDigits) {
  const auto value = static_cast<unsigned char>(byte);
  out += {digits[value >> 4], digits[value & 0xF]};
}

/// `\xHH`, lower-case digits.
std::string hex_escape(char byte);

/// The bytes, those that `is_special` picks as `\xHH`.
template <typename IsSpecial>
std::string hex_escaped(std::string_view bytes, IsSpecial is_special) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto special = std::ranges::find_if(bytes, is_special);
    out.append(bytes.begin(), special);
    bytes.remove_prefix(static_cast<size_t>(special - bytes.begin()));
    if (bytes.empty()) break;
    out += "\\x";
    append_hex(out, bytes.front());
    bytes.remove_prefix(1);
  }
  return out;
}

/// The bytes, those that `is_plain` does not pick as `%HH`.
template <typename IsPlain>
std::string percent_encoded(std::string_view bytes, IsPlain is_plain,
                            std::string_view digits = kHexDigitsUpper) {
  std::string out;
  out.reserve(bytes.size());
  for (const char byte : bytes) {
    if (is_plain(byte)) {
      out += byte;
    } else {
      out += '%';
      append_hex(out, byte, digits);
    }
  }
  return out;
}

/// The same with `+` for a blank: application/x-www-form-urlencoded.
template <typename IsPlain>
std::string form_encoded(std::string_view bytes, IsPlain is_plain,
                         std::string_view digits = kHexDigitsUpper) {
  std::string out =
      percent_encoded(bytes, [&](char byte) { return byte == ' ' || is_plain(byte); }, digits);
  for (char& byte : out) {
    if (byte == ' ') byte = '+';
  }
  return out;
}

/// Valid UTF-8: what is not becomes `\xHH`. A backslash of the input stays single.
std::string escape_invalid_utf8(std::string_view bytes);

/// `bytes` for a message: one line, at most `limit` bytes, control characters and what is not UTF-8
/// as `\xHH`, "..." where it was cut.
std::string excerpt(std::string_view bytes, size_t limit = 60);

/// What stands behind a backslash for a quote, a backslash, or a line end or tab, in JSON, YAML and
/// Go alike; 0: nothing does.
char escape_letter(char byte);

/// In quotes as Go's %q writes them: valid UTF-8 stays, control characters and other bytes are
/// escaped.
std::string go_quoted(std::string_view bytes);

/// Text for an XML attribute or element. What XML cannot hold, control characters and bytes that
/// are no UTF-8, is shown as \xHH (upper-case digits).
std::string xml_escaped(std::string_view bytes);

}  // namespace wafcheck
