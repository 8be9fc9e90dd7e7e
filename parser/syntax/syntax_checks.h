#pragma once
// The names under which the parser and the loader report, from one table.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "parser/diagnostic.h"

namespace wafcheck::parser::inline syntax {

enum class SyntaxCheck : uint8_t {
#define WAFCHECK_CHECK(code, id, ...) id,
#include "parser/syntax/syntax_checks.def"
};

struct SyntaxCheckInfo {
  SyntaxCheck id;
  std::string_view code;  ///< "SYN001"
  std::string_view name;  ///< "unterminated-quote"
  Severity severity;
  std::string_view doc;  ///< one line: what a correct file looks like
};

std::span<const SyntaxCheckInfo> syntax_checks();
const SyntaxCheckInfo& info(SyntaxCheck check);

/// Appends a diagnostic with the name and severity of `check`. The reference holds until the next.
Diagnostic& report(Diagnostics& diagnostics, SyntaxCheck check, Span span, std::string message,
                   std::string help = {});

/// `did you mean X?`, or nothing when `nearest` is empty.
std::string did_you_mean(std::string_view nearest);

/// Gives a diagnostic the fix that puts `word` at `span`, unless it is empty. Not a safe one: what
/// was meant is a guess.
void suggest(Diagnostic& diagnostic, Span span, std::string_view word);

/// Text from an input as a message may show it: shortened, bytes that are not printable ASCII as
/// \xHH.
std::string shown(std::string_view text);

}  // namespace wafcheck::parser::inline syntax
