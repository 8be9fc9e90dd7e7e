#pragma once
// A value of which parts are hidden, and percent-encoding read in place.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::formats::inline privacy {

/// A value, and a copy of it with '*' for the bytes that are hidden: offsets stay valid.
class Hidden {
 public:
  /// The value must outlive it.
  explicit Hidden(std::string_view value) : value_(value), shown_(value) {}

  std::string_view value() const { return value_; }
  /// Hides the bytes from `begin` up to `end`.
  void hide(size_t begin, size_t end) {
    end = std::min(end, shown_.size());
    if (begin < end) shown_.replace(begin, end - begin, end - begin, '*');
  }
  std::string take() && { return std::move(shown_); }

 private:
  std::string_view value_;
  std::string shown_;
};

/// `text` with `%HH` and '+' decoded. `where`, unless null, gets the place in `text` of each byte,
/// and of the end.
std::string form_decoded(std::string_view text, std::vector<size_t>* where = nullptr);

}  // namespace wafcheck::formats::inline privacy
