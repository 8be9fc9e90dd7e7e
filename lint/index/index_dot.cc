#include <fmt/format.h>

#include "lint/index/index_formats.h"
#include "lint/index/totals.h"
#include "parser/base/shown.h"
#include "parser/language/language.h"

namespace wafcheck::lint::inline index {
namespace {

/// A string of the DOT language.
std::string dot_string(std::string_view text) {
  std::string out = "\"";
  for (const char byte : readable(text)) {
    if (byte == '"' || byte == '\\') out += '\\';
    out += byte;
  }
  return out + '"';
}

/// "tx.score" of "score"; "ip.hits" has its collection already.
std::string title(const std::string& name) {
  const size_t dot = name.find('.');
  const auto collection = parser::find_variable(name.substr(0, dot));
  const bool other = dot != std::string::npos && collection &&
                     *collection != parser::Variable::TX &&
                     parser::info(*collection).kind == parser::VariableKind::Persistent;
  return other ? name : "tx." + name;
}

}  // namespace

std::string index_dot(const IndexView& view) {
  const Totals totals = totals_of(view.analysis.ruleset, view.rules);
  std::string text = "digraph rules {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const RuleFacts& facts : view.rules) {
    text += fmt::format("  {} [tooltip={}];\n", dot_string("rule " + name_of(facts)),
                        dot_string(facts.message));
  }
  for (const auto& [name, use] : totals.tx) {
    const std::string node = dot_string(title(name));
    text += fmt::format("  {} [shape=ellipse];\n", node);
    for (const std::string& rule : use.writers)
      text += fmt::format("  {} -> {};\n", dot_string("rule " + rule), node);
    for (const std::string& rule : use.readers)
      text += fmt::format("  {} -> {};\n", node, dot_string("rule " + rule));
  }
  for (const MarkerFacts& facts : totals.markers) {
    if (facts.skipped_to_by.empty()) continue;
    const std::string node = dot_string("marker " + facts.marker->name);
    text += fmt::format("  {} [shape=cds];\n", node);
    for (const std::string& rule : facts.skipped_to_by) {
      text += fmt::format("  {} -> {} [style=dashed];\n", dot_string("rule " + rule), node);
    }
  }
  return text + "}\n";
}

}  // namespace wafcheck::lint::inline index
