#pragma once
// What wafcheck diff prints.

#include <string>
#include <string_view>

#include "cli/diff/result.h"

namespace wafcheck::cli::inline diff {

/// The first line of Markdown: a bot finds its comment by it.
inline constexpr std::string_view kMarker = "<!-- wafcheck diff -->";

struct DiffFormat {
  std::string_view name;
  std::string_view doc;
  std::string (*write)(const DiffResult& result);
  bool page = false;  ///< for a browser, not for a terminal
};

std::string diff_text(const DiffSummary& summary);
std::string diff_json(const DiffSummary& summary);
std::string diff_markdown(const DiffResult& result);
std::string diff_page(const DiffResult& result);

inline constexpr DiffFormat kDiffFormats[] = {
    {"text", "what changes, for people",
     [](const DiffResult& result) { return diff_text(result.summary); }},
    {"json", "one document", [](const DiffResult& result) { return diff_json(result.summary); }},
    {"markdown", "tables, for a review", diff_markdown},
    {"html", "a page to look at", diff_page, true},
};

// What the formats share.

/// "942100", or FILE:LINE of a rule without an id.
std::string rule_name(const parser::RulesetModel& ruleset, const parser::Rule& starter);
/// "rules/a.conf:12"
std::string place_name(const parser::RulesetModel& ruleset, parser::Span span);
/// "deny 403, score 5"
std::string verdict_text(const Verdict& verdict);
/// Its URI without the query, which may hold what is nobody's business.
std::string_view path_of(const ChangedTransaction& transaction);
/// "POST /api/orders"
std::string request_text(const ChangedTransaction& transaction);
/// "PL2 traffic.har#7"
std::string transaction_text(const ChangedTransaction& transaction);
/// A few words for each field that differs, and the expression's relation.
std::string fields_text(const DiffResult& result, const lint::ChangedRule& changed);
/// "now also matches "abc"": what an expression's comparison came to, a line each.
std::vector<std::string> expression_lines(const parser::regex::Comparison& comparison);
/// Newly passed ones first, then as info() lists the changes; those with the highest score first.
std::vector<const ChangedTransaction*> by_weight(const TrafficDiff& traffic);
/// Exclusions that kept something from a rule before and nothing now, but for those that have no
/// rule any more.
std::vector<formats::ExclusionCounts::Key> unneeded_exclusions(const TrafficDiff& traffic);
/// The whole in a line or two: "0 of 5000 verdicts change", "3 rules added, 1 changed".
std::vector<std::string> headlines(const DiffSummary& summary);

/// What differs between the rules, for DiffSummary::rules.
WrittenRules written_rules(const DiffResult& result);
// Its parts.
std::string rules_headline(const lint::RulesetChange& change);
void write_rules_text(const DiffResult& result, WrittenRules& written);
void write_rules_json(const DiffResult& result, WrittenRules& written);

}  // namespace wafcheck::cli::inline diff
