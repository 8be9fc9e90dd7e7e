#pragma once
// Diagnostics as people read them.

#include <string>

#include "parser/diagnostic.h"
#include "parser/source.h"

namespace wafcheck::lint::inline report {

/// `FILE:LINE:COL: severity: message [check-name]`, without a line end; always one line.
std::string concise(const parser::Diagnostic& diagnostic, const parser::Sources& sources);

/// The concise line, then the source lines with carets, related positions, the help and what a fix
/// would change. Everything is at most `terminal_columns` wide; if that is 0 (no terminal), source
/// lines and help are at most 80 columns wide.
std::string full(const parser::Diagnostic& diagnostic, const parser::Sources& sources, bool color,
                 size_t terminal_columns = 0);

}  // namespace wafcheck::lint::inline report
