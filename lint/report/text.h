#pragma once
// Diagnostics as people and programs read them.

#include <string>
#include <vector>

#include "parser/diagnostic.h"
#include "parser/ruleset.h"
#include "parser/source.h"

namespace wafcheck::lint {

/// `FILE:LINE:COL: severity: message [check-name]`, without a line end.
std::string concise(const parser::Diagnostic& diagnostic, const parser::Sources& sources);

/// The concise line, then the source line with a caret underline, secondary places and the help.
std::string full(const parser::Diagnostic& diagnostic, const parser::Sources& sources, bool color);

/// By file (in load order), place, severity and check; the same finding twice is one.
void sort(parser::Diagnostics& diagnostics);

}  // namespace wafcheck::lint
