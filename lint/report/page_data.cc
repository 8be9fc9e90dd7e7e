// The data of a page for a browser: the findings as in the format `json`, with the source lines of
// each, what its fix changes, and the checks that found something. A line of source is
// [number, before, marked, behind, bytes cut off before, behind].

#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "lint/checks/edits.h"
#include "lint/report/json.h"
#include "lint/report/report.h"
#include "parser/base/lines.h"
#include "parser/base/window.h"

namespace wafcheck::lint::inline report {
namespace {

using parser::Edit;
using parser::FileId;
using parser::Sources;
using parser::Span;

// Bounds of what a finding shows.
constexpr size_t kLineBytes = 320;
constexpr uint32_t kLinesShown = 8;
constexpr size_t kPlacesShown = 8;         ///< related ones
constexpr size_t kFixBytes = 64 << 10;     ///< of the lines that a fix changes
constexpr size_t kChangedLinesShown = 24;  ///< removed, and added

/// Adds the part of a line around its marked bytes to a row, and what of it is cut off.
void put_line(Json& row, std::string_view line, size_t begin, size_t end) {
  const Window window = window_around(line, begin, end, kLineBytes);
  for (const std::string_view piece :
       {window.before(line), window.marked(line), window.behind(line)}) {
    row.push_back(json_text(piece));
  }
  if (window.is_whole(line)) return;
  row.push_back(window.begin);
  row.push_back(line.size() - window.end);
}

/// The lines of a span, the first ones where there are many.
Json lines_of(Span span, const Sources& sources) {
  Json lines = Json::array();
  const parser::Source& source = sources[span.file];
  const uint32_t first = sources.begin_of(span).line, last = sources.end_of(span).line;
  for (uint32_t line = first; line <= std::min(last, first + kLinesShown - 1); ++line) {
    const uint32_t begin = source.line_starts[line - 1];
    Json row = {line};
    put_line(row, sources.line_at(span.file, begin), line == first ? span.begin - begin : 0,
             line == last ? span.end - begin : SIZE_MAX);
    lines.push_back(std::move(row));
  }
  return lines;
}

Json excerpts_of(const Finding& finding, const Sources& sources) {
  Json excerpts = Json::array();
  const auto add = [&](Span span, std::string_view message) {
    if (span.file == parser::kNoFile) return;
    const uint32_t lines = sources.end_of(span).line - sources.begin_of(span).line + 1;
    Json row = {{"file", json_text(sources[span.file].path)},
                {"message", json_text_or_null(message)},
                {"lines", lines_of(span, sources)}};
    if (lines > kLinesShown) row["lines_left_out"] = lines - kLinesShown;
    excerpts.push_back(std::move(row));
  };
  add(finding->span, {});
  for (size_t at = 0; at < std::min(finding->related.size(), kPlacesShown); ++at) {
    add(finding->related[at].span, finding->related[at].message);
  }
  return excerpts;
}

/// How many items two lists have in common, from the front.
template <typename Items>
size_t common_prefix(const Items& a, const Items& b) {
  return static_cast<size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

/// The same from the back, at most `most`.
template <typename Items>
size_t common_suffix(const Items& a, const Items& b, size_t most) {
  size_t count = 0;
  while (count < most && a[a.size() - 1 - count] == b[b.size() - 1 - count]) ++count;
  return count;
}

/// Rows of ["-" or "+", before, changed, behind, ...] for the edits of one file, in its order; the
/// name of the file stands before them.
void put_changes(Json& rows, FileId file, const std::vector<Edit>& edits, const Sources& sources) {
  const std::string_view bytes = sources[file].bytes;
  uint32_t begin = UINT32_MAX, end = 0;
  for (const Edit& edit : edits) {
    begin = std::min(begin, edit.span.begin);
    end = std::max(end, edit.span.end);
  }
  const size_t line_end = bytes.find('\n', end);
  const size_t from = begin == 0 ? 0 : bytes.rfind('\n', begin - 1) + 1;
  const std::string_view before =
      bytes.substr(from, line_end == std::string_view::npos ? line_end : line_end - from);
  rows.push_back(
      {"file", json_text(sources[file].path), sources.begin_of({file, begin, end}).line});
  if (before.size() > kFixBytes) {
    rows.push_back({"more", before.size()});
    return;
  }
  std::vector<Edit> shifted = edits;
  for (Edit& edit : shifted) {
    edit.span.begin -= static_cast<uint32_t>(from);
    edit.span.end -= static_cast<uint32_t>(from);
  }
  const std::string after = with_edits(before, shifted);
  std::vector<std::string_view> old_lines = split_lines(before), new_lines = split_lines(after);
  const size_t head = common_prefix(old_lines, new_lines);
  old_lines.erase(old_lines.begin(), old_lines.begin() + static_cast<ptrdiff_t>(head));
  new_lines.erase(new_lines.begin(), new_lines.begin() + static_cast<ptrdiff_t>(head));
  const size_t tail =
      common_suffix(old_lines, new_lines, std::min(old_lines.size(), new_lines.size()));
  old_lines.resize(old_lines.size() - tail);
  new_lines.resize(new_lines.size() - tail);
  const bool pairs = old_lines.size() == new_lines.size();
  const auto put = [&](std::string_view sign, const std::vector<std::string_view>& lines,
                       const std::vector<std::string_view>& others) {
    for (size_t at = 0; at < std::min(lines.size(), kChangedLinesShown); ++at) {
      size_t same = 0, same_behind = lines[at].size();
      if (pairs) {
        const std::string_view other = others[at];
        same = common_prefix(lines[at], other);
        same_behind =
            common_suffix(lines[at], other, std::min(lines[at].size(), other.size()) - same);
      }
      Json row = {sign};
      put_line(row, lines[at], same, std::max(same, lines[at].size() - same_behind));
      rows.push_back(std::move(row));
    }
    if (lines.size() > kChangedLinesShown) {
      rows.push_back({"more", lines.size() - kChangedLinesShown, sign});
    }
  };
  put("-", old_lines, new_lines);
  put("+", new_lines, old_lines);
}

Json changes_of(const parser::Fix& fix, const Sources& sources) {
  std::map<FileId, std::vector<Edit>> files;
  for (const Edit& edit : fix.edits) files[edit.span.file].push_back(edit);
  Json rows = Json::array();
  for (const auto& [file, edits] : files) put_changes(rows, file, edits, sources);
  return rows;
}

}  // namespace

void write_page_data(const Report& report, std::ostream& out) {
  const Sources& sources = report.sources;
  out << R"({"schema":1,"files":)" << report.files << R"(,"rules":)" << report.rules
      << R"(,"complete":)" << (report.complete ? "true" : "false") << R"(,"findings":[)";
  std::set<const CheckInfo*> checks;
  bool first = true;
  for (const Finding& finding : report.findings) {
    if (!out) return;
    Json row = finding_json(finding, sources);
    row["excerpts"] = excerpts_of(finding, sources);
    if (finding->fix) {
      row["fix"] = {{"title", json_text(finding->fix->title)},
                    {"safe", finding->fix->safe},
                    {"changes", changes_of(*finding->fix, sources)}};
    }
    out << (first ? "" : ",\n") << dump(row);
    first = false;
    if (finding.check != nullptr) checks.insert(finding.check);
  }
  out << R"(],"checks":[)";
  first = true;
  for (const CheckInfo* check : checks) {
    out << (first ? "" : ",\n") << dump(check_json(*check));
    first = false;
  }
  out << R"(],"summary":)" << dump(summary_json(report)) << "}";
}

}  // namespace wafcheck::lint::inline report
