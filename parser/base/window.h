#pragma once
// The part of long bytes that is shown: around what is of interest in them.

#include <cstddef>
#include <string_view>

namespace wafcheck {

/// Offsets: what is shown, and in it what is marked.
struct Window {
  size_t begin = 0, mark_begin = 0, mark_end = 0, end = 0;

  std::string_view before(std::string_view bytes) const {
    return bytes.substr(begin, mark_begin - begin);
  }
  std::string_view marked(std::string_view bytes) const {
    return bytes.substr(mark_begin, mark_end - mark_begin);
  }
  std::string_view behind(std::string_view bytes) const {
    return bytes.substr(mark_end, end - mark_end);
  }
  bool is_whole(std::string_view bytes) const { return begin == 0 && end == bytes.size(); }
};

/// At most `most` bytes, which begin and end between characters of UTF-8: all of them where they
/// fit, else those around [mark_begin, mark_end), a third of the rest before them. Of a mark that
/// is longer, its beginning. A mark past the end is taken as its end.
Window window_around(std::string_view bytes, size_t mark_begin, size_t mark_end, size_t most);

}  // namespace wafcheck
