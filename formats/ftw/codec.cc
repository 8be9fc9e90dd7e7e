#include "formats/ftw/codec.h"

#include "parser/base/ascii.h"
#include "parser/base/base64.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline ftw {

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
  return form_encoded(bytes, [](char byte) {
    return is_alnum(static_cast<unsigned char>(byte)) || byte == '-' || byte == '_' ||
           byte == '.' || byte == '~';
  });
}

}  // namespace wafcheck::formats::inline ftw
