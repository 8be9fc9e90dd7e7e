#include "parser/xml_escape.h"

#include <fmt/format.h>

#include "parser/utf8.h"

namespace wafcheck {

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
    } else if (length == 0 || byte < 0x20 || byte == 0x7F || noncharacter) {
      for (const char c : piece) text += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    } else {
      text += piece;
    }
  }
  return text;
}

}  // namespace wafcheck
