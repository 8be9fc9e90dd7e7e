#include "parser/syntax/text.h"

#include <algorithm>

namespace wafcheck::parser::inline syntax {

void Text::append(char byte, uint32_t source) {
  append(std::string_view(&byte, 1), source);
}

void Text::append(std::string_view bytes, uint32_t source) {
  if (bytes.empty()) {
    if (value_.empty()) end_source_ = source;
    return;
  }
  if (pieces_.empty() || source != end_source_) {
    pieces_.push_back({static_cast<uint32_t>(value_.size()), source});
  }
  value_ += bytes;
  end_source_ = source + static_cast<uint32_t>(bytes.size());
}

void Text::append(const Text& from, size_t begin, size_t end) {
  end = std::min(end, from.value_.size());
  if (begin >= end) return append("", from.source_of(begin));
  auto piece = std::ranges::upper_bound(from.pieces_, begin, {}, &Piece::at) - 1;
  for (size_t at = begin; at < end; ++piece) {
    const size_t next = piece + 1 == from.pieces_.end() ? from.value_.size() : (piece + 1)->at;
    const size_t stop = std::min(next, end);
    append(std::string_view(from.value_).substr(at, stop - at),
           piece->source + static_cast<uint32_t>(at - piece->at));
    at = stop;
  }
}

Text Text::sub(size_t begin, size_t end) const {
  Text part(file_);
  part.append(*this, begin, end);
  return part;
}

Span Text::span(size_t begin, size_t end) const {
  const uint32_t first = source_of(begin);
  return {file_, first, end <= begin ? first : source_of(end - 1) + 1};
}

uint32_t Text::source_of(size_t at) const {
  if (at >= value_.size()) return end_source_;
  const auto piece = std::ranges::upper_bound(pieces_, at, {}, &Piece::at) - 1;
  return piece->source + static_cast<uint32_t>(at - piece->at);
}

}  // namespace wafcheck::parser::inline syntax
