#include "lint/check.h"

#include <algorithm>
#include <array>
#include <string>

#include "lint/files/data_files.h"
#include "lint/flow/tx.h"
#include "lint/report/text.h"
#include "parser/ascii.h"
#include "parser/nearest.h"

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

std::string_view category(const CheckInfo& check) {
  for (const Category& row : kCategories) {
    if (check.code.starts_with(row.prefix)) return row.name;
  }
  return "";
}

parser::Diagnostic& Findings::add(Check check, parser::Span span, std::string message,
                                  std::string help) {
  const CheckInfo& row = info(check);
  parser::Diagnostic& diagnostic = to_.emplace_back();
  diagnostic.check = row.name;
  diagnostic.severity = row.severity;
  diagnostic.span = span;
  diagnostic.message = std::move(message);
  diagnostic.help = std::move(help);
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

Context::Context(const parser::Ruleset& of, const Options& with) : ruleset(of), options(with) {}
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

const std::deque<DataFile>& Context::data_files() const {
  if (!data_files_) {
    data_files_ = std::make_unique<std::deque<DataFile>>(read_data_files(ruleset, files()));
  }
  return *data_files_;
}

parser::Diagnostics run_checks(const parser::Ruleset& ruleset, const Options& options) {
  const Selection& selection = options.selection;
  const bool engines = !options.engines.empty();
  parser::Diagnostics all = ruleset.diagnostics;
  std::erase_if(all, [&](const parser::Diagnostic& diagnostic) {
    const CheckInfo* check = find_check(diagnostic.check);
    // A file that does not parse never passes because other checks were asked for.
    const bool essential = diagnostic.severity == parser::Severity::error;
    return check != nullptr && !selection.holds(*check, engines) &&
           !(essential && selection.ignore.empty());
  });
  const Context context(ruleset, options);
  Findings found(ruleset, all);
  for (const CheckInfo& check : kChecks) {
    if (check.run != nullptr && selection.holds(check, engines)) check.run(context, found);
  }
  sort(all);
  return all;
}

}  // namespace wafcheck::lint
