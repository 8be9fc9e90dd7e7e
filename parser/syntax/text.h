#pragma once
// Text of a rules file in which each byte knows where it stands in the source.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/source.h"

namespace wafcheck::parser::inline syntax {

/// A string that was put together from pieces of a source.
class Text {
 public:
  Text() = default;
  explicit Text(FileId file) : file_(file) {}

  const std::string& str() const { return value_; }
  std::string_view view() const { return value_; }
  bool empty() const { return value_.empty(); }
  size_t size() const { return value_.size(); }

  void append(char byte, uint32_t source);
  /// Appends bytes that stand in the source at `source`, unbroken.
  void append(std::string_view bytes, uint32_t source);
  /// Appends the part [begin, end) of another text, keeping the way back.
  void append(const Text& from, size_t begin, size_t end);
  /// The part [begin, end), keeping the way back.
  Text sub(size_t begin, size_t end = std::string::npos) const;

  /// The source range of [begin, end) of this text; an empty range stands where `begin` would.
  Span span(size_t begin, size_t end) const;
  Span span() const { return span(0, value_.size()); }
  FileId file() const { return file_; }

 private:
  uint32_t source_of(size_t at) const;
  /// Piece i covers value_[at, next piece's at), standing in the source from `source` on.
  struct Piece {
    uint32_t at;
    uint32_t source;
  };
  FileId file_ = kNoFile;
  std::string value_;
  std::vector<Piece> pieces_;
  uint32_t end_source_ = 0;
};

}  // namespace wafcheck::parser::inline syntax
