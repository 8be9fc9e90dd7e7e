#pragma once
// Expressions compared: two that are given, or those of two rules.

#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "cli/output.h"
#include "parser/regex/compare.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::cli::inline diff {

/// What a relation means, for people.
std::string_view explain(parser::regex::Relation relation);

/// Compares the expressions of two rules over the values that the transformations of either can
/// leave. What @rx and !@rx match is the same here. Undecided, with the reason, where an argument
/// has macros or is no expression.
parser::regex::Comparison compare_rules(const parser::RulesetModel& old_rules,
                                        const parser::Rule& old_rule,
                                        const parser::RulesetModel& new_rules,
                                        const parser::Rule& new_rule);

/// `wafcheck diff --rx OLD NEW`.
struct RxOptions {
  std::vector<std::string> expressions;      ///< two
  std::vector<std::string> transformations;  ///< as in t:NAME
  std::string engine;                        ///< empty: the default semantics
  std::string format = "text";               ///< or "json"
};

/// Compares and prints; the exit code: kOk where they are equal, kTrouble where an option or an
/// expression is invalid, which is printed, else kNo.
int compare_expressions(const RxOptions& options, Console& console, Output& output);

}  // namespace wafcheck::cli::inline diff
