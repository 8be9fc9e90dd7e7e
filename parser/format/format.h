#pragma once
// The canonical layout of rules files, which is that of CRS: one space between arguments, one
// action a line (transformations that follow one another share one), four blanks for the lines of a
// list and for each link of a chain. What stands on one line stays on one line; comments, blank
// lines and the order of everything stay as they are.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/diagnostic.h"
#include "parser/language/language.h"
#include "parser/syntax/syntax.h"

namespace wafcheck::parser::inline format {

/// A logical line (a directive with the lines that continue it, a comment) that is laid out
/// otherwise.
struct Relayout {
  Span span;         ///< from the first byte of its first line to the end of its line end
  std::string text;  ///< what is to stand there
  bool directive = false;
};

/// What differs from the canonical layout, in the order of the file; applying all of it yields the
/// file in that layout, in which nothing differs. Directives that cannot be read, or that hold
/// comments between their lines, are left as they are. Linear in the size of the file.
std::vector<Relayout> relayouts(const SyntaxTree& tree, const Sources& sources,
                                const Semantics& semantics);

/// The whole file in the canonical layout.
std::string formatted(const SyntaxTree& tree, const Sources& sources, const Semantics& semantics);

/// Which of a directive's arguments is an action list.
std::optional<size_t> action_argument(const DirectiveInfo& row, size_t arguments);

/// Reports what the layout of a file depends on and what the syntax tree alone does not show:
/// directives that no engine knows, and action lists that cannot be read.
void check_layout(const SyntaxTree& tree, const Semantics& semantics, Diagnostics& diagnostics);

/// Whether two files say the same: directive by directive the same name, arguments and actions.
bool same_directives(const SyntaxTree& a, const SyntaxTree& b, const Semantics& semantics);

}  // namespace wafcheck::parser::inline format
