#include "cli/lsp/position.h"

#include <algorithm>

#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/base/utf8.h"

namespace wafcheck::cli::lsp {

using formats::JsonValue;
using formats::JsonWriter;

namespace {

/// The bytes that the first character takes, and its units.
struct Step {
  uint32_t bytes = 1, units = 1;
};
Step first_step(std::string_view text, Encoding encoding) {
  const auto length = static_cast<uint32_t>(std::max<size_t>(utf8_length(text), 1));
  if (encoding == Encoding::utf8) return {length, length};
  return {length, length == 4 ? 2U : 1U};
}

/// The line without its end.
std::string_view line_text(const parser::Source& text, size_t line) {
  const uint32_t begin = text.line_starts[line];
  const size_t end =
      line + 1 < text.line_starts.size() ? text.line_starts[line + 1] : text.bytes.size();
  std::string_view bytes = std::string_view(text.bytes).substr(begin, end - begin);
  if (bytes.ends_with('\n')) bytes.remove_suffix(1);
  if (bytes.ends_with('\r')) bytes.remove_suffix(1);
  return bytes;
}

}  // namespace

uint32_t units(std::string_view text, Encoding encoding) {
  if (encoding == Encoding::utf8) return static_cast<uint32_t>(text.size());
  uint32_t count = 0;
  while (!text.empty()) {
    const Step step = first_step(text, encoding);
    count += step.units;
    text.remove_prefix(step.bytes);
  }
  return count;
}

uint32_t offset_at(const parser::Source& text, Position position, Encoding encoding) {
  if (position.line >= text.line_starts.size()) return static_cast<uint32_t>(text.bytes.size());
  std::string_view rest = line_text(text, position.line);
  const uint32_t begin = text.line_starts[position.line];
  if (encoding == Encoding::utf8) {
    return begin + std::min(position.character, static_cast<uint32_t>(rest.size()));
  }
  uint32_t offset = begin;
  uint32_t left = position.character;
  while (!rest.empty() && left > 0) {
    const Step step = first_step(rest, encoding);
    if (step.units > left) break;
    left -= step.units;
    offset += step.bytes;
    rest.remove_prefix(step.bytes);
  }
  return offset;
}

Position position_at(const parser::Source& text, uint32_t offset, Encoding encoding) {
  offset = std::min(offset, static_cast<uint32_t>(text.bytes.size()));
  const auto next = std::ranges::upper_bound(text.line_starts, offset);
  const auto line = static_cast<uint32_t>(next - text.line_starts.begin()) - 1;
  const uint32_t begin = text.line_starts[line];
  return {line, units(std::string_view(text.bytes).substr(begin, offset - begin), encoding)};
}

Range range_at(const parser::Source& text, uint32_t begin, uint32_t end, Encoding encoding) {
  return {position_at(text, begin, encoding), position_at(text, std::max(begin, end), encoding)};
}

std::optional<Position> read_position(JsonValue value) {
  const auto [line, character] = value.members("line", "character");
  if (!line.is(JsonValue::Kind::number) || !character.is(JsonValue::Kind::number)) {
    return std::nullopt;
  }
  const auto row = line.integer(), column = character.integer();
  if (!row || !column || *row < 0 || *column < 0) return std::nullopt;
  const auto bounded = [](int64_t number) {
    return static_cast<uint32_t>(std::min<int64_t>(number, UINT32_MAX));
  };
  return Position{bounded(*row), bounded(*column)};
}

std::optional<Range> read_range(JsonValue value) {
  const auto [from, to] = value.members("start", "end");
  const auto start = read_position(from), end = read_position(to);
  if (!start || !end) return std::nullopt;
  return Range{*start, *end};
}

void write(JsonWriter& json, Position position) {
  json.begin_object();
  json.key("line");
  json.number(position.line);
  json.key("character");
  json.number(position.character);
  json.end_object();
}

void write(JsonWriter& json, const Range& range) {
  json.begin_object();
  json.key("start");
  write(json, range.start);
  json.key("end");
  write(json, range.end);
  json.end_object();
}

std::optional<std::string> path_of_uri(std::string_view uri) {
  constexpr std::string_view kScheme = "file://";
  if (!istarts_with(uri, kScheme)) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  const size_t slash = uri.find('/');
  const std::string_view host = uri.substr(0, slash);
  if (slash == std::string_view::npos || (!host.empty() && !iequals(host, "localhost"))) {
    return std::nullopt;
  }
  uri.remove_prefix(slash);
  std::string path;
  for (size_t i = 0; i < uri.size(); ++i) {
    const auto digit = [&](size_t at) { return static_cast<unsigned char>(uri[at]); };
    if (uri[i] == '%' && i + 2 < uri.size() && is_hex(digit(i + 1)) && is_hex(digit(i + 2))) {
      path += static_cast<char>(hex_value(digit(i + 1)) << 4 | hex_value(digit(i + 2)));
      i += 2;
    } else {
      path += uri[i];
    }
  }
  if (path.find('\0') != std::string::npos) return std::nullopt;
  return path;
}

std::string uri_of_path(std::string_view path) {
  return "file://" + percent_encoded(path, [](char byte) {
           return is_alnum(static_cast<unsigned char>(byte)) ||
                  std::string_view("/-._~").find(byte) != std::string_view::npos;
         });
}

}  // namespace wafcheck::cli::lsp
