#pragma once
// A stream of bytes with lookahead that knows where it is: what every traffic reader stands on.

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>

namespace wafcheck::formats::inline traffic {

/// A place in a source. Lines and columns count from 1, columns count bytes.
struct Place {
  uint64_t offset = 0;
  uint32_t line = 1, column = 1;
};

/// `from` moved on by `text`.
Place place_after(Place from, std::string_view text);

class ByteReader {
 public:
  /// Reads `in`, which must outlive the reader. A pipe is read as it comes: no call waits for more
  /// bytes than it was asked for. `start`: where the stream begins in its source.
  explicit ByteReader(std::istream& in, uint64_t start = 0) : in_(&in) { place_.offset = start; }
  /// Reads bytes that are there already; they must outlive the reader.
  explicit ByteReader(std::string_view bytes) : window_(bytes) {}

  ByteReader(const ByteReader&) = delete;
  ByteReader& operator=(const ByteReader&) = delete;

  /// The bytes ahead: at least `least` of them unless the source ends before. Views of earlier
  /// calls are no longer valid.
  std::string_view peek(size_t least = 1);
  /// Passes over `count` bytes of the last peek.
  void skip(size_t count);
  bool at_end() { return peek().empty(); }
  /// Whether the source ended in a read error.
  bool failed() const { return failed_; }
  const Place& place() const { return place_; }

 private:
  void fill(size_t least);

  std::istream* in_ = nullptr;
  std::string buffer_;
  std::string_view window_;  ///< what is not yet passed over, of `buffer_` or of the given bytes
  Place place_;
  bool failed_ = false;
};

/// Passes over a UTF-8 byte order mark.
void skip_byte_order_mark(ByteReader& in);

/// Appends to a text that will not go over `limit` bytes. Growing by doubling, a text near the
/// limit would take twice its size or more for a while: the last step is to the limit itself.
void append_up_to(std::string& text, std::string_view part, size_t limit);

enum class LineEnd : uint8_t {
  line,      ///< a line, whole
  too_long,  ///< the line went over the limit; it was passed over to its end
  none,      ///< the end of the input; no line
};

/// Reads a line without its LF or CRLF into `line` (replaced). The last line needs no line end.
LineEnd read_line(ByteReader& in, size_t limit, std::string& line);
/// The same with its line end, which does not count towards the limit.
LineEnd read_whole_line(ByteReader& in, size_t limit, std::string& line);

}  // namespace wafcheck::formats::inline traffic
