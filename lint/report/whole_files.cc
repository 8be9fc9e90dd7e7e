#include "lint/report/whole_files.h"

#include <algorithm>
#include <utility>

namespace wafcheck::lint::inline report {

using parser::Edit;
using parser::FileId;
using parser::Source;
using parser::Sources;
using parser::Span;

FileId WholeFiles::file(FileId of) {
  const Source& source = from_[of];
  const Source& whole = source.embedding ? *source.embedding->file : source;
  const auto [it, inserted] = ids_.try_emplace(whole.path);
  if (inserted) it->second = to_.add(whole.path, whole.bytes);
  return it->second;
}

Span WholeFiles::span(Span of) {
  if (of.file == parser::kNoFile) return of;
  const Source& source = from_[of.file];
  if (!source.embedding) return {file(of.file), of.begin, of.end};
  const auto size = static_cast<uint32_t>(source.bytes.size());
  const uint32_t begin = std::min(of.begin, size), end = std::min(of.end, size);
  const parser::Embedding& embedding = *source.embedding;
  const uint32_t from = embedding.offset_in_file(begin);
  // What ends with a line does not reach into the next one's indentation.
  const bool ends_line = end > begin && source.bytes[end - 1] == '\n';
  const uint32_t to = end <= begin ? from
                      : ends_line  ? embedding.offset_in_file(end - 1) + 1
                                   : embedding.offset_in_file(end);
  return {file(of.file), from, std::max(from, to)};
}

std::optional<Edit> WholeFiles::edit(const Edit& of) {
  if (of.span.file == parser::kNoFile || !from_[of.span.file].embedding) {
    return Edit{span(of.span), of.replacement};
  }
  const Source& source = from_[of.span.file];
  const auto edit = parser::edit_in_file(source, of.span.begin, of.span.end, of.replacement);
  const auto same = parser::edit_in_file(source, of.span.begin, of.span.end, from_.text(of.span));
  if (!edit || !same) return std::nullopt;
  const Span whole{file(of.span.file), edit->begin, edit->end};
  if (same->replacement != to_.text(whole)) return std::nullopt;
  return Edit{whole, edit->replacement};
}

parser::Diagnostic WholeFiles::finding(const parser::Diagnostic& of) {
  parser::Diagnostic moved = of;
  moved.span = span(of.span);
  for (parser::Label& label : moved.related) label.span = span(label.span);
  if (!moved.fix) return moved;
  for (Edit& each : moved.fix->edits) {
    std::optional<Edit> translated = edit(each);
    if (!translated) {
      moved.fix.reset();
      return moved;
    }
    each = *std::move(translated);
  }
  return moved;
}

bool is_embedded(const parser::Diagnostic& finding, const Sources& sources) {
  const auto embedded = [&](Span span) {
    return span.file != parser::kNoFile && sources[span.file].embedding != nullptr;
  };
  return embedded(finding.span) ||
         std::ranges::any_of(finding.related, embedded, &parser::Label::span);
}

}  // namespace wafcheck::lint::inline report
