#include "parser/syntax/finding_limit.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/ruleset.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline syntax {
namespace {

constexpr auto kRow = static_cast<CheckRow>(SyntaxCheck::findings_left_out);

size_t hash_of(const Diagnostic& diagnostic) {
  const uint64_t place = (uint64_t{diagnostic.span.begin} << 32) ^ diagnostic.span.end;
  const size_t text = std::hash<std::string_view>()(diagnostic.message);
  return std::hash<uint64_t>()(place) ^ (text * 31 + diagnostic.row);
}

}  // namespace

bool FindingLimit::takes(const Diagnostic& diagnostic) {
  File& file = files_[diagnostic.span.file];
  if (diagnostic.row == kRow) {
    leave_out(file, diagnostic);
    return false;
  }
  const bool over = file.kept >= kMaxFindingsOfFile || kept_ >= kMaxFindings;
  if (file.repeated && !file.found.insert(hash_of(diagnostic)).second) return false;
  if (over) {
    leave_out(file, diagnostic);
    return false;
  }
  ++file.kept;
  ++kept_;
  return true;
}

void FindingLimit::leave_out(File& file, const Diagnostic& diagnostic) {
  file.left_out += std::max<size_t>(diagnostic.left_out, 1);
  file.worst = std::max(file.worst, diagnostic.severity);
  file.effect = std::max(file.effect, diagnostic.effect);
}

void FindingLimit::trim(Diagnostics& diagnostics, size_t begin) {
  const auto first = diagnostics.begin() + static_cast<ptrdiff_t>(begin);
  diagnostics.erase(std::remove_if(first, diagnostics.end(),
                                   [&](const Diagnostic& found) { return !takes(found); }),
                    diagnostics.end());
}

void FindingLimit::repeat(FileId id, const Diagnostics& found) {
  File& file = files_[id];
  if (std::exchange(file.repeated, true)) return;
  for (const Diagnostic& diagnostic : found) {
    if (diagnostic.span.file == id) file.found.insert(hash_of(diagnostic));
  }
}

void FindingLimit::tell(Diagnostics& to, const Sources& sources) const {
  std::vector<FileId> ids;
  for (const auto& [id, file] : files_) {
    if (file.left_out != 0) ids.push_back(id);
  }
  std::ranges::sort(ids);
  for (const FileId id : ids) {
    const File& file = files_.at(id);
    // Behind all else in the file, where it has one.
    const auto end = id == kNoFile ? uint32_t{0} : static_cast<uint32_t>(sources[id].bytes.size());
    const Span span{id, end, end};
    Diagnostic& told = report(
        to, SyntaxCheck::findings_left_out, span,
        fmt::format("{} more finding{} {} left out", file.left_out, file.left_out == 1 ? "" : "s",
                    file.left_out == 1 ? "is" : "are"),
        fmt::format("correct what is shown first: it is {} findings of a file, and {} of all",
                    kMaxFindingsOfFile, kMaxFindings));
    told.severity = file.worst;
    told.effect = file.effect;
    told.left_out = file.left_out;
  }
}

}  // namespace wafcheck::parser::inline syntax
