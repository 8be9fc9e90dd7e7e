#include "parser/base/markdown_text.h"

#include <fmt/format.h>

#include "parser/base/shown.h"

namespace wafcheck {

std::string markdown_text(std::string_view text) {
  constexpr std::string_view kMarkup = "&<>|`*_[]\\~";
  std::string out;
  for (const char byte : text) {
    if (byte == '@') {
      // GitHub mentions whoever is called like the word after it, an entity or not; the word of an
      // operator is somebody's name.
      out += "@<!-- -->";
    } else if (kMarkup.find(byte) != std::string_view::npos) {
      out += fmt::format("&#{};", static_cast<int>(byte));
    } else {
      out += byte;
    }
  }
  return out;
}

std::string markdown_code(std::string_view text) {
  const std::string line = readable(text);
  if (line.contains('`')) return markdown_text(line);  // which would end the code
  std::string out = "`";
  for (const char byte : line) {
    if (byte == '|') out += '\\';
    out += byte;
  }
  return out + '`';
}

}  // namespace wafcheck
