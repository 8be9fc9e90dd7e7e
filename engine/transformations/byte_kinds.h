#pragma once
// Which kinds of bytes a text has: what tells that a transformation would not change it.

#include <array>
#include <string_view>

#include "parser/base/ascii.h"
#include "parser/language/language.h"

namespace wafcheck::engine::transformations {

using ByteKinds = parser::Flags<parser::ByteKind>;

constexpr ByteKinds kinds_of(unsigned char byte) {
  using enum parser::ByteKind;
  ByteKinds kinds = Any;
  const auto add_where = [&](bool holds, parser::ByteKind kind) {
    if (holds) kinds = kinds | kind;
  };
  const auto is_one_of = [byte](std::string_view bytes) {
    return bytes.contains(static_cast<char>(byte));
  };
  add_where(byte == 0, Nul);
  add_where(is_space(byte), Blank);
  add_where(is_upper(byte), Upper);
  add_where(is_lower(byte), Lower);
  add_where(is_one_of("%+"), Percent);
  add_where(byte == '\\', Backslash);
  add_where(byte == '&', Ampersand);
  add_where(is_one_of("\"'^,;"), ShellMark);
  add_where(byte == '/', Slash);
  add_where(byte == '.', Dot);
  add_where(byte == ':', Colon);
  add_where(is_one_of("*<-#"), CommentMark);
  add_where(byte > 127, High);
  return kinds;
}

inline constexpr std::array<ByteKinds, 256> kKindsOfBytes = [] {
  std::array<ByteKinds, 256> kinds;
  for (unsigned byte = 0; byte < 256; ++byte)
    kinds[byte] = kinds_of(static_cast<unsigned char>(byte));
  return kinds;
}();

inline constexpr ByteKinds kAllKinds = [] {
  ByteKinds all;
  for (const ByteKinds kinds : kKindsOfBytes) all = all | kinds;
  return all;
}();

/// All kinds where the text is empty, which some transformations change, or so long that they find
/// out themselves as fast.
inline ByteKinds kinds_of(std::string_view text) {
  constexpr size_t kLong = 1'024;
  if (text.empty() || text.size() > kLong) return kAllKinds;
  ByteKinds even, odd;  // two, so that none waits for the one before it
  size_t at = 0;
  for (; at + 1 < text.size(); at += 2) {
    even = even | kKindsOfBytes[static_cast<unsigned char>(text[at])];
    odd = odd | kKindsOfBytes[static_cast<unsigned char>(text[at + 1])];
  }
  if (at < text.size()) even = even | kKindsOfBytes[static_cast<unsigned char>(text[at])];
  return even | odd;
}

}  // namespace wafcheck::engine::transformations
