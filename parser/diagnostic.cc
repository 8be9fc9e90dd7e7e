#include "parser/diagnostic.h"

#include <algorithm>
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

bool has_errors(const Diagnostics& diagnostics) {
  return std::ranges::any_of(diagnostics,
                             [](const Diagnostic& d) { return d.severity == Severity::error; });
}

}  // namespace wafcheck::parser
