#pragma once
// What a check says of a text, in short; and its fixes, applied.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "lint/checks/check.h"
#include "lint/checks/example.h"

namespace wafcheck::lint {

/// The findings of one check in an example, as lint/example.h reads it: "line:column severity
/// message".
inline std::vector<std::string> said(std::string_view check, std::string_view text) {
  Example example(text);
  const parser::RulesetModel ruleset = example.load();
  example.options.selection.select = {std::string(check)};
  const CheckInfo* const row = find_check(check);
  std::vector<std::string> lines;
  for (const parser::Diagnostic& finding : run_checks(ruleset, example.options)) {
    if (row == nullptr || finding.check != row->name) continue;
    const parser::Place at = ruleset.sources.begin_of(finding.span);
    lines.push_back(fmt::format("{}:{} {} {}", at.line, at.column, to_string(finding.severity),
                                finding.message));
  }
  return lines;
}

/// The text with the edits made; they must not overlap.
inline std::string apply(std::string text, std::vector<parser::Edit> edits) {
  std::ranges::sort(edits, std::ranges::greater{},
                    [](const parser::Edit& edit) { return edit.span.begin; });
  for (const parser::Edit& edit : edits) {
    text.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.replacement);
  }
  return text;
}

/// The text with all fixes of one check applied; empty: it has none. For examples of one file.
inline std::string fixed(std::string_view check, std::string_view text) {
  Example example(text);
  const parser::RulesetModel ruleset = example.load();
  example.options.selection.select = {std::string(check)};
  std::vector<parser::Edit> edits;
  for (const parser::Diagnostic& finding : run_checks(ruleset, example.options)) {
    if (finding.fix)
      edits.insert(edits.end(), finding.fix->edits.begin(), finding.fix->edits.end());
  }
  return edits.empty() ? std::string() : apply(std::string(text), std::move(edits));
}

}  // namespace wafcheck::lint
