#include "lint/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "lint/comments/suppressions.h"
#include "lint/files/data_files.h"
#include "lint/flow/exclusions.h"
#include "lint/flow/tx.h"
#include "lint/glob.h"
#include "lint/performance/redos_index.h"
#include "lint/regex/expressions.h"
#include "lint/report/text.h"
#include "parser/ascii.h"
#include "parser/nearest.h"
#include "parser/syntax_checks.h"

namespace wafcheck::lint {

#define WAFCHECK_CHECK(code, id, ...) void id(const Context& context, Findings& found);
#include "lint/checks.def"

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
#include "parser/syntax_checks.def"
#define WAFCHECK_CHECK(code, id, name, severity, fix, profile, doc, why, bad, good)              \
  {Check::id, #code, name, parser::Severity::severity, FixKind::fix, Profile::profile, doc, why, \
   bad,       good,  id},
#include "lint/checks.def"
});

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

std::span<const CheckInfo> checks() {
  return kByCode;
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

std::string fault_of_selector(std::string_view selector) {
  const auto selected = [&](const CheckInfo& check) { return selects(selector, check); };
  if (!selector.empty() && std::ranges::any_of(kChecks, selected)) return {};
  const std::string_view near = nearest_check(selector);
  return fmt::format("no check is called \"{}\"{}", parser::shown(selector),
                     near.empty() ? "" : fmt::format("; did you mean {}?", near));
}

std::string_view category(const CheckInfo& check) {
  for (const Category& row : kCategories) {
    if (check.code.starts_with(row.prefix)) return row.name;
  }
  return "";
}

parser::Diagnostic& Findings::add(Check check, parser::Span span, std::string message,
                                  std::string help) {
  const CheckInfo& row = info(check);
  return parser::add(to_, row.name, row.severity, span, std::move(message), std::move(help));
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

Context::Context(const parser::Ruleset& of, const Options& with) : ruleset(of), options(with) {
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

parser::FileSystem& Context::files() const {
  return options.files != nullptr ? *options.files : parser::disk();
}

const parser::Rule& Context::starter(const parser::Rule& rule) const {
  return rule.starter == parser::kNoRule ? rule : ruleset.rules[rule.starter];
}

parser::RuleIndex Context::index(const parser::Rule& rule) const {
  return static_cast<parser::RuleIndex>(&rule - ruleset.rules.data());
}

const TxIndex& Context::tx() const {
  if (!tx_) tx_ = std::make_unique<TxIndex>(ruleset);
  return *tx_;
}

const Exclusions& Context::exclusions() const {
  if (!exclusions_) exclusions_ = std::make_unique<Exclusions>(ruleset);
  return *exclusions_;
}

const std::deque<DataFile>& Context::data_files() const {
  if (!data_files_) {
    data_files_ = std::make_unique<std::deque<DataFile>>(read_data_files(ruleset, files()));
  }
  return *data_files_;
}

const Expressions& Context::expressions() const {
  if (!expressions_) expressions_ = std::make_unique<Expressions>(ruleset);
  return *expressions_;
}

const RedosIndex& Context::redos() const {
  if (!redos_) redos_ = std::make_unique<RedosIndex>(expressions());
  return *redos_;
}

bool Context::looks_for(const CheckInfo& check, parser::FileId file) const {
  const Selection& selection = options.selection;
  // A file that does not parse never passes because other checks were asked for.
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

/// Takes out what is not to be shown, and gives the rest the severities that were asked for; how
/// many findings the comments in the rules silence.
size_t settle(const Context& context, parser::Diagnostics& findings) {
  std::unordered_map<std::string_view, parser::Severity> severities;
  for (const SeverityOverride& row : context.options.severities) {
    const CheckInfo* check = find_check(row.check);
    if (check != nullptr && row.severity) severities[check->name] = *row.severity;
  }
  std::erase_if(findings, [&](const parser::Diagnostic& finding) {
    const CheckInfo* check = find_check(finding.check);
    return check != nullptr && !context.looks_for(*check, finding.span.file);
  });
  for (parser::Diagnostic& finding : findings) {
    const auto other = severities.find(finding.check);
    if (other != severities.end()) finding.severity = other->second;
  }
  return context.suppressions().silence(findings);
}

}  // namespace

Examination examine(const parser::Ruleset& ruleset, const Options& options) {
  Examination report;
  report.findings = ruleset.diagnostics;
  const Context context(ruleset, options);
  Findings found(ruleset, report.findings);
  const auto runs = [&](const CheckInfo& check) {
    return check.run != nullptr && options.selection.holds(check, !options.engines.empty());
  };
  // That one is about what the others found.
  const CheckInfo& stale = info(Check::stale_suppression);
  for (const CheckInfo& check : kChecks) {
    if (runs(check) && check.id != stale.id) check.run(context, found);
  }
  sort(report.findings);
  report.suppressed = settle(context, report.findings);
  if (!runs(stale)) return report;
  parser::Diagnostics left;
  Findings found_stale(ruleset, left);
  stale.run(context, found_stale);
  report.suppressed += settle(context, left);
  std::ranges::move(left, std::back_inserter(report.findings));
  sort(report.findings);
  return report;
}

parser::Diagnostics run_checks(const parser::Ruleset& ruleset, const Options& options) {
  return examine(ruleset, options).findings;
}

}  // namespace wafcheck::lint
