#include "parser/base/shown.h"

#include <fmt/format.h>

#include <algorithm>

#include "parser/base/escape.h"
#include "parser/base/utf8.h"

namespace wafcheck {
namespace {

struct Range {
  char32_t first, last;
};

// What occurs in pasted text or can disguise it.
constexpr Range kUnseen[] = {
    {0x80, 0xA0},     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x180E, 0x180E}, {0x2000, 0x200F},
    {0x2028, 0x202F}, {0x205F, 0x206F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE007F},
};

std::string readable_but(std::string_view bytes, std::string_view kept) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const size_t length = utf8_length(bytes);
    const std::string_view piece = bytes.substr(0, std::max<size_t>(length, 1));
    bytes.remove_prefix(piece.size());
    if (kept.find(piece[0]) != std::string_view::npos) {
      text += piece;
    } else if (length == 0 || is_control(piece[0])) {
      text += hex_escape(piece[0]);
    } else if (length > 1 && is_unseen(utf8_character(piece))) {
      fmt::format_to(std::back_inserter(text), "<U+{:04X}>",
                     static_cast<uint32_t>(utf8_character(piece)));
    } else {
      text += piece;
    }
  }
  return text;
}

}  // namespace

bool is_unseen(char32_t character) {
  return std::ranges::any_of(kUnseen, [&](const Range& range) {
    return range.first <= character && character <= range.last;
  });
}

std::string readable(std::string_view bytes) {
  return readable_but(bytes, {});
}

std::string readable_lines(std::string_view bytes) {
  return readable_but(bytes, "\n\t");
}

std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace wafcheck
