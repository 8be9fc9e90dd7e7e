#include "parser/source.h"

#include <algorithm>
#include <cassert>
#include <iterator>
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

Source make_source(std::string path, std::string bytes) {
  assert(bytes.size() <= Sources::kMaxBytes);
  std::vector<uint32_t> starts = find_line_starts(bytes);
  return {std::move(path), std::move(bytes), std::move(starts)};
}

uint32_t Embedding::offset_in_file(uint32_t inner) const {
  const auto next = std::ranges::upper_bound(steps, inner, {}, &Step::inner);
  if (next == steps.begin()) return 0;
  const Step& step = *std::prev(next);
  return step.outer + (inner - step.inner);
}

std::optional<EditInFile> edit_in_file(const Source& source, uint32_t begin, uint32_t end,
                                       std::string_view replacement) {
  const std::string_view text = source.bytes;
  std::string whole(replacement);
  if (begin == text.size() && text.ends_with('\n')) {
    // Behind the last line the file has no indentation: what comes there continues that line.
    whole.insert(whole.begin(), '\n');
    --begin;
  }
  const Embedding& embedding = *source.embedding;
  std::optional<std::string> written = embedding.written(whole, text.substr(end));
  if (!written) return std::nullopt;
  return EditInFile{embedding.offset_in_file(begin), embedding.offset_in_file(end),
                    *std::move(written)};
}

FileId Sources::add(std::string path, std::string bytes,
                    std::shared_ptr<const Embedding> embedding) {
  auto source = std::make_shared<Source>(make_source(std::move(path), std::move(bytes)));
  source->embedding = std::move(embedding);
  sources_.push_back(std::move(source));
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
  const std::string_view bytes = sources_[span.file]->bytes;
  if (span.begin >= bytes.size() || span.end <= span.begin) return {};
  return bytes.substr(span.begin, span.end - span.begin);
}

std::string_view Sources::line_at(FileId file, uint32_t offset) const {
  if (file >= sources_.size()) return {};
  const Source& source = *sources_[file];
  const size_t index = line_index(source, offset);
  const size_t begin = source.line_starts[index];
  if (index + 1 == source.line_starts.size()) return std::string_view(source.bytes).substr(begin);
  std::string_view line(source.bytes.data() + begin, source.line_starts[index + 1] - 1 - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Place Sources::place(FileId file, uint32_t offset) const {
  if (file >= sources_.size()) return {};
  const Source* of = sources_[file].get();
  offset = std::min(offset, static_cast<uint32_t>(of->bytes.size()));
  if (of->embedding) {
    offset = of->embedding->offset_in_file(offset);
    of = of->embedding->file.get();
  }
  const Source& source = *of;
  const size_t line = line_index(source, offset);
  return {source.path, static_cast<uint32_t>(line + 1), offset - source.line_starts[line] + 1};
}

}  // namespace wafcheck::parser
