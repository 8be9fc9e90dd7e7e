#include "parser/base/markdown_text.h"

#include <fmt/format.h>

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

}  // namespace wafcheck
