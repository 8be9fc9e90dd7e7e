#pragma once
// Fixes in tests: edits applied to the text they are about.

#include <algorithm>
#include <string>
#include <vector>

#include "parser/diagnostic.h"

namespace wafcheck::lint {

/// `text` with the edits made; they do not overlap.
inline std::string apply(std::string text, std::vector<parser::Edit> edits) {
  std::ranges::stable_sort(edits, std::ranges::greater(),
                           [](const parser::Edit& edit) { return edit.span.begin; });
  for (const parser::Edit& edit : edits) {
    text.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.replacement);
  }
  return text;
}

}  // namespace wafcheck::lint
