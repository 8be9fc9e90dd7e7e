#include "lint/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace wafcheck::lint {
namespace {

using parser::Diagnostic;
using parser::Place;
using parser::Severity;
using parser::Sources;
using parser::Span;

/// Columns of source that are shown of a long line.
constexpr size_t kShownWidth = 160;

struct Palette {
  std::string_view bold, red, yellow, blue, reset;
};
constexpr Palette kPlain{};
constexpr Palette kColor{"\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m", "\x1b[0m"};

std::string_view tint(const Palette& palette, Severity severity) {
  switch (severity) {
    case Severity::error: return palette.red;
    case Severity::warning: return palette.yellow;
    case Severity::info: return palette.blue;
  }
  return {};
}

std::string where(Span span, const Sources& sources) {
  if (span.file == parser::kNoFile) return "wafcheck";
  const Place place = sources.begin_of(span);
  return fmt::format("{}:{}:{}", place.path, place.line, place.column);
}

/// A line as a terminal can show it: control bytes as one '?', tabs as one blank, so that columns
/// count bytes.
std::string shown(std::string_view line) {
  std::string out(line);
  for (char& byte : out) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '\t') byte = ' ';
    else if (code < 0x20 || code == 0x7f) byte = '?';
  }
  return out;
}

/// The source line and an underline below `span`, both behind a gutter as wide as the line number.
std::string excerpt(Span span, const Sources& sources, const Palette& palette, std::string_view color,
                    char mark, std::string_view label) {
  if (span.file == parser::kNoFile) return {};
  const Place place = sources.begin_of(span);
  const std::string_view whole = sources.line_at(span.file, span.begin);
  size_t column = place.column - 1;
  size_t from = 0;
  if (column >= kShownWidth) from = column - kShownWidth / 2;
  const std::string line = shown(whole.substr(std::min(from, whole.size()), kShownWidth));
  column -= from;
  const size_t wanted = std::max<size_t>(span.end - span.begin, 1);
  const size_t width = std::max<size_t>(std::min(wanted, line.size() - std::min(column, line.size())), 1);
  const std::string number = std::to_string(place.line);
  const std::string gutter(number.size(), ' ');
  return fmt::format("{0}{1} |{2} {3}\n{0}{4} |{2} {5}{6}{7}{2}{8}{9}\n", palette.blue, number, palette.reset,
                     line, gutter, std::string(column, ' '), color, std::string(width, mark),
                     label.empty() ? "" : " ", label);
}

}  // namespace

std::string concise(const Diagnostic& diagnostic, const Sources& sources) {
  return fmt::format("{}: {}: {} [{}]", where(diagnostic.span, sources),
                     parser::to_string(diagnostic.severity), diagnostic.message, diagnostic.check);
}

std::string full(const Diagnostic& diagnostic, const Sources& sources, bool color) {
  const Palette& palette = color ? kColor : kPlain;
  const std::string_view severity = tint(palette, diagnostic.severity);
  std::string text = fmt::format("{}{}:{} {}{}:{} {} [{}]\n", palette.bold, where(diagnostic.span, sources),
                                 palette.reset, severity, parser::to_string(diagnostic.severity),
                                 palette.reset, diagnostic.message, diagnostic.check);
  text += excerpt(diagnostic.span, sources, palette, severity, '^', {});
  for (const parser::Label& label : diagnostic.related) {
    text += fmt::format("  {}:\n", where(label.span, sources));
    text += excerpt(label.span, sources, palette, palette.blue, '-', label.message);
  }
  if (!diagnostic.help.empty()) text += fmt::format("  {}help:{} {}\n", palette.bold, palette.reset, diagnostic.help);
  return text;
}

void sort(parser::Diagnostics& diagnostics) {
  const auto order = [](const Diagnostic& d) {
    return std::tuple(d.span.file, d.span.begin, d.span.end, -static_cast<int>(d.severity), d.check,
                      std::string_view(d.message));
  };
  std::ranges::stable_sort(diagnostics, {}, order);
  const auto again = std::ranges::unique(diagnostics, {}, order);
  diagnostics.erase(again.begin(), again.end());
}

}  // namespace wafcheck::lint
