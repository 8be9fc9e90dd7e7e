#pragma once
// Any text in a document in Markdown.

#include <string>
#include <string_view>

namespace wafcheck {

/// Text in which nothing is markup, in a cell of a table too, and nobody is mentioned by an `@`.
/// Line ends stay.
std::string markdown_text(std::string_view text);

/// The same as code, on one line.
std::string markdown_code(std::string_view text);

}  // namespace wafcheck
