#pragma once
// Where a JSON value ends, found without parsing it: what lets a HAR be read an entry at a time.

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace wafcheck::formats::inline json {

/// Follows strings and brackets of one value through a stream, in linear time and in memory bounded
/// by the depth limit. It does not judge the value: a parser does that with the bytes found.
/// Brackets that do not pair are mended (a closer closes the nearest opener of its kind, a closer
/// without one is passed over), so that a fault inside a value stays inside.
class JsonSpan {
 public:
  /// `depth_limit`: how many brackets may be open at once, at least 1.
  explicit JsonSpan(size_t depth_limit) : depth_limit_(std::max<size_t>(depth_limit, 1)) {}

  /// How many bytes at the start of `text` (the input ahead) belong to the value. All of them,
  /// unless the value is done.
  size_t feed(std::string_view text);
  /// Whether the end was seen. A number or word ends only before a byte that cannot belong to it.
  bool done() const { return done_; }
  /// Whether the value is nested deeper than the limit.
  bool too_deep() const { return too_deep_; }

 private:
  size_t& awaited(char closer) { return closer == '}' ? braces_ : brackets_; }
  void open(char closer);
  void close(char closer);

  const size_t depth_limit_;
  std::vector<char> closers_;         ///< those awaited, up to the depth limit
  size_t braces_ = 0, brackets_ = 0;  ///< how many of each kind are in `closers_`
  size_t beyond_ = 0;                 ///< brackets open past the depth limit, of either kind
  bool started_ = false, in_string_ = false, escaped_ = false, done_ = false, too_deep_ = false;
};

}  // namespace wafcheck::formats::inline json
