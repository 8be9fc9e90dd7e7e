#include "formats/json/value.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <unordered_set>
#include <vector>

#include "formats/json/scan.h"
#include "parser/base/ascii.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline json {
namespace {

// All of these walk over text that was checked, so they need not judge it.

std::string_view without_blanks(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && is_json_blank(text[at])) ++at;
  return text.substr(at);
}

/// Length of the string that `text` begins with, quotes included.
size_t string_length(std::string_view text) {
  size_t at = find_quote(text, 1);
  while (text[at] == '\\') at = find_quote(text, at + 2);
  return at + 1;
}

/// Length of the number or word that `text` begins with.
size_t word_length(std::string_view text) {
  return std::min(text.find_first_of(",]} \t\n\r"), text.size());
}

/// Length of the object or array that `text` begins with, where it has no record.
size_t container_length(std::string_view text) {
  size_t depth = 0;
  for (size_t at = 0;;) {
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
        if (--depth == 0) return at + 1;
        break;
      default:
        break;
    }
    ++at;
  }
}

uint32_t code_unit(const char* escaped) {
  uint32_t unit = 0;
  for (size_t i = 2; i < 6; ++i) {
    unit = unit << 4 | hex_value(static_cast<unsigned char>(escaped[i]));
  }
  return unit;
}

/// Writes what the escape at `in` means, and moves behind it. It is never longer than the escape.
char* put_escape(const char*& in, char* out) {
  const char letter = in[1];
  if (letter != 'u') {
    *out = kEscaped[static_cast<unsigned char>(letter)];
    in += 2;
    return out + 1;
  }
  uint32_t code = code_unit(in);
  in += 6;
  if ((code & 0xFC00) == 0xD800) {
    code = 0x10000 + ((code & 0x3FF) << 10 | (code_unit(in) & 0x3FF));
    in += 6;
  }
  return write_utf8(out, code);
}

/// Of a string with its quotes.
std::string unescaped(std::string_view text) {
  text = text.substr(1, text.size() - 2);
  const size_t first = find_stop<Backslash>(text, 0);
  if (first == text.size()) return std::string(text);
  std::string out;
  out.resize_and_overwrite(text.size(), [&](char* begin, size_t) {
    const char* from = text.data();
    const char* const end = from + text.size();
    char* to = std::copy_n(from, first, begin);
    from += first;
    while (from != end) {
      if (*from == '\\') {
        to = put_escape(from, to);
        continue;
      }
      // Escapes are often near each other: a whole block is copied, of which what is before the
      // next one counts. The output is never ahead of the input, so that it has room for one.
      const std::string_view left(from, static_cast<size_t>(end - from));
      constexpr size_t kBlock = 16;
      const size_t plain = find_stop<Backslash>(left.substr(0, kBlock), 0);
      if (left.size() >= kBlock) {
        std::memcpy(to, from, kBlock);
      } else {
        std::memcpy(to, from, plain);
      }
      to += plain, from += plain;
    }
    return static_cast<size_t>(to - begin);
  });
  return out;
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

void JsonValue::find(std::span<const std::string_view> names, std::span<JsonValue> values) const {
  JsonMembers items(*this);
  while (const auto member = items.next()) {
    std::string_view name = member->name.text();
    name = name.substr(1, name.size() - 2);
    std::string plain;
    if (name.find('\\') != std::string_view::npos) name = plain = member->name.string();
    const auto wanted = std::ranges::find(names, name);
    if (wanted != names.end()) values[static_cast<size_t>(wanted - names.begin())] = member->value;
  }
}

JsonItems::JsonItems(JsonValue value, JsonValue::Kind kind) {
  if (!value.is(kind)) return;
  rest_ = without_blanks(value.text_.substr(1, value.text_.size() - 2));
  if (!value.containers_.empty()) containers_ = value.containers_.subspan(1);
}

JsonValue JsonItems::take() {
  const char first = rest_[0];
  const bool container = first == '{' || first == '[';
  JsonValue value;
  size_t length = 0;
  if (container && !containers_.empty()) {
    const JsonContainer& record = containers_[0];
    length = record.size;
    value.containers_ = containers_.first(record.inner + 1);
    containers_ = containers_.subspan(record.inner + 1);
  } else {
    length = container      ? container_length(rest_)
             : first == '"' ? string_length(rest_)
                            : word_length(rest_);
  }
  value.text_ = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return value;
}

void JsonItems::pass_separator() {
  rest_ = without_blanks(rest_);
  if (!rest_.empty()) rest_ = without_blanks(rest_.substr(1));
}

std::optional<JsonValue> JsonElements::next() {
  if (at_end()) return std::nullopt;
  const JsonValue value = take();
  pass_separator();
  return value;
}

std::optional<JsonMembers::Member> JsonMembers::next() {
  if (at_end()) return std::nullopt;
  Member member;
  member.name = take();
  pass_separator();
  member.value = take();
  pass_separator();
  return member;
}

size_t count_elements(JsonValue array) {
  size_t count = 0;
  for (JsonElements elements(array); elements.next();) ++count;
  return count;
}

std::string repeated_member(JsonValue object) {
  constexpr size_t kFew = 16;
  std::vector<std::string>
      few;  // most objects have few members, and a search costs less than a set
  std::unordered_set<std::string> many;
  for (JsonMembers members(object); const auto member = members.next();) {
    std::string name = member->name.string();
    if (std::ranges::find(few, name) != few.end() || many.contains(name)) return name;
    if (few.size() < kFew) {
      few.push_back(std::move(name));
    } else {
      many.insert(std::move(name));
    }
  }
  return {};
}

std::string_view json_kind(JsonValue value) {
  constexpr std::string_view kNames[] = {"nothing",  "null",      "a boolean", "a number",
                                         "a string", "an object", "an array"};
  return kNames[static_cast<size_t>(value.kind())];
}

}  // namespace wafcheck::formats::inline json
