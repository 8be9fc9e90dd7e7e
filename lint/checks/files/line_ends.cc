// The check on line endings of rules files.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lint/checks/check.h"

namespace wafcheck::lint::inline checks {
namespace {

struct LineEnd {
  std::string_view bytes, name;
  size_t count = 0;
  size_t first = std::string_view::npos;
};

size_t kind_at(std::string_view bytes, size_t at) {
  if (bytes[at] == '\n') return 0;
  return bytes.substr(at, 2) == "\r\n" ? 1 : 2;
}

}  // namespace

void mixed_line_endings(const Context& context, Findings& findings) {
  for (const parser::LoadedFile& file : context.ruleset.files) {
    const std::string_view bytes = context.ruleset.sources[file.file].bytes;
    // A file without directives may not be a rules file.
    if (file.tree.directives.empty() || bytes.find('\r') == std::string_view::npos) continue;
    std::array<LineEnd, 3> kinds = {{{"\n", "LF"}, {"\r\n", "CR LF"}, {"\r", "CR"}}};
    const auto each = [&](const auto& visit) {
      for (size_t at = 0; (at = bytes.find_first_of("\r\n", at)) != std::string_view::npos;) {
        const size_t kind = kind_at(bytes, at);
        visit(at, kinds[kind]);
        at += kinds[kind].bytes.size();
      }
    };
    each([](size_t at, LineEnd& kind) {
      if (kind.count++ == 0) kind.first = at;
    });
    LineEnd* const most = &*std::ranges::max_element(kinds, {}, &LineEnd::count);
    const LineEnd* other = nullptr;
    for (const LineEnd& kind : kinds) {
      if (&kind == most || kind.count == 0) continue;
      if (other == nullptr || kind.first < other->first) other = &kind;
    }
    if (other == nullptr) continue;
    const auto span = [&](size_t begin, size_t size) {
      return parser::Span{file.file, static_cast<uint32_t>(begin),
                          static_cast<uint32_t>(begin + size)};
    };
    const size_t line = bytes.substr(0, other->first).find_last_of("\r\n") + 1;
    auto& finding =
        findings.add(Check::mixed_line_endings, span(line, other->first - line),
                     fmt::format("this line ends with {}, other lines of this file with {}",
                                 other->name, most->name),
                     fmt::format("end all lines with {}", most->name));
    finding.fix = parser::Fix{finding.help, true, {}};
    each([&](size_t at, LineEnd& kind) {
      if (&kind == most) return;
      finding.fix->edits.push_back({span(at, kind.bytes.size()), std::string(most->bytes)});
    });
  }
}

}  // namespace wafcheck::lint::inline checks
