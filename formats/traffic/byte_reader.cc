#include "formats/traffic/byte_reader.h"

#include <algorithm>

namespace wafcheck::formats::inline traffic {
namespace {
constexpr size_t kChunk = size_t{64} << 10;
}

Place place_after(Place from, std::string_view text) {
  from.offset += text.size();
  size_t begin = 0;  // of the last line
  for (size_t feed = 0; (feed = text.find('\n', begin)) != std::string_view::npos;
       begin = feed + 1) {
    ++from.line;
    from.column = 1;
  }
  from.column += static_cast<uint32_t>(text.size() - begin);
  return from;
}

std::string_view ByteReader::peek(size_t least) {
  if (window_.size() < least && in_ != nullptr) fill(least);
  return window_;
}

void ByteReader::skip(size_t count) {
  place_ = place_after(place_, window_.substr(0, count));
  window_.remove_prefix(count);
}

void ByteReader::fill(size_t least) {
  buffer_.erase(0, buffer_.size() - window_.size());
  size_t filled = buffer_.size();
  while (filled < least) {
    // Wait for one byte, then take what has come with it.
    if (in_->peek() == std::istream::traits_type::eof()) {
      failed_ = in_->bad();
      in_ = nullptr;
      break;
    }
    const std::streamsize ready = in_->rdbuf()->in_avail();
    const size_t want = std::clamp<size_t>(ready > 0 ? static_cast<size_t>(ready) : 1, 1, kChunk);
    buffer_.resize(filled + want);
    // Not by its buffer, which may throw.
    in_->read(buffer_.data() + filled, static_cast<std::streamsize>(want));
    filled += static_cast<size_t>(in_->gcount());
  }
  buffer_.resize(filled);
  window_ = buffer_;
}

void skip_byte_order_mark(ByteReader& in) {
  if (in.peek(3).starts_with("\xEF\xBB\xBF")) in.skip(3);
}

void append_up_to(std::string& text, std::string_view part, size_t limit) {
  const size_t size = text.size() + part.size();
  if (size > text.capacity() && size > limit / 4) text.reserve(std::max(size, limit));
  text += part;
}

LineEnd read_line(ByteReader& in, size_t limit, std::string& line) {
  const LineEnd end = read_whole_line(in, limit, line);
  if (line.ends_with('\n')) line.pop_back();
  if (line.ends_with('\r')) line.pop_back();
  return end;
}

LineEnd read_whole_line(ByteReader& in, size_t limit, std::string& line) {
  line.clear();
  if (in.at_end()) return LineEnd::none;
  bool too_long = false;
  for (bool ended = false; !ended;) {
    const std::string_view ahead = in.peek();
    if (ahead.empty()) break;
    const size_t feed = ahead.find('\n');
    ended = feed != std::string_view::npos;
    const std::string_view part = ahead.substr(0, feed);
    too_long = too_long || part.size() > limit - line.size();
    if (!too_long) append_up_to(line, part, limit);
    if (ended && !too_long) line += '\n';
    in.skip(part.size() + (ended ? 1 : 0));
  }
  if (too_long) {
    line = std::string();
    return LineEnd::too_long;
  }
  return LineEnd::line;
}

}  // namespace wafcheck::formats::inline traffic
