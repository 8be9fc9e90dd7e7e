#include "formats/ftw_codec.h"

#include "formats/base64.h"
#include "parser/ascii.h"

namespace wafcheck::formats {

std::optional<std::string> ftw_base64_decode(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  for (const char c : text) {
    if (c == '-' || c == '_' || c == ' ' || c == '\t' || c == '\v' || c == '\f')
      return std::nullopt;
    if (c != '\r' && c != '\n') line.push_back(c);
  }
  if (line.size() % 4 != 0) return std::nullopt;
  auto bytes = base64_decode_lenient(line);
  if (!bytes) return std::nullopt;
  return *std::move(bytes);
}

std::string query_escape(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_alnum(byte) || c == '-' || c == '_' || c == '.' || c == '~') {
      text.push_back(c);
    } else if (c == ' ') {
      text.push_back('+');
    } else {
      text.push_back('%');
      text.push_back(kHex[byte >> 4]);
      text.push_back(kHex[byte & 0xF]);
    }
  }
  return text;
}

}  // namespace wafcheck::formats
