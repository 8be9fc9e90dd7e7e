#pragma once
// Where bytes came from. Every token, rule and diagnostic points back here with a Span; lines and
// columns are worked out only when a person is to see them.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::parser {

using FileId = uint32_t;
inline constexpr FileId kNoFile = UINT32_MAX;

/// A half-open range of bytes in one source.
struct Span {
  FileId file = kNoFile;
  uint32_t begin = 0;
  uint32_t end = 0;

  bool operator==(const Span&) const = default;
};

/// A position as people count it: both from 1, columns in bytes.
struct Place {
  std::string_view path;
  uint32_t line = 0;
  uint32_t column = 0;
};

struct Source {
  std::string path;  ///< as given on the command line or by the Include that named it
  std::string bytes;
  std::vector<uint32_t> line_starts;  ///< offset of the first byte of each line
};

/// Owns every source; addresses stay valid while it lives.
class Sources {
 public:
  /// The longest source that a Span can point into; readers of files refuse longer ones.
  static constexpr size_t kMaxBytes = UINT32_MAX - 1;

  FileId add(std::string path, std::string bytes);

  const Source& operator[](FileId file) const { return sources_[file]; }
  size_t size() const { return sources_.size(); }

  // A span without a file has an empty Place and no text; offsets past the end count as the end.
  Place begin_of(Span span) const;
  Place end_of(Span span) const;
  std::string_view text(Span span) const;
  /// The physical line that holds `offset`, without its line end.
  std::string_view line_at(FileId file, uint32_t offset) const;

 private:
  Place place(FileId file, uint32_t offset) const;
  std::deque<Source> sources_;
};

}  // namespace wafcheck::parser
