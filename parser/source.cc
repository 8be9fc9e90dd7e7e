#include "parser/source.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace wafcheck::parser {
namespace {

/// A line ends after its LF, so that a file which ends in LF has an empty last line, as in editors.
std::vector<uint32_t> find_line_starts(std::string_view bytes) {
  std::vector<uint32_t> starts{0};
  for (size_t lf = bytes.find('\n'); lf != bytes.npos; lf = bytes.find('\n', lf + 1)) {
    starts.push_back(static_cast<uint32_t>(lf + 1));
  }
  return starts;
}

/// The index of the line that holds `offset`.
size_t line_index(const Source& source, uint32_t offset) {
  const auto next = std::ranges::upper_bound(source.line_starts, offset);
  return static_cast<size_t>(next - source.line_starts.begin()) - 1;
}

}  // namespace

FileId Sources::add(std::string path, std::string bytes) {
  assert(bytes.size() <= kMaxBytes);
  std::vector<uint32_t> starts = find_line_starts(bytes);
  sources_.push_back({std::move(path), std::move(bytes), std::move(starts)});
  return static_cast<FileId>(sources_.size() - 1);
}

Place Sources::begin_of(Span span) const {
  return place(span.file, span.begin);
}

Place Sources::end_of(Span span) const {
  return place(span.file, span.end);
}

std::string_view Sources::text(Span span) const {
  if (span.file >= sources_.size()) return {};
  const std::string_view bytes = sources_[span.file].bytes;
  if (span.begin >= bytes.size() || span.end <= span.begin) return {};
  return bytes.substr(span.begin, span.end - span.begin);
}

std::string_view Sources::line_at(FileId file, uint32_t offset) const {
  if (file >= sources_.size()) return {};
  const Source& source = sources_[file];
  const size_t index = line_index(source, offset);
  const size_t begin = source.line_starts[index];
  if (index + 1 == source.line_starts.size()) return std::string_view(source.bytes).substr(begin);
  std::string_view line(source.bytes.data() + begin, source.line_starts[index + 1] - 1 - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Place Sources::place(FileId file, uint32_t offset) const {
  if (file >= sources_.size()) return {};
  const Source& source = sources_[file];
  offset = std::min(offset, static_cast<uint32_t>(source.bytes.size()));
  const size_t line = line_index(source, offset);
  return {source.path, static_cast<uint32_t>(line + 1), offset - source.line_starts[line] + 1};
}

}  // namespace wafcheck::parser
