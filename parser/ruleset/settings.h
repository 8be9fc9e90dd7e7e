#pragma once
// Directives that set the engine up: their arguments as their rows of the table want them.

#include <optional>

#include "parser/diagnostic.h"
#include "parser/language/language.h"
#include "parser/ruleset/ruleset.h"
#include "parser/syntax/text.h"

namespace wafcheck::parser::inline ruleset {

/// Reports a number of arguments outside [least, most]; true where it is inside.
bool check_argument_count(const DirectiveNode& node, const DirectiveInfo& row, size_t least,
                          size_t most, Diagnostics& diagnostics);

/// The setting that `node` makes; nothing, and a diagnostic, where it makes none.
std::optional<Setting> read_setting(const DirectiveNode& node, const DirectiveInfo& row,
                                    const Semantics& semantics, Diagnostics& diagnostics);

}  // namespace wafcheck::parser::inline ruleset
