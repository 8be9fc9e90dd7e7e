#pragma once
// Any text in a document in Markdown.

#include <string>
#include <string_view>

namespace wafcheck::formats::inline records {

/// Text in which nothing is markup, in a cell of a table too.
std::string markdown_text(std::string_view text);

}  // namespace wafcheck::formats::inline records
