#pragma once
// Compiles an expression at load, only to say where it is wrong.

#include "parser/diagnostic.h"
#include "parser/language/semantics_forward.h"
#include "parser/regex/pcre.h"
#include "parser/syntax/text.h"

namespace wafcheck::parser::inline ruleset {

/// How @rx and its kin read an expression.
PcreOptions operator_regex_options(const Semantics& semantics);
/// How a selector such as ARGS:/^id/ reads one.
PcreOptions selector_regex_options();

/// Reports `pattern` unless it compiles; the caret stands where PCRE2 gave up.
bool check_regex(const Text& pattern, PcreOptions options, Diagnostics& diagnostics);

/// Reports what in a valid `pattern` the engine's regular expressions do not have, under
/// Semantics::linear_regex.
void check_linear_regex(const Text& pattern, PcreOptions options, const Semantics& semantics,
                        Diagnostics& diagnostics);

}  // namespace wafcheck::parser::inline ruleset
