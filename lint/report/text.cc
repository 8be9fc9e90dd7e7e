#include "lint/report/text.h"

#include <fmt/format.h>

#include <map>
#include <string>

#include "lint/report/display.h"
#include "lint/report/excerpt.h"
#include "lint/report/whole_files.h"

namespace wafcheck::lint::inline report {
namespace {

using parser::Diagnostic;
using parser::Place;
using parser::Sources;
using parser::Span;

constexpr size_t kDefaultColumns = 80;
constexpr size_t kIndent = 4;

std::string where(Span span, const Sources& sources) {
  if (span.file == parser::kNoFile) return "wafcheck";
  const Place place = sources.begin_of(span);
  return fmt::format("{}:{}:{}", shown(place.path), place.line, place.column);
}

/// `  = help: text`, with further lines indented to the text.
std::string note(size_t digits, std::string_view title, std::string_view text,
                 const Palette& colors, size_t columns) {
  const size_t indent = digits + 3 + title.size() + 2;
  return fmt::format("{}{} ={} {}{}:{} {}\n", std::string(digits, ' '), colors.blue, colors.reset,
                     colors.bold, title, colors.reset, wrap(shown(text), indent, indent, columns));
}

}  // namespace

std::string concise(const Diagnostic& diagnostic, const Sources& sources) {
  return fmt::format("{}: {}: {} [{}]", where(diagnostic.span, sources),
                     parser::to_string(diagnostic.severity), shown(diagnostic.message),
                     diagnostic.check);
}

std::string full(const Diagnostic& diagnostic, const Sources& sources, bool color,
                 size_t terminal_columns) {
  if (is_embedded(diagnostic, sources)) {
    Sources files;
    std::map<std::string, parser::FileId> ids;
    const Diagnostic moved = WholeFiles(sources, files, ids).finding(diagnostic);
    return full(moved, files, color, terminal_columns);
  }
  const Palette& colors = palette(color);
  const size_t columns = terminal_columns != 0 ? terminal_columns : kDefaultColumns;
  const std::string place = where(diagnostic.span, sources);
  const std::string_view severity = parser::to_string(diagnostic.severity);
  const std::string message = fmt::format("{} [{}]", shown(diagnostic.message), diagnostic.check);
  std::string text = fmt::format(
      "{}{}:{} {}{}:{} {}\n", colors.bold, place, colors.reset, colors.of(diagnostic.severity),
      severity, colors.reset,
      wrap(message, display_width(place) + severity.size() + 4, kIndent, terminal_columns));
  const size_t digits = gutter_of(diagnostic, sources).digits;
  const std::string source = excerpts(diagnostic, sources, colors, columns);
  text += source;
  const std::optional<parser::Fix>& fix = diagnostic.fix;
  const bool notes = !diagnostic.help.empty() || fix;
  if (!source.empty() && notes) text += Gutter{digits}.blank(colors) + '\n';
  if (!diagnostic.help.empty()) text += note(digits, "help", diagnostic.help, colors, columns);
  if (fix) {
    text += note(digits, "fix", fix->title + (fix->safe ? " [*]" : " (unsafe)"), colors, columns);
  }
  return text;
}

}  // namespace wafcheck::lint::inline report
