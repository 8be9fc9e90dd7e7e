#pragma once
// %{NAME.key} in an argument: text with variables in it, parsed once at load.

#include <string>
#include <string_view>
#include <vector>

#include "parser/diagnostic.h"
#include "parser/language/language.h"
#include "parser/language/semantics_forward.h"
#include "parser/syntax/text.h"

namespace wafcheck::parser::inline ruleset {

struct MacroPart {
  bool is_variable = false;
  std::string text;  ///< the literal, or the selector as written (may be empty)
  Variable variable = Variable::TX;
  Span span;
  std::string written = {};  ///< of a variable: what stands between the braces
};

struct MacroText {
  std::vector<MacroPart> parts;  ///< adjacent literals are joined

  /// Whether it is the same for every transaction.
  bool literal() const { return parts.empty() || (parts.size() == 1 && !parts[0].is_variable); }
  std::string_view literal_text() const {
    return parts.empty() ? std::string_view() : std::string_view(parts[0].text);
  }
};

/// Splits at %{...}. A malformed macro is reported and kept as literal text; an unknown variable
/// name is an error with a suggestion; or, under Semantics::unknown_macro_is_empty, a warning.
/// Semantics::macro_names_strict takes fewer.
/// Source: seclang reference 1.6.
MacroText parse_macros(const Text& text, const Semantics& semantics, Diagnostics& diagnostics);

}  // namespace wafcheck::parser::inline ruleset
