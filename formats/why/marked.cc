#include "formats/why/marked.h"

#include <algorithm>
#include <vector>

#include "parser/base/shown.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline why {
namespace {

/// A character, or a byte that is none, as it is shown.
struct Shown {
  std::string text;
  size_t columns = 0;
};

/// The characters of a part of a text, as many as fit: from its beginning, or from its end.
struct Line {
  std::string text;
  size_t columns = 0;
  bool cut = false;
};

Shown first_of(std::string_view bytes, size_t& length) {
  length = std::max<size_t>(utf8_length(bytes), 1);
  std::string text = readable(bytes.substr(0, length));
  const size_t columns = columns_of(text);
  return {std::move(text), columns};
}

Line head(std::string_view bytes, size_t columns) {
  Line line;
  while (!bytes.empty()) {
    size_t length = 0;
    const Shown next = first_of(bytes, length);
    if (line.columns + next.columns > columns) {
      line.cut = true;
      break;
    }
    line.text += next.text;
    line.columns += next.columns;
    bytes.remove_prefix(length);
  }
  return line;
}

/// Where the last character begins.
size_t last_of(std::string_view bytes) {
  size_t at = bytes.size() - 1;
  for (size_t back = 0; back < 3 && at > 0; ++back) {
    if ((static_cast<unsigned char>(bytes[at]) & 0xC0) != 0x80) break;
    --at;
  }
  return utf8_length(bytes.substr(at)) == bytes.size() - at ? at : bytes.size() - 1;
}

Line tail(std::string_view bytes, size_t columns) {
  Line line;
  std::vector<std::string> pieces;
  while (!bytes.empty()) {
    const size_t at = last_of(bytes);
    std::string text = readable(bytes.substr(at));
    const size_t wide = columns_of(text);
    if (line.columns + wide > columns) {
      line.cut = true;
      break;
    }
    pieces.push_back(std::move(text));
    line.columns += wide;
    bytes = bytes.substr(0, at);
  }
  for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) line.text += *piece;
  return line;
}

}  // namespace

size_t columns_of(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Marked marked_excerpt(std::string_view bytes, std::optional<Range> range, size_t columns,
                      bool ascii) {
  const std::string dots = ascii ? "..." : "…";
  const size_t dots_columns = ascii ? 3 : 1;
  const size_t room = std::max(columns, size_t{16});
  Marked shown;
  if (!range) {
    Line line = head(bytes, room);
    if (line.cut) line = head(bytes, room - dots_columns);
    shown.before = line.text + (line.cut ? dots : "");
    shown.begin = line.columns + (line.cut ? dots_columns : 0);
    return shown;
  }
  const std::string_view inside = bytes.substr(range->begin, range->end - range->begin);
  // Where something is cut on both sides, its dots need room as well.
  const size_t usable = room - 2 * dots_columns;
  Line middle = head(inside, usable);
  if (middle.cut) {
    const size_t half = (usable - dots_columns) / 2;
    const Line first = head(inside, half);
    const Line last = tail(inside, half);
    middle.text = first.text + dots + last.text;
    middle.columns = first.columns + dots_columns + last.columns;
  }
  const size_t left = usable - std::min(usable, middle.columns);
  const std::string_view in_front = bytes.substr(0, range->begin);
  const std::string_view behind = bytes.substr(range->end);
  Line after = head(behind, left);
  Line before = tail(in_front, left);
  if (before.columns + after.columns > left) {
    // Each gets half, and what the other does not need.
    const size_t half = left / 2;
    const size_t for_after = std::max(half, left - std::min(left, before.columns));
    after = head(behind, before.columns < half ? for_after : half);
    before = tail(in_front, left - std::min(left, after.columns));
  }
  shown.before = (before.cut ? dots : "") + before.text;
  shown.begin = before.columns + (before.cut ? dots_columns : 0);
  shown.marked = middle.text;
  shown.columns = middle.columns;
  shown.after = after.text + (after.cut ? dots : "");
  return shown;
}

}  // namespace wafcheck::formats::inline why
