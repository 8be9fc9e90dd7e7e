#include "parser/base/window.h"

#include <algorithm>

namespace wafcheck {
namespace {

/// The begin of the character that `at` stands in.
size_t character_begin(std::string_view bytes, size_t at) {
  const auto is_inside = [&](size_t offset) {
    return offset > 0 && offset < bytes.size() &&
           (static_cast<unsigned char>(bytes[offset]) & 0xC0) == 0x80;
  };
  for (int i = 0; i < 3 && is_inside(at); ++i) --at;
  return at;
}

}  // namespace

Window window_around(std::string_view bytes, size_t mark_begin, size_t mark_end, size_t most) {
  Window window;
  window.end = bytes.size();
  if (bytes.size() > most) {
    const size_t at = std::min(mark_begin, bytes.size());
    const size_t marked = std::min(std::clamp(mark_end, at, bytes.size()) - at, most);
    window.begin = character_begin(bytes, at - std::min(at, (most - marked) / 3));
    window.end = character_begin(bytes, std::min(bytes.size(), window.begin + most));
  }
  window.mark_begin = std::clamp(mark_begin, window.begin, window.end);
  window.mark_end = std::clamp(mark_end, window.mark_begin, window.end);
  return window;
}

}  // namespace wafcheck
