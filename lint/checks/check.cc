#include "lint/checks/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "lint/analysis/data_files.h"
#include "lint/analysis/exclusions.h"
#include "lint/analysis/expressions.h"
#include "lint/analysis/redos_index.h"
#include "lint/analysis/tx.h"
#include "lint/checks/comments/suppressions.h"
#include "parser/base/ascii.h"
#include "parser/base/glob.h"
#include "parser/base/nearest.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {

#define WAFCHECK_CHECK(code, id, ...) void id(const Context& context, Findings& findings);
#include "lint/checks/checks.def"

namespace {

// In the order of the enumeration.
constexpr auto kChecks = std::to_array<CheckInfo>({
#define WAFCHECK_CHECK(code, id, name, severity, fix, doc, why, bad, good) \
  {                                                                        \
      Check::id,    #code,                                                 \
      name,         parser::Severity::severity,                            \
      FixKind::fix, Profile::standard,                                     \
      doc,          why,                                                   \
      bad,          good,                                                  \
      nullptr},
#include "parser/syntax/syntax_checks.def"
#define WAFCHECK_CHECK(code, id, name, severity, fix, profile, doc, why, bad, good)              \
  {Check::id, #code, name, parser::Severity::severity, FixKind::fix, Profile::profile, doc, why, \
   bad,       good,  id},
#include "lint/checks/checks.def"
});

// A finding of the parser is found in this table by the row of the parser's.
#define WAFCHECK_CHECK(code, id, ...)                       \
  static_assert(static_cast<parser::CheckRow>(Check::id) == \
                static_cast<parser::CheckRow>(parser::SyntaxCheck::id));
#include "parser/syntax/syntax_checks.def"

constexpr auto kByCode = [] {
  auto sorted = kChecks;
  std::ranges::sort(sorted, {}, &CheckInfo::code);
  return sorted;
}();

struct Category {
  std::string_view prefix, name;
};
constexpr Category kCategories[] = {
    {"COR", "correctness"},  {"CRS", "crs"},          {"MNT", "maintainability"},
    {"PERF", "performance"}, {"PORT", "portability"}, {"SEC", "security"},
    {"STY", "style"},        {"SUS", "suspicious"},   {"SYN", "syntax"},
};

}  // namespace

std::span<const CheckInfo> all_checks() {
  return kByCode;
}

const CheckInfo& info(Check check) {
  return kChecks[static_cast<size_t>(check)];
}

const CheckInfo* check_of(const parser::Diagnostic& finding) {
  return finding.row < kChecks.size() ? &kChecks[finding.row] : nullptr;
}

const CheckInfo* find_check(std::string_view code_or_name) {
  const auto it = std::ranges::find_if(kChecks, [&](const CheckInfo& check) {
    return check.name == code_or_name || iequals(check.code, code_or_name);
  });
  return it == kChecks.end() ? nullptr : &*it;
}

bool selects(std::string_view selector, const CheckInfo& check) {
  return selector == check.name || istarts_with(check.code, selector) || iequals(selector, "ALL");
}

std::string_view nearest_check(std::string_view name) {
  return nearest(name, kChecks, [](const CheckInfo& check) { return check.name; });
}

std::string fault_of_selector(std::string_view selector) {
  const auto selected = [&](const CheckInfo& check) { return selects(selector, check); };
  if (!selector.empty() && std::ranges::any_of(kChecks, selected)) return {};
  const std::string_view near = nearest_check(selector);
  return fmt::format("there is no check \"{}\"{}", parser::shown(selector),
                     near.empty() ? "" : fmt::format("; did you mean {}?", near));
}

std::string_view category(const CheckInfo& check) {
  for (const Category& row : kCategories) {
    if (check.code.starts_with(row.prefix)) return row.name;
  }
  return "";
}

Findings::Findings(const parser::RulesetModel& ruleset, parser::Diagnostics& to)
    : ruleset_(ruleset), to_(to) {
  settle();
  for (const parser::LoadedFile& file : ruleset.files) {
    if (file.repeated) limit_.repeat(file.file, to_);
  }
}

void Findings::settle() {
  limit_.trim(to_, settled_);
  settled_ = to_.size();
}

void Findings::finish() {
  settle();
  limit_.tell(to_, ruleset_.sources);
  settled_ = to_.size();
}

parser::Diagnostic& Findings::add(Check check, parser::Span span, std::string message,
                                  std::string help) {
  settle();
  const CheckInfo& row = info(check);
  parser::Diagnostic& diagnostic =
      parser::add(to_, row.name, row.severity, span, std::move(message), std::move(help));
  diagnostic.row = static_cast<parser::CheckRow>(check);
  return diagnostic;
}

parser::Diagnostic& Findings::add(Check check, const parser::Rule& rule, parser::Span span,
                                  std::string message, std::string help) {
  parser::Diagnostic& diagnostic = add(check, span, std::move(message), std::move(help));
  diagnostic.rule_id = rule.is_starter() || rule.starter == parser::kNoRule
                           ? rule.id
                           : ruleset_.rules[rule.starter].id;
  return diagnostic;
}

bool Selection::holds(const CheckInfo& check, bool engines) const {
  const auto named_in = [&](const std::vector<std::string>& list) {
    return std::ranges::any_of(
        list, [&](const std::string& selector) { return selects(selector, check); });
  };
  if (named_in(ignore)) return false;
  if (named_in(extend_select)) return true;
  if (!select.empty()) return named_in(select);
  return check.profile == Profile::engines ? engines : check.profile <= profile;
}

Context::Context(const parser::RulesetModel& of, const Options& with)
    : Analysis(of, with.files, with.redos), options(with) {
  for (const parser::LoadedFile& file : ruleset.files) {
    if (file.context) context_files_.insert(file.file);
  }
  if (options.per_file_ignores.empty()) return;
  for (const parser::LoadedFile& file : ruleset.files) {
    const std::string path = files().canonical(ruleset.sources[file.file].path);
    for (const FileIgnores& row : options.per_file_ignores) {
      if (!glob_matches_file(row.glob, path)) continue;
      ignored_in_[file.file].insert(ignored_in_[file.file].end(), row.checks.begin(),
                                    row.checks.end());
    }
  }
}
Context::~Context() = default;

bool Context::looks_for(const CheckInfo& check, parser::FileId file) const {
  const Selection& selection = options.selection;
  // A file that does not parse never passes, whatever checks are selected.
  const bool essential = check.run == nullptr && check.severity == parser::Severity::error;
  const auto named = [&](const std::string& selector) { return selects(selector, check); };
  if (essential ? std::ranges::any_of(selection.ignore, named)
                : !selection.holds(check, !options.engines.empty())) {
    return false;
  }
  for (const SeverityOverride& row : options.severities) {
    if (!row.severity && find_check(row.check) == &info(check.id)) return false;
  }
  const auto ignored = ignored_in_.find(file);
  return ignored == ignored_in_.end() ||
         std::ranges::none_of(ignored->second,
                              [&](std::string_view selector) { return selects(selector, check); });
}

Suppressions& Context::suppressions() const {
  if (!suppressions_) suppressions_ = std::make_unique<Suppressions>(ruleset, files());
  return *suppressions_;
}

namespace {

/// Removes findings that are off, and applies the severities of the options. Returns the number of
/// findings that comments in the rules silence.
size_t settle(const Context& context, parser::Diagnostics& findings) {
  std::array<std::optional<parser::Severity>, kChecks.size()> severities;
  for (const SeverityOverride& row : context.options.severities) {
    const CheckInfo* check = find_check(row.check);
    if (check != nullptr && row.severity) severities[static_cast<size_t>(check->id)] = row.severity;
  }
  std::erase_if(findings, [&](const parser::Diagnostic& finding) {
    if (context.is_context(finding.span.file)) return true;
    const CheckInfo* check = check_of(finding);
    return check != nullptr && !context.looks_for(*check, finding.span.file);
  });
  for (parser::Diagnostic& finding : findings) {
    if (finding.row < severities.size())
      finding.severity = severities[finding.row].value_or(finding.severity);
  }
  return context.suppressions().silence(findings);
}

bool runs(const CheckInfo& check, const Options& options) {
  return check.run != nullptr && options.selection.holds(check, !options.engines.empty());
}

}  // namespace

Examiner::Examiner(const parser::RulesetModel& ruleset, const Options& options)
    : ruleset_(ruleset),
      options_(options),
      report_{ruleset.diagnostics, 0, {}},
      context_(ruleset, options),
      findings_(ruleset, report_.findings) {}
Examiner::~Examiner() = default;

bool Examiner::step() {
  while (next_ < kChecks.size()) {
    const CheckInfo& check = kChecks[next_++];
    // It depends on the findings of all other checks.
    if (check.id == Check::stale_suppression || !runs(check, options_)) continue;
    check.run(context_, findings_);
    return true;
  }
  return false;
}

Examination Examiner::result() {
  findings_.finish();
  sort(report_.findings);
  report_.suppressed = settle(context_, report_.findings);
  const CheckInfo& stale = info(Check::stale_suppression);
  if (!runs(stale, options_)) return std::move(report_);
  parser::Diagnostics left;
  Findings stale_findings(ruleset_, left);
  stale.run(context_, stale_findings);
  stale_findings.finish();
  report_.suppressed += settle(context_, left);
  std::ranges::move(left, std::back_inserter(report_.findings));
  sort(report_.findings);
  return std::move(report_);
}

Examination examine(const parser::RulesetModel& ruleset, const Options& options) {
  Examiner examiner(ruleset, options);
  while (examiner.step()) {
  }
  return examiner.result();
}

parser::Diagnostics run_checks(const parser::RulesetModel& ruleset, const Options& options) {
  return examine(ruleset, options).findings;
}

}  // namespace wafcheck::lint::inline checks
