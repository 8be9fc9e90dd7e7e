#include "parser/base/unified_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "parser/base/shown.h"

namespace wafcheck {
namespace {

constexpr size_t kContext = 3;

/// So many changes are looked through at once; beyond, the search goes on from the furthest point.
constexpr int64_t kMaxChanges = 256;

std::vector<std::string_view> lines_with_ends(std::string_view text) {
  std::vector<std::string_view> lines;
  lines.reserve(1 + static_cast<size_t>(std::ranges::count(text, '\n')));
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

/// Equal lines as equal numbers.
class Numbers {
 public:
  std::vector<uint32_t> of(const std::vector<std::string_view>& lines) {
    std::vector<uint32_t> numbers;
    numbers.reserve(lines.size());
    for (const std::string_view line : lines) {
      numbers.push_back(
          known_.try_emplace(line, static_cast<uint32_t>(known_.size())).first->second);
    }
    return numbers;
  }

 private:
  std::unordered_map<std::string_view, uint32_t> known_;
};

/// Finds the lines that go and the lines that come. Source: E. W. Myers, "An O(ND) Difference
/// Algorithm and Its Variations", 1986, the greedy form; bounded, so that N times D stays linear.
class Changes {
 public:
  Changes(const std::vector<uint32_t>& before, const std::vector<uint32_t>& after)
      : removed(before.size()), added(after.size()), before_(before), after_(after) {
    while (x_ < count(before_) || y_ < count(after_)) search();
  }

  std::vector<bool> removed, added;

 private:
  static int64_t count(const std::vector<uint32_t>& lines) {
    return static_cast<int64_t>(lines.size());
  }

  /// How far down the diagonal k = x - y paths of d changes lead; row d holds k = -d ... d.
  int64_t& furthest(int64_t d, int64_t k) { return reached_[static_cast<size_t>(d * d + d + k)]; }

  int64_t start_of(int64_t d, int64_t k) {
    if (d == 0) return 0;
    const bool down = k == -d || (k != d && furthest(d - 1, k - 1) < furthest(d - 1, k + 1));
    return down ? furthest(d - 1, k + 1) : furthest(d - 1, k - 1) + 1;
  }

  /// From (x_, y_) to the end, or as far as the bound allows.
  void search() {
    const int64_t width = count(before_) - x_, height = count(after_) - y_;
    int64_t best = -1, best_k = 0;
    for (int64_t d = 0; d <= kMaxChanges; ++d) {
      reached_.resize(static_cast<size_t>((d + 1) * (d + 1)));
      best = -1;
      for (int64_t k = -d; k <= d; k += 2) {
        int64_t x = start_of(d, k);
        while (x < width && x - k < height && same(x, x - k)) ++x;
        furthest(d, k) = x;
        const bool inside = x <= width && x - k <= height;
        if (inside && 2 * x - k > best) {
          best = 2 * x - k;
          best_k = k;
        }
      }
      if (best == width + height || d == kMaxChanges) return take(d, best_k);
    }
  }

  bool same(int64_t x, int64_t y) const {
    return before_[static_cast<size_t>(x_ + x)] == after_[static_cast<size_t>(y_ + y)];
  }

  /// Walks the path that led to diagonal k back to where the search began, and moves there.
  void take(int64_t d, int64_t k) {
    const int64_t end_x = furthest(d, k), end_y = end_x - k;
    for (; d > 0; --d) {
      const bool down = k == -d || (k != d && furthest(d - 1, k - 1) < furthest(d - 1, k + 1));
      k += down ? 1 : -1;
      const int64_t x = furthest(d - 1, k);
      if (down)
        added[static_cast<size_t>(y_ + x - k)] = true;
      else
        removed[static_cast<size_t>(x_ + x)] = true;
    }
    x_ += end_x;
    y_ += end_y;
  }

  const std::vector<uint32_t>&before_, &after_;
  int64_t x_ = 0, y_ = 0;
  std::vector<int64_t> reached_;
};

/// A run of lines that differ: [old_begin, old_end) became [new_begin, new_end).
struct Block {
  size_t old_begin, old_end, new_begin, new_end;
};

std::vector<Block> blocks_of(const Changes& changes) {
  std::vector<Block> blocks;
  size_t x = 0, y = 0;
  while (x < changes.removed.size() || y < changes.added.size()) {
    const Block block = [&] {
      Block change{x, x, y, y};
      while (change.old_end < changes.removed.size() && changes.removed[change.old_end])
        ++change.old_end;
      while (change.new_end < changes.added.size() && changes.added[change.new_end])
        ++change.new_end;
      return change;
    }();
    x = block.old_end;
    y = block.new_end;
    if (block.old_begin != x || block.new_begin != y) {
      blocks.push_back(block);
    } else {
      ++x;
      ++y;
    }
  }
  return blocks;
}

struct Palette {
  std::string_view header, hunk, removed, added, reset;
};
constexpr Palette kPlain{};
constexpr Palette kColor{"\x1b[1m", "\x1b[36m", "\x1b[31m", "\x1b[32m", "\x1b[0m"};

class Writer {
 public:
  explicit Writer(bool color) : color_(color), palette_(color ? kColor : kPlain) {}

  void header(std::string_view path) {
    text +=
        fmt::format("{0}--- {2}{1}\n{0}+++ {2}{1}\n", palette_.header, palette_.reset, shown(path));
  }

  void hunk(size_t old_begin, size_t old_count, size_t new_begin, size_t new_count) {
    text += fmt::format("{}@@ -{} +{} @@{}\n", palette_.hunk, range(old_begin, old_count),
                        range(new_begin, new_count), palette_.reset);
  }

  void line(char mark, std::string_view bytes) {
    const bool ends = bytes.ends_with('\n');
    if (ends) bytes.remove_suffix(1);
    const std::string_view tint = mark == '-'   ? palette_.removed
                                  : mark == '+' ? palette_.added
                                                : std::string_view();
    text += tint;
    text += mark;
    text += shown(bytes);
    if (!tint.empty()) text += palette_.reset;
    text += ends ? "\n" : "\n\\ No newline at end of file\n";
  }

  std::string text;

 private:
  /// An empty range is named by the line before it.
  static std::string range(size_t begin, size_t count) {
    if (count == 1) return std::to_string(begin + 1);
    return fmt::format("{},{}", count == 0 ? begin : begin + 1, count);
  }

  /// In colour it is for a person; else `patch` needs the bytes.
  std::string shown(std::string_view bytes) const {
    if (!color_) return std::string(bytes);
    const bool cr = bytes.ends_with('\r');
    return readable_lines(bytes.substr(0, bytes.size() - (cr ? 1 : 0))) + (cr ? "\r" : "");
  }

  bool color_;
  const Palette& palette_;
};

}  // namespace

std::vector<ChangedLines> changed_lines(std::string_view before, std::string_view after) {
  const std::vector<std::string_view> old_lines = lines_with_ends(before),
                                      new_lines = lines_with_ends(after);
  Numbers numbers;
  const std::vector<uint32_t> old_numbers = numbers.of(old_lines),
                              new_numbers = numbers.of(new_lines);
  const auto offset = [](std::string_view text, const std::vector<std::string_view>& lines,
                         size_t line) {
    return line == lines.size() ? text.size()
                                : static_cast<size_t>(lines[line].data() - text.data());
  };
  std::vector<ChangedLines> changes;
  for (const Block& block : blocks_of(Changes(old_numbers, new_numbers))) {
    const size_t begin = offset(after, new_lines, block.new_begin);
    changes.push_back({offset(before, old_lines, block.old_begin),
                       offset(before, old_lines, block.old_end),
                       after.substr(begin, offset(after, new_lines, block.new_end) - begin)});
  }
  return changes;
}

std::string unified_diff(std::string_view path, std::string_view before, std::string_view after,
                         bool color) {
  if (before == after) return {};
  const std::vector<std::string_view> old_lines = lines_with_ends(before),
                                      new_lines = lines_with_ends(after);
  Numbers numbers;
  const std::vector<uint32_t> old_numbers = numbers.of(old_lines),
                              new_numbers = numbers.of(new_lines);
  const std::vector<Block> blocks = blocks_of(Changes(old_numbers, new_numbers));

  Writer writer(color);
  writer.header(path);
  for (size_t first = 0; first < blocks.size();) {
    size_t last = first;
    while (last + 1 < blocks.size() &&
           blocks[last + 1].old_begin - blocks[last].old_end <= 2 * kContext) {
      ++last;
    }
    const size_t lead = std::min(kContext, blocks[first].old_begin);
    const size_t trail = std::min(kContext, old_lines.size() - blocks[last].old_end);
    size_t x = blocks[first].old_begin - lead;
    const size_t y = blocks[first].new_begin - lead;
    writer.hunk(x, blocks[last].old_end + trail - x, y, blocks[last].new_end + trail - y);
    for (; first <= last; ++first) {
      const Block& block = blocks[first];
      while (x < block.old_begin) writer.line(' ', old_lines[x++]);
      while (x < block.old_end) writer.line('-', old_lines[x++]);
      for (size_t i = block.new_begin; i < block.new_end; ++i) writer.line('+', new_lines[i]);
    }
    for (size_t i = 0; i < trail; ++i) writer.line(' ', old_lines[x + i]);
  }
  return std::move(writer.text);
}

}  // namespace wafcheck
