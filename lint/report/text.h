#pragma once
// Diagnostics as people read them.

#include <string>

#include "parser/diagnostic.h"
#include "parser/source.h"

namespace wafcheck::lint {

/// `FILE:LINE:COL: severity: message [check-name]`, without a line end; always one line.
std::string concise(const parser::Diagnostic& diagnostic, const parser::Sources& sources);

/// The concise line, then the source lines with carets, secondary places, the help and what a fix
/// would do. `terminal_columns` is the width of the terminal that shows it, and everything is laid
/// out for that; 0: none does, only source lines and help keep to 80 columns.
std::string full(const parser::Diagnostic& diagnostic, const parser::Sources& sources, bool color,
                 size_t terminal_columns = 0);

/// By file (in load order), place, severity and check; the same finding twice is one.
void sort(parser::Diagnostics& diagnostics);

}  // namespace wafcheck::lint
