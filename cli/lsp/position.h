#pragma once
// Places as the protocol counts them, and URIs of files.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "formats/json/value.h"
#include "formats/json/writer.h"
#include "parser/source.h"

namespace wafcheck::cli::lsp {

/// The unit of `character`.
enum class Encoding : uint8_t { utf8, utf16 };

/// Both from 0.
struct Position {
  uint32_t line = 0;
  uint32_t character = 0;

  auto operator<=>(const Position&) const = default;
};

struct Range {
  Position start, end;

  auto operator<=>(const Range&) const = default;
};

/// The offset of a place in `text`; a line or character past the end counts as the end. A byte that
/// is not UTF-8 counts as one character.
uint32_t offset_at(const parser::Source& text, Position position, Encoding encoding);
Position position_at(const parser::Source& text, uint32_t offset, Encoding encoding);
Range range_at(const parser::Source& text, uint32_t begin, uint32_t end, Encoding encoding);

/// The number of units of `text`.
uint32_t units(std::string_view text, Encoding encoding);

std::optional<Position> read_position(formats::JsonValue value);
std::optional<Range> read_range(formats::JsonValue value);
void write(formats::JsonWriter& json, Position position);
void write(formats::JsonWriter& json, const Range& range);

/// The path of a `file:` URI; nothing: it is another one.
std::optional<std::string> path_of_uri(std::string_view uri);
std::string uri_of_path(std::string_view path);

}  // namespace wafcheck::cli::lsp
