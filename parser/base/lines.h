#pragma once
// A text line by line.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <vector>

namespace wafcheck {

/// The lines of a text, without their LF, found as they are asked for; the empty piece behind the
/// last LF is none.
class Lines {
 public:
  class Iterator {
   public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;

    Iterator() = default;
    explicit Iterator(std::string_view rest) : rest_(rest), length_(length_of(rest)) {}
    std::string_view operator*() const { return rest_.substr(0, length_); }
    Iterator& operator++() {
      rest_.remove_prefix(std::min(length_ + 1, rest_.size()));
      length_ = length_of(rest_);
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return rest_.data() == other.rest_.data(); }
    bool operator==(std::default_sentinel_t) const { return rest_.empty(); }

   private:
    static size_t length_of(std::string_view rest) {
      return std::min(rest.find('\n'), rest.size());
    }

    std::string_view rest_;
    size_t length_ = 0;
  };

  explicit Lines(std::string_view text) : text_(text) {}
  Iterator begin() const { return Iterator(text_); }
  static std::default_sentinel_t end() { return {}; }

 private:
  std::string_view text_;
};

/// All of them.
std::vector<std::string_view> split_lines(std::string_view text);

}  // namespace wafcheck
