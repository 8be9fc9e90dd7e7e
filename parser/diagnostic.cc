#include "parser/diagnostic.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace wafcheck::parser {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return {};
}

Diagnostic& add(Diagnostics& to, std::string_view check, Severity severity, Span span,
                std::string message, std::string help) {
  Diagnostic& diagnostic = to.emplace_back();
  diagnostic.check = check;
  diagnostic.severity = severity;
  diagnostic.span = span;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  return diagnostic;
}

bool has_errors(const Diagnostics& diagnostics, size_t begin) {
  return std::any_of(diagnostics.begin() + static_cast<ptrdiff_t>(begin), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::error; });
}

void sort(Diagnostics& diagnostics) {
  const auto order = [](const Diagnostic& d) {
    return std::tuple(d.span.file, d.span.begin, d.span.end, -static_cast<int>(d.severity), d.check,
                      std::string_view(d.message));
  };
  std::ranges::stable_sort(diagnostics, {}, order);
  const auto repeated = std::ranges::unique(diagnostics, {}, order);
  diagnostics.erase(repeated.begin(), repeated.end());
}

}  // namespace wafcheck::parser
