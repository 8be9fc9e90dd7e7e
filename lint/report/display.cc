#include "lint/report/display.h"

#include <fmt/format.h>

#include <algorithm>

#include "parser/base/escape.h"
#include "parser/base/shown.h"
#include "parser/base/utf8.h"

namespace wafcheck::lint::inline report {
namespace {

struct Range {
  char32_t first, last;
};

constexpr Range kCombining[] = {
    {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x1AB0, 0x1AFF},
    {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};
// East Asian Width W and F, in coarse blocks.
constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

template <size_t N>
bool is_in(char32_t character, const Range (&ranges)[N]) {
  return std::ranges::any_of(ranges, [&](const Range& range) {
    return range.first <= character && character <= range.last;
  });
}

Cell cell_of(std::string_view sequence, bool valid) {
  const auto byte = static_cast<unsigned char>(sequence[0]);
  if (sequence == "\t") return {0, 4, "    "};
  if (!valid || is_control(sequence[0])) return {0, 4, hex_escape(sequence[0])};
  if (byte < 0x80) return {0, 1, std::string(sequence)};
  const char32_t character = utf8_character(sequence);
  if (is_unseen(character)) {
    std::string name = fmt::format("<U+{:04X}>", static_cast<uint32_t>(character));
    return {0, static_cast<uint32_t>(name.size()), std::move(name)};
  }
  if (is_in(character, kCombining)) return {0, 0, std::string(sequence)};
  return {0, is_in(character, kWide) ? 2U : 1U, std::string(sequence)};
}

}  // namespace

std::vector<Cell> cells(std::string_view bytes) {
  std::vector<Cell> row;
  row.reserve(bytes.size());
  for (size_t at = 0; at < bytes.size();) {
    const size_t length = utf8_length(bytes.substr(at));
    const std::string_view sequence = bytes.substr(at, std::max<size_t>(length, 1));
    Cell cell = cell_of(sequence, length != 0);
    cell.begin = static_cast<uint32_t>(at);
    at += sequence.size();
    if (cell.width == 0 && !row.empty()) {
      row.back().text += cell.text;
    } else {
      row.push_back(std::move(cell));
    }
  }
  return row;
}

std::string shown(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (size_t at = 0; at < bytes.size();) {
    const size_t length = utf8_length(bytes.substr(at));
    const std::string_view sequence = bytes.substr(at, std::max<size_t>(length, 1));
    text += cell_of(sequence, length != 0).text;
    at += sequence.size();
  }
  return text;
}

size_t display_width(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const std::string_view sequence = text.substr(0, std::max<size_t>(length, 1));
    width += cell_of(sequence, length != 0).width;
    text.remove_prefix(sequence.size());
  }
  return width;
}

std::string wrap(std::string_view text, size_t at, size_t indent, size_t columns) {
  std::string out;
  bool first_of_line = true;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t width = display_width(word);
    if (!first_of_line && columns != 0 && at + 1 + width > columns) {
      out += '\n';
      out.append(indent, ' ');
      at = indent;
      first_of_line = true;
    }
    if (!first_of_line) {
      out += ' ';
      ++at;
    }
    out += word;
    at += width;
    first_of_line = false;
  }
  return out;
}

}  // namespace wafcheck::lint::inline report
