#include <fmt/format.h>

#include <algorithm>

#include "lint/index/index_formats.h"
#include "lint/index/resolved.h"
#include "lint/index/totals.h"
#include "parser/base/ascii.h"
#include "parser/language/severities.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline index {
namespace {

/// The maximum number of elements shown of a long list.
constexpr size_t kShownCounts = 8;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : "|") + word;
  return text;
}

std::string plural(size_t number, std::string_view word) {
  return fmt::format("{} {}{}", number, word, number == 1 ? "" : "s");
}

std::string rule_lines(const std::vector<RuleFacts>& rules) {
  size_t id_width = 2, operator_width = 8;
  for (const RuleFacts& facts : rules) {
    id_width = std::max(id_width, name_of(facts).size());
    operator_width =
        std::max(operator_width, facts.operators.empty() ? 0 : facts.operators[0].size() + 1);
  }
  operator_width = std::min<size_t>(operator_width, 21);
  std::string text = fmt::format("{:>{}} PH PL {:<9} {:<{}} {}\n", "ID", id_width, "SEVERITY",
                                 "OPERATOR", operator_width, "MESSAGE");
  for (const RuleFacts& facts : rules) {
    const std::string severity =
        facts.severity ? lowercase(parser::name_of_severity(*facts.severity)) : "-";
    const std::string level = facts.paranoia_level ? std::to_string(*facts.paranoia_level) : "-";
    const std::string op = facts.operators.empty() ? "-" : "@" + facts.operators[0];
    const std::string what =
        !facts.message.empty() ? parser::shown(facts.message) : joined(facts.variables);
    std::string line = fmt::format("{:>{}} {:>2} {:>2} {:<9} {:<{}} {}", name_of(facts), id_width,
                                   facts.phase, level, severity, op, operator_width, what);
    if (facts.removed) line += " (removed)";
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

/// "rx 300, pm 20 and 4 more"; in order of the keys, or the most frequent first.
std::string counts(const Counts& all, bool by_key) {
  std::vector<std::pair<std::string, size_t>> rows(all.begin(), all.end());
  if (!by_key) {
    std::ranges::stable_sort(rows, std::greater<>{}, &std::pair<std::string, size_t>::second);
  }
  std::string text;
  for (size_t i = 0; i < std::min(rows.size(), kShownCounts); ++i) {
    text +=
        fmt::format("{}{} {}", i == 0 ? "" : ", ", parser::shown(rows[i].first), rows[i].second);
  }
  if (rows.size() > kShownCounts) text += fmt::format(" and {} more", rows.size() - kShownCounts);
  return text;
}

std::string overview(const IndexView& view) {
  const Totals totals = totals_of(view.analysis.ruleset, view.rules);
  std::string text = fmt::format("\n{}, {} ({} removed) in {}\n", plural(view.rules.size(), "rule"),
                                 plural(totals.chains, "chain"), totals.removed,
                                 plural(view.analysis.ruleset.files.size(), "file"));
  const auto line = [&](std::string_view title, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {:<16} {}\n", title, value);
  };
  line("phases", counts(totals.phases, true));
  line("paranoia levels", counts(totals.paranoia_levels, true));
  line("severities", counts(totals.severities, false));
  line("variables", counts(totals.variables, false));
  line("operators", counts(totals.operators, false));
  line("transformations", counts(totals.transformations, false));
  line("tags", counts(totals.tags, false));
  size_t written = 0, read = 0;
  for (const auto& [name, use] : totals.tx) {
    written += use.writers.empty() ? 0 : 1;
    read += use.readers.empty() ? 0 : 1;
  }
  if (!totals.tx.empty()) {
    line("TX",
         fmt::format("{}, {} written, {} read", plural(totals.tx.size(), "name"), written, read));
  }
  if (!totals.markers.empty()) line("markers", std::to_string(totals.markers.size()));
  return text;
}

}  // namespace

std::string index_text(const IndexView& view) {
  std::string text;
  if (view.resolved) {
    for (const RuleFacts& facts : view.rules) {
      text += fmt::format("{}# {}:{}\n{}", text.empty() ? "" : "\n", facts.file, facts.line,
                          resolved_rule(view.analysis.ruleset, *facts.rule));
    }
    return text;
  }
  text = rule_lines(view.rules);
  return text +
         (view.whole ? overview(view) : fmt::format("\n{}\n", plural(view.rules.size(), "rule")));
}

}  // namespace wafcheck::lint::inline index
