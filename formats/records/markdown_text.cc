#include "formats/records/markdown_text.h"

#include <fmt/format.h>

namespace wafcheck::formats::inline records {

std::string markdown_text(std::string_view text) {
  constexpr std::string_view kMarkup = "&<>|`*_[]\\";
  std::string out;
  for (const char byte : text) {
    if (kMarkup.find(byte) != std::string_view::npos) {
      out += fmt::format("&#{};", static_cast<int>(byte));
    } else {
      out += byte;
    }
  }
  return out;
}

}  // namespace wafcheck::formats::inline records
