#include "lint/report/excerpt.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "lint/report/display.h"
#include "parser/base/ascii.h"

namespace wafcheck::lint::inline report {
namespace {

using parser::Diagnostic;
using parser::FileId;
using parser::Label;
using parser::Severity;
using parser::Source;
using parser::Sources;
using parser::Span;

constexpr Palette kPlain{};
constexpr Palette kColor{"\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m", "\x1b[0m"};

/// The maximum number of related positions shown; a finding may have thousands.
constexpr size_t kMaxLabels = 8;
/// Of a span of more lines, only the first few and the last are shown.
constexpr uint32_t kMaxBlockLines = 6, kBlockHead = 3;
/// The minimum number of source columns, even if the terminal is narrower.
constexpr size_t kMinRoom = 24;

/// Bytes [begin, end) of one line.
struct Mark {
  uint32_t begin = 0, end = 0;
  bool primary = false;
  std::string_view label;
};

/// A span over several lines: a bar on the left joins its first byte to its last.
struct Block {
  uint32_t first = 0, last = 0;  ///< lines
  uint32_t begin = 0, end = 0;   ///< offsets in their lines; `end` is behind the last byte
};

/// The part of a line that is shown.
class Window {
 public:
  /// As much of `line` as fits into `room` columns, with the bytes [begin, end) in view.
  Window(std::string_view line, uint32_t begin, uint32_t end, size_t room) {
    // A character has at most four bytes, so text further away than that is never in view.
    const auto reach = static_cast<uint32_t>(4 * room);
    const auto size = static_cast<uint32_t>(line.size());
    begin = std::min(begin, size);
    end = std::clamp(end, begin, std::min(size, begin + reach));
    uint32_t low = begin > reach ? begin - reach : 0;
    while (low > 0 && low < begin && is_continuation(line[low])) ++low;
    uint32_t high = std::min(size, end + reach);
    while (high < size && is_continuation(line[high])) ++high;

    cells_ = cells(line.substr(low, high - low));
    size_t width = 0;
    for (Cell& cell : cells_) {
      cell.begin += low;
      width += cell.width;
    }
    end_ = high;
    cut_left_ = low > 0;
    cut_right_ = high < size;
    if (width > room || cut_left_ || cut_right_) trim(begin, end, width, room);
  }

  std::string text() const {
    std::string out = cut_left_ ? "…" : "";
    for (const Cell& cell : cells_) out += cell.text;
    return out += cut_right_ ? "…" : "";
  }

  /// The column of the byte at `offset`, from 0; bytes that were cut off are at the edge.
  size_t column(uint32_t offset) const {
    size_t at = cut_left_ ? 1 : 0;
    for (size_t i = 0; i < cells_.size(); ++i) {
      const uint32_t next = i + 1 < cells_.size() ? cells_[i + 1].begin : end_;
      if (offset < next) return at;
      at += cells_[i].width;
    }
    return at;
  }

 private:
  static bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
  }

  /// Drops cells on both sides until the rest and the dots fit into `room`.
  void trim(uint32_t begin, uint32_t end, size_t width, size_t room) {
    const size_t dot = cut_left_ ? 1 : 0;
    const size_t first = column(begin) - dot, behind = column(end) - dot;
    size_t from = 0;
    if (cut_left_ || behind + 1 > room) {
      const size_t marked = std::min(behind - first, room / 2);
      const size_t lead = (room - marked) / 2;
      from = first > lead ? first - lead : 0;
      if (!cut_right_ && width - from < room) from = width + 1 > room ? width + 1 - room : 0;
    }
    cut_left_ |= from > 0;
    size_t at = 0, used = cut_left_ ? 1 : 0;
    std::vector<Cell> shown_cells;
    for (size_t i = 0; i < cells_.size(); ++i) {
      Cell& cell = cells_[i];
      const bool inside = at >= from;
      at += cell.width;
      if (!inside) continue;
      const bool last = i + 1 == cells_.size() && !cut_right_;
      if (used + cell.width > room - (last ? 0 : 1)) {
        cut_right_ = true;
        end_ = cell.begin;
        break;
      }
      used += cell.width;
      shown_cells.push_back(std::move(cell));
    }
    cells_ = std::move(shown_cells);
  }

  std::vector<Cell> cells_;
  uint32_t end_ = 0;
  bool cut_left_ = false, cut_right_ = false;
};

/// A row of marks below a line: each column has a byte and a colour.
class Row {
 public:
  void put(size_t at, std::string_view text, std::string_view color) {
    if (columns_.size() < at + text.size()) columns_.resize(at + text.size());
    for (size_t i = 0; i < text.size(); ++i) columns_[at + i] = {text[i], color};
  }
  void fill(size_t from, size_t to, char mark, std::string_view color) {
    put(from, std::string(std::max(to, from + 1) - from, mark), color);
  }
  std::string str(std::string_view reset) const {
    std::string out;
    std::string_view color;
    for (const auto& [byte, its] : columns_) {
      if (its != color) out += its.empty() ? reset : its;
      color = its;
      out += byte;
    }
    return color.empty() ? out : out.append(reset);
  }

 private:
  struct Column {
    char byte = ' ';
    std::string_view color;
  };
  std::vector<Column> columns_;
};

/// Draws the positions in one file.
class Sheet {
 public:
  Sheet(const Sources& sources, FileId file, Gutter gutter, const Palette& colors,
        std::string_view tint, size_t columns)
      : sources_(sources),
        file_(file),
        gutter_(gutter),
        colors_(colors),
        tint_(tint),
        columns_(columns) {}

  void add(Span span, bool primary, std::string_view label) {
    const uint32_t first = sources_.begin_of(span).line;
    const uint32_t begin = sources_.begin_of(span).column - 1;
    // A span that ends with a line does not reach the next one.
    const parser::Place last =
        sources_.begin_of({file_, std::max(span.begin + 1, span.end) - 1, span.end});
    if (last.line == first) {
      lines_[first].push_back({begin, begin + (span.end - span.begin), primary, label});
    } else if (primary) {
      block_ = {first, last.line, begin, last.column};
      for (uint32_t line = first; line <= last.line; ++line) {
        if (last.line - first < kMaxBlockLines || line < first + kBlockHead)
          lines_[line];
        else
          break;
      }
      lines_[last.line];
    } else {
      lines_[first].push_back({begin, static_cast<uint32_t>(line(first).size()), false, label});
    }
  }

  std::string draw() {
    row({});
    uint32_t before = 0;
    for (auto& [number, marks] : lines_) {
      if (before != 0 && number == before + 2) draw_line(before + 1, {});
      if (before != 0 && number > before + 2) gap(before);
      draw_marked(number, marks);
      before = number;
    }
    return std::move(out_);
  }

 private:
  std::string_view line(uint32_t number) const {
    return sources_.line_at(file_, sources_[file_].line_starts[number - 1]);
  }
  size_t room() const {
    const size_t taken = gutter_.columns() + (block_ ? 2 : 0);
    return columns_ > taken + kMinRoom ? columns_ - taken : kMinRoom;
  }
  bool in_block(uint32_t number) const {
    return block_ && block_->first < number && number <= block_->last;
  }
  std::string bar(uint32_t number) const {
    if (!block_) return {};
    return in_block(number) ? fmt::format("{}|{} ", tint_, colors_.reset) : "  ";
  }

  /// A row without a line number and without trailing spaces.
  void row(std::string text) {
    while (text.ends_with(' ')) text.pop_back();
    out_ += gutter_.blank(colors_);
    if (!text.empty()) out_ += ' ' + text;
    out_ += '\n';
  }
  void gap(uint32_t after) {
    out_ += fmt::format("{}...{}", colors_.blue, colors_.reset);
    if (in_block(after + 1)) {
      out_ += fmt::format("{}{}|{}", std::string(gutter_.columns() - 3, ' '), tint_, colors_.reset);
    }
    out_ += '\n';
  }
  void source_row(uint32_t number, std::string_view margin, const std::string& text) {
    out_ += fmt::format("{}{:>{}} |{}", colors_.blue, number, gutter_.digits, colors_.reset);
    std::string rest = fmt::format(" {}{}", margin, text);
    while (rest.ends_with(' ')) rest.pop_back();
    out_ += rest + '\n';
  }

  void draw_marked(uint32_t number, std::vector<Mark>& marks) {
    std::ranges::stable_sort(marks, {}, &Mark::begin);
    // Marks that do not fit into one window get a window each.
    const bool apart = marks.size() > 1 && marks.back().end - marks.front().begin + 2 > room() &&
                       line(number).size() > room();
    if (!apart) return draw_line(number, marks);
    for (const Mark& mark : marks) draw_line(number, {mark});
  }

  void draw_line(uint32_t number, const std::vector<Mark>& marks) {
    if (block_ && (number == block_->first || number == block_->last) && marks.empty()) {
      return draw_block_line(number);
    }
    const std::string_view bytes = line(number);
    uint32_t begin = marks.empty() ? 0 : marks.front().begin, end = begin;
    for (const Mark& mark : marks) end = std::max(end, mark.end);
    const Window window(bytes, begin, end, room());
    source_row(number, bar(number), window.text());
    draw_marks(number, window, marks);
    if (block_ && number == block_->first) open_block(window);
    if (block_ && number == block_->last) close_block(window);
  }

  void draw_block_line(uint32_t number) {
    const std::string_view bytes = line(number);
    const Window window(bytes, 0, 0, room());
    if (number == block_->last) {
      source_row(number, bar(number), window.text());
      return close_block(window);
    }
    const bool at_start = trim_blanks(bytes.substr(0, block_->begin)).empty();
    const std::string slash = fmt::format("{}/{} ", tint_, colors_.reset);
    source_row(number, at_start ? slash : "  ", window.text());
    if (!at_start) open_block(window);
  }
  void open_block(const Window& window) {
    row(fmt::format("{} {}^{}", tint_, std::string(window.column(block_->begin) + 1, '_'),
                    colors_.reset));
  }
  void close_block(const Window& window) {
    const size_t last = window.column(block_->end - 1);
    row(fmt::format("{}|{}^{}", tint_, std::string(last + 1, '_'), colors_.reset));
  }

  /// The carets and dashes, and the messages of the dashes: next to the last mark if it fits, else
  /// below, connected by bars.
  void draw_marks(uint32_t number, const Window& window, const std::vector<Mark>& marks) {
    if (marks.empty()) return;
    Row below;
    size_t behind = 0;
    for (const bool primary : {false, true}) {
      for (const Mark& mark : marks) {
        if (mark.primary != primary) continue;
        const size_t from = window.column(mark.begin);
        const size_t to = std::max(window.column(mark.end), from + 1);
        below.fill(from, to, primary ? '^' : '-', primary ? tint_ : colors_.blue);
        behind = std::max(behind, to);
      }
    }
    std::vector<Mark> waiting;
    std::ranges::copy_if(marks, std::back_inserter(waiting),
                         [](const Mark& mark) { return !mark.label.empty(); });
    if (!waiting.empty() && waiting.back().begin == marks.back().begin &&
        behind + 1 + display_width(waiting.back().label) <= room()) {
      below.put(behind + 1, shown(waiting.back().label), colors_.blue);
      waiting.pop_back();
    }
    row(bar(number) + below.str(colors_.reset));
    if (waiting.empty()) return;
    row(bar(number) + bars(window, waiting).str(colors_.reset));
    while (!waiting.empty()) {
      const Mark mark = waiting.back();
      waiting.pop_back();
      const std::string text = shown(mark.label);
      const size_t width = display_width(text);
      size_t at = window.column(mark.begin);
      if (at + width > room()) at = width < room() ? room() - width : 0;
      Row with_text = bars(window, waiting);
      with_text.put(at, text, colors_.blue);
      row(bar(number) + with_text.str(colors_.reset));
    }
  }
  Row bars(const Window& window, const std::vector<Mark>& marks) const {
    Row joined;
    for (const Mark& mark : marks) joined.put(window.column(mark.begin), "|", colors_.blue);
    return joined;
  }

  const Sources& sources_;
  const FileId file_;
  const Gutter gutter_;
  const Palette& colors_;
  const std::string_view tint_;
  const size_t columns_;
  std::map<uint32_t, std::vector<Mark>> lines_;
  std::optional<Block> block_;
  std::string out_;
};

std::vector<Label> shown_labels(const Diagnostic& diagnostic) {
  std::vector<Label> labels;
  for (const Label& label : diagnostic.related) {
    if (label.span.file != parser::kNoFile && labels.size() < kMaxLabels) labels.push_back(label);
  }
  return labels;
}

}  // namespace

std::string_view Palette::of(Severity severity) const {
  switch (severity) {
    case Severity::error:
      return red;
    case Severity::warning:
      return yellow;
    case Severity::info:
      return blue;
  }
  return {};
}

const Palette& palette(bool color) {
  return color ? kColor : kPlain;
}

std::string Gutter::blank(const Palette& colors) const {
  return fmt::format("{}{} |{}", colors.blue, std::string(digits, ' '), colors.reset);
}

Gutter gutter_of(const Diagnostic& diagnostic, const Sources& sources) {
  const auto last_line = [&](Span span) { return sources.end_of(span).line; };
  uint32_t highest = last_line(diagnostic.span);
  for (const Label& label : shown_labels(diagnostic)) {
    highest = std::max(highest, last_line(label.span));
  }
  return {std::to_string(std::max(highest, 1U)).size()};
}

std::string excerpts(const Diagnostic& diagnostic, const Sources& sources, const Palette& colors,
                     size_t columns) {
  const Gutter gutter = gutter_of(diagnostic, sources);
  std::vector<Label> labels = shown_labels(diagnostic);
  const size_t left_out = diagnostic.related.size() - labels.size();
  std::string text;
  // One sheet per file: the finding's own first, then the others in order.
  for (FileId file = diagnostic.span.file;;) {
    if (file != parser::kNoFile) {
      Sheet sheet(sources, file, gutter, colors, colors.of(diagnostic.severity), columns);
      if (file == diagnostic.span.file) {
        sheet.add(diagnostic.span, true, {});
      } else {
        const parser::Place at = sources.begin_of(labels.front().span);
        text += fmt::format("{}{}:::{} {}:{}:{}\n", std::string(gutter.digits, ' '), colors.blue,
                            colors.reset, shown(at.path), at.line, at.column);
      }
      for (const Label& label : labels) {
        if (label.span.file == file) sheet.add(label.span, false, label.message);
      }
      text += sheet.draw();
      std::erase_if(labels, [&](const Label& label) { return label.span.file == file; });
    }
    if (labels.empty()) break;
    file = labels.front().span.file;
  }
  if (left_out > 0) {
    text += fmt::format("{} = and {} more\n", std::string(gutter.digits, ' '), left_out);
  }
  return text;
}

}  // namespace wafcheck::lint::inline report
