#include <algorithm>
#include <charconv>
#include <cstring>

#include "formats/json_in.h"
#include "formats/json_scan.h"
#include "parser/ascii.h"

namespace wafcheck::formats {
namespace {

// All of these walk over text that was checked, so they need not judge it.

std::string_view without_blanks(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && is_json_blank(text[at])) ++at;
  return text.substr(at);
}

/// Length of the string that `text` begins with, quotes included: up to the first quote that no odd
/// number of backslashes stands before.
size_t string_length(std::string_view text) {
  for (size_t quote = 0;;) {
    const size_t begin = quote + 1;
    quote = text.find('"', begin);
    size_t escapes = 0;
    while (quote - escapes > begin && text[quote - escapes - 1] == '\\') ++escapes;
    if (escapes % 2 == 0) return quote + 1;
  }
}

/// Length of the value that `text` begins with.
size_t value_length(std::string_view text) {
  if (text[0] == '"') return string_length(text);
  size_t depth = 0;
  for (size_t at = 0; at < text.size();) {
    switch (text[at]) {
      case '"':
        at += string_length(text.substr(at));
        continue;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
        if (depth == 0) return at;  // a scalar's container ends with it
        if (--depth == 0) return at + 1;
        break;
      case ',':
      case ' ':
      case '\t':
      case '\n':
      case '\r':
        if (depth == 0) return at;
        break;
      default:
        break;
    }
    ++at;
  }
  return text.size();
}

std::string_view take_value(std::string_view& rest) {
  const std::string_view value = rest.substr(0, value_length(rest));
  rest.remove_prefix(value.size());
  return value;
}

/// What is inside the brackets of an object or array, up to the first item.
std::string_view inside(std::string_view text) {
  return without_blanks(text.substr(1, text.size() - 2));
}

/// Passes over the comma and blanks before the next item.
void to_next_item(std::string_view& rest) {
  rest = without_blanks(rest);
  if (!rest.empty()) rest = without_blanks(rest.substr(1));
}

uint32_t code_unit(const char* escaped) {
  uint32_t unit = 0;
  for (size_t i = 2; i < 6; ++i) {
    unit = unit << 4 | hex_value(static_cast<unsigned char>(escaped[i]));
  }
  return unit;
}

char* put_utf8(char* out, uint32_t code) {
  const auto byte = [&](uint32_t bits) { *out++ = static_cast<char>(bits); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F));
  }
  return out;
}

/// Writes what the escape at `in` means, and moves behind it. It is never longer than the escape.
char* put_escape(const char*& in, char* out) {
  constexpr std::string_view kLetters = "bfnrt", kMeanings = "\b\f\n\r\t";
  const char letter = in[1];
  if (letter != 'u') {
    const size_t at = kLetters.find(letter);
    *out = at == std::string_view::npos ? letter : kMeanings[at];
    in += 2;
    return out + 1;
  }
  uint32_t code = code_unit(in);
  in += 6;
  if ((code & 0xFC00) == 0xD800) {
    code = 0x10000 + ((code & 0x3FF) << 10 | (code_unit(in) & 0x3FF));
    in += 6;
  }
  return put_utf8(out, code);
}

/// Of a string with its quotes.
std::string unescaped(std::string_view text) {
  text = text.substr(1, text.size() - 2);
  if (text.find('\\') == std::string_view::npos) return std::string(text);
  std::string out;
  out.resize_and_overwrite(text.size(), [&](char* begin, size_t) {
    char* to = begin;
    const char* const end = text.data() + text.size();
    for (const char* from = text.data(); from != end;) {
      const auto left = static_cast<size_t>(end - from);
      const void* const stop = std::memchr(from, '\\', left);
      const size_t plain =
          stop == nullptr ? left : static_cast<size_t>(static_cast<const char*>(stop) - from);
      std::memcpy(to, from, plain);
      to += plain, from += plain;
      if (from != end) to = put_escape(from, to);
    }
    return static_cast<size_t>(to - begin);
  });
  return out;
}

bool is_name(std::string_view key, std::string_view name) {
  const std::string_view plain = key.substr(1, key.size() - 2);
  return plain == name || (plain.find('\\') != std::string_view::npos && unescaped(key) == name);
}

}  // namespace

JsonValue::Kind JsonValue::kind() const {
  if (text_.empty()) return Kind::missing;
  switch (text_[0]) {
    case 'n':
      return Kind::null;
    case 't':
    case 'f':
      return Kind::boolean;
    case '"':
      return Kind::string;
    case '{':
      return Kind::object;
    case '[':
      return Kind::array;
    default:
      return Kind::number;
  }
}

std::string JsonValue::string() const {
  return unescaped(text_);
}

std::optional<int64_t> JsonValue::integer() const {
  int64_t value = 0;
  const char* end = text_.data() + text_.size();
  const auto [stop, error] = std::from_chars(text_.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<double> JsonValue::number() const {
  double value = 0;
  const auto [stop, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

void JsonValue::find(std::span<const std::string_view> names, std::span<JsonValue> found) const {
  if (!is(Kind::object)) return;
  for (std::string_view rest = inside(text_); !rest.empty(); to_next_item(rest)) {
    const std::string_view key = take_value(rest);
    rest = without_blanks(without_blanks(rest).substr(1));
    const JsonValue value(take_value(rest));
    const auto wanted =
        std::ranges::find_if(names, [&](std::string_view name) { return is_name(key, name); });
    if (wanted != names.end()) found[static_cast<size_t>(wanted - names.begin())] = value;
  }
}

JsonElements::JsonElements(JsonValue array) {
  if (array.is(JsonValue::Kind::array)) rest_ = inside(array.text());
}

std::optional<JsonValue> JsonElements::next() {
  if (rest_.empty()) return std::nullopt;
  const JsonValue value(take_value(rest_));
  to_next_item(rest_);
  return value;
}

size_t count_elements(JsonValue array) {
  size_t count = 0;
  for (JsonElements elements(array); elements.next();) ++count;
  return count;
}

std::string_view json_kind(JsonValue value) {
  constexpr std::string_view kNames[] = {"nothing",  "null",      "a boolean", "a number",
                                         "a string", "an object", "an array"};
  return kNames[static_cast<size_t>(value.kind())];
}

}  // namespace wafcheck::formats
