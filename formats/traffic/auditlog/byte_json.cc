#include "formats/traffic/auditlog/byte_json.h"

#include <utility>

#include "parser/base/utf8.h"

namespace wafcheck::formats::inline traffic {
namespace {

// A byte that is no UTF-8 is given a character of the last private plane while the text is parsed:
// U+10FF00 and its value, F4 8F BC 80 to F4 8F BF BF.
constexpr uint32_t kFirstCharacter = 0x10FF00;
constexpr std::string_view kCharacterStart = "\xF4\x8F";

/// Where one of these characters stands in valid UTF-8 itself.
size_t find_character(std::string_view text) {
  for (size_t at = 0; (at = text.find(kCharacterStart, at)) != std::string_view::npos; at += 4) {
    if (static_cast<unsigned char>(text[at + 2]) >= 0xBC) return at;
  }
  return text.size();
}

std::string with_characters(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  const auto add_byte = [&](char byte) {
    append_utf8(out, kFirstCharacter + static_cast<unsigned char>(byte));
  };
  while (!text.empty()) {
    const size_t valid = valid_utf8_prefix(text);
    for (std::string_view rest = text.substr(0, valid); !rest.empty();) {
      const size_t at = find_character(rest);
      out += rest.substr(0, at);
      rest.remove_prefix(at);
      if (rest.empty()) break;
      for (const char byte : rest.substr(0, 4)) add_byte(byte);
      rest.remove_prefix(4);
    }
    text.remove_prefix(valid);
    if (text.empty()) break;
    add_byte(text[0]);
    text.remove_prefix(1);
  }
  return out;
}

std::string without_characters(std::string text) {
  size_t at = text.find(kCharacterStart);
  if (at == std::string::npos) return text;
  size_t to = at;
  while (at < text.size()) {
    const auto byte_at = [&](size_t offset) { return static_cast<unsigned char>(text[offset]); };
    if (at + 3 < text.size() && std::string_view(text).substr(at).starts_with(kCharacterStart) &&
        byte_at(at + 2) >= 0xBC) {
      text[to++] = static_cast<char>((byte_at(at + 2) - 0xBC) << 6 | (byte_at(at + 3) & 0x3F));
      at += 4;
    } else {
      text[to++] = text[at++];
    }
  }
  text.resize(to);
  return text;
}

}  // namespace

Result<ByteJson> ByteJson::parse(std::string text, size_t depth) {
  ByteJson json;
  json.mapped_ = !is_valid_utf8(text);
  json.text_ =
      std::make_unique<std::string>(json.mapped_ ? with_characters(text) : std::move(text));
  auto document = parse_json(*json.text_, depth);
  if (!document) return std::unexpected(std::move(document.error()));
  json.document_ = std::move(*document);
  return json;
}

std::string ByteJson::string(JsonValue value) const {
  if (value.is(JsonValue::Kind::number)) return std::string(value.text());
  if (!value.is(JsonValue::Kind::string)) return {};
  std::string text = value.string();
  return mapped_ ? without_characters(std::move(text)) : text;
}

}  // namespace wafcheck::formats::inline traffic
