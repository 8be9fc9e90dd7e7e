#include "parser/syntax/syntax_checks.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "parser/base/escape.h"

namespace wafcheck::parser::inline syntax {
namespace {

constexpr auto kChecks = std::to_array<SyntaxCheckInfo>({
#define WAFCHECK_CHECK(code, id, name, severity, fix, doc, ...) \
  {SyntaxCheck::id, #code, name, Severity::severity, doc},
#include "parser/syntax/syntax_checks.def"
});

constexpr size_t kShownBytes = 60;

}  // namespace

std::span<const SyntaxCheckInfo> syntax_checks() {
  return kChecks;
}

const SyntaxCheckInfo& info(SyntaxCheck check) {
  return kChecks[static_cast<size_t>(check)];
}

Diagnostic& report(Diagnostics& diagnostics, SyntaxCheck check, Span span, std::string message,
                   std::string help) {
  const SyntaxCheckInfo& row = info(check);
  Diagnostic& diagnostic =
      add(diagnostics, row.name, row.severity, span, std::move(message), std::move(help));
  diagnostic.row = static_cast<CheckRow>(check);
  return diagnostic;
}

std::string did_you_mean(std::string_view nearest) {
  return nearest.empty() ? std::string() : fmt::format("did you mean {}?", nearest);
}

void suggest(Diagnostic& diagnostic, Span span, std::string_view word) {
  if (word.empty()) return;
  diagnostic.fix = Fix{fmt::format("write {}", word), false, {{span, std::string(word)}}};
}

std::string shown(std::string_view text) {
  std::string out =
      hex_escaped(text.substr(0, kShownBytes), [](char byte) { return !is_printable(byte); });
  if (text.size() > kShownBytes) out += "...";
  return out;
}

}  // namespace wafcheck::parser::inline syntax
