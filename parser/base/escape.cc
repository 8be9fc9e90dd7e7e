#include "parser/base/escape.h"

#include <fmt/format.h>

#include <algorithm>

#include "parser/base/shown.h"
#include "parser/base/utf8.h"

namespace wafcheck {

std::string hex_escape(char byte) {
  std::string out = "\\x";
  append_hex(out, byte);
  return out;
}

std::string escape_invalid_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const size_t valid = valid_utf8_prefix(bytes);
    text += bytes.substr(0, valid);
    bytes.remove_prefix(valid);
    if (bytes.empty()) break;
    text += hex_escape(bytes[0]);
    bytes.remove_prefix(1);
  }
  return text;
}

std::string excerpt(std::string_view bytes, size_t limit) {
  std::string out;
  while (!bytes.empty()) {
    const size_t length = std::max<size_t>(utf8_length(bytes), 1);
    const std::string piece = readable(bytes.substr(0, length));
    if (out.size() + piece.size() > limit) return out + "...";
    out += piece;
    bytes.remove_prefix(length);
  }
  return out;
}

std::string xml_escaped(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const size_t length = utf8_length(bytes);
    const std::string_view piece = bytes.substr(0, length == 0 ? 1 : length);
    bytes.remove_prefix(piece.size());
    const auto byte = static_cast<unsigned char>(piece[0]);
    const bool noncharacter = piece == "\xEF\xBF\xBE" || piece == "\xEF\xBF\xBF";
    if (piece == "&") {
      text += "&amp;";
    } else if (piece == "<") {
      text += "&lt;";
    } else if (piece == ">") {
      text += "&gt;";
    } else if (piece == "\"") {
      text += "&quot;";
    } else if (piece == "\t" || piece == "\n" || piece == "\r") {
      text += fmt::format("&#{};", byte);
    } else if (length == 0 || is_control(piece[0]) || noncharacter) {
      for (const char c : piece) {
        text += "\\x";
        append_hex(text, c, kHexDigitsUpper);
      }
    } else {
      text += piece;
    }
  }
  return text;
}

char escape_letter(char byte) {
  switch (byte) {
    case '"':
    case '\\':
      return byte;
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

std::string go_quoted(std::string_view bytes) {
  std::string out = "\"";
  while (!bytes.empty()) {
    const size_t good = valid_utf8_prefix(bytes);
    for (const char byte : bytes.substr(0, good)) {
      const auto code = static_cast<unsigned char>(byte);
      constexpr std::string_view kMore = "\a\b\f\v", kLetters = "abfv";
      const size_t more = kMore.find(byte);
      const char letter = more == std::string_view::npos ? escape_letter(byte) : kLetters[more];
      if (letter != 0) {
        out += {'\\', letter};
      } else if (code < 0x20 || code == 0x7f) {
        out += hex_escape(byte);
      } else {
        out.push_back(byte);
      }
    }
    bytes.remove_prefix(good);
    if (bytes.empty()) break;
    out += hex_escape(bytes[0]);
    bytes.remove_prefix(1);
  }
  out.push_back('"');
  return out;
}

}  // namespace wafcheck
