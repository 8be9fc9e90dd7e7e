#include "lint/check.h"

#include <algorithm>
#include <array>
#include <string>

#include "lint/report.h"
#include "parser/ascii.h"
#include "parser/nearest.h"

namespace wafcheck::lint {

#define WAFCHECK_CHECK(code, id, ...) void id(const parser::Ruleset& ruleset, Findings& found);
#include "lint/checks.def"

namespace {

constexpr auto kChecks = std::to_array<CheckInfo>({
#define WAFCHECK_CHECK(code, id, name, severity, doc)                                              \
  {Check::id, #code, name, parser::Severity::severity, FixKind::none, Profile::standard, doc, {}, {}, nullptr},
#include "parser/syntax_checks.def"
#define WAFCHECK_CHECK(code, id, name, severity, fix, profile, doc, bad, good)                     \
  {Check::id, #code, name, parser::Severity::severity, FixKind::fix, Profile::profile, doc, bad, good, id},
#include "lint/checks.def"
});

struct Category {
  std::string_view prefix, name;
};
constexpr Category kCategories[] = {
    {"COR", "correctness"}, {"CRS", "crs"},  {"MNT", "maintainability"}, {"PERF", "performance"},
    {"PORT", "portability"}, {"SEC", "security"}, {"STY", "style"},      {"SUS", "suspicious"},
    {"SYN", "syntax"},
};

}  // namespace

std::span<const CheckInfo> checks() {
  return kChecks;
}

const CheckInfo& info(Check check) {
  return kChecks[static_cast<size_t>(check)];
}

const CheckInfo* find_check(std::string_view code_or_name) {
  const auto found = std::ranges::find_if(kChecks, [&](const CheckInfo& check) {
    return check.name == code_or_name || iequals(check.code, code_or_name);
  });
  return found == kChecks.end() ? nullptr : &*found;
}

bool selects(std::string_view selector, const CheckInfo& check) {
  return selector == check.name || istarts_with(check.code, selector) || iequals(selector, "ALL");
}

std::string_view nearest_check(std::string_view name) {
  return parser::nearest(name, kChecks, [](const CheckInfo& check) { return check.name; });
}

std::string_view category(const CheckInfo& check) {
  for (const Category& row : kCategories) {
    if (check.code.starts_with(row.prefix)) return row.name;
  }
  return "";
}

parser::Diagnostic& Findings::add(Check check, parser::Span span, std::string message, std::string help) {
  const CheckInfo& row = info(check);
  parser::Diagnostic& diagnostic = to_.emplace_back();
  diagnostic.check = row.name;
  diagnostic.severity = row.severity;
  diagnostic.span = span;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
  return diagnostic;
}

bool Selection::holds(const CheckInfo& check) const {
  const auto named_in = [&](const std::vector<std::string>& list) {
    return std::ranges::any_of(list, [&](const std::string& selector) { return selects(selector, check); });
  };
  if (named_in(ignore)) return false;
  if (named_in(extend_select)) return true;
  return select.empty() ? check.profile <= profile : named_in(select);
}

parser::Diagnostics run_checks(const parser::Ruleset& ruleset, const Selection& selection) {
  parser::Diagnostics all = ruleset.diagnostics;
  std::erase_if(all, [&](const parser::Diagnostic& diagnostic) {
    const CheckInfo* check = find_check(diagnostic.check);
    // A file that does not parse never passes because other checks were asked for.
    const bool essential = diagnostic.severity == parser::Severity::error;
    return check != nullptr && !selection.holds(*check) && !(essential && selection.ignore.empty());
  });
  Findings found(all);
  for (const CheckInfo& check : kChecks) {
    if (check.run != nullptr && selection.holds(check)) check.run(ruleset, found);
  }
  sort(all);
  return all;
}

}  // namespace wafcheck::lint
