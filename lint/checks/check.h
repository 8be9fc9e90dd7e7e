#pragma once
// The table of all checks: those of the parser and the loader, and those of the linter on the
// ruleset model. Each has one code, one name, one default severity and one profile.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lint/analysis/analysis.h"
#include "lint/analysis/engines.h"
#include "parser/diagnostic.h"
#include "parser/ruleset/ruleset.h"
#include "parser/syntax/finding_limit.h"

namespace wafcheck::lint::inline checks {

/// The --profile that turns a check on; each includes the ones before it. Checks of `engines` are
/// on if --engine is used, in any profile.
enum class Profile : uint8_t { engines, standard, crs, strict };

enum class FixKind : uint8_t { none, safe, unsafe };

/// Its values are those of parser::CheckRow.
enum class Check : parser::CheckRow {
#define WAFCHECK_CHECK(code, id, ...) id,
#include "parser/syntax/syntax_checks.def"
#define WAFCHECK_CHECK(code, id, ...) id,
#include "lint/checks/checks.def"
};

class Context;
class Findings;
class Suppressions;

struct CheckInfo {
  Check id;
  std::string_view code;  ///< "COR001"
  std::string_view name;  ///< "duplicate-id": its identity in configuration and JSON
  parser::Severity severity;
  FixKind fix;
  Profile profile;
  std::string_view doc;   ///< one line: what a correct ruleset looks like
  std::string_view why;   ///< one or two sentences: what happens otherwise
  std::string_view bad;   ///< a ruleset with the fault; format: lint/checks/example.h
  std::string_view good;  ///< the same ruleset without the fault
  void (*run)(const Context& context, Findings& findings);  ///< null: the parser reports it
};

/// Sorted by code.
std::span<const CheckInfo> all_checks();
const CheckInfo& info(Check check);
/// The row of a finding's check; null for a finding of the engine.
const CheckInfo* check_of(const parser::Diagnostic& finding);
/// By code or name; null: there is none.
const CheckInfo* find_check(std::string_view code_or_name);
/// "COR001" and "COR" select by code and its prefix, "duplicate-id" by name.
bool selects(std::string_view selector, const CheckInfo& check);
/// The most similar check name, for "did you mean"; empty if none is similar.
std::string_view nearest_check(std::string_view name);
/// The error message for a selector that selects no check; empty if it selects one.
std::string fault_of_selector(std::string_view selector);
/// "correctness" of COR001, "syntax" of SYN001, ...
std::string_view category(const CheckInfo& check);

/// The list to which checks add their findings.
class Findings {
 public:
  /// `to` may hold findings already, which count towards the limits.
  Findings(const parser::RulesetModel& ruleset, parser::Diagnostics& to);

  /// After the last one: says what was left out.
  void finish();

  /// The reference is valid until the next call.
  parser::Diagnostic& add(Check check, parser::Span span, std::string message,
                          std::string help = {});
  /// The same for a finding about a rule; it gets the rule's id (for a link of a chain, the
  /// starter's).
  parser::Diagnostic& add(Check check, const parser::Rule& rule, parser::Span span,
                          std::string message, std::string help = {});

 private:
  void settle();

  const parser::RulesetModel& ruleset_;
  parser::Diagnostics& to_;
  parser::FindingLimit limit_;
  size_t settled_ = 0;  ///< findings that have gone through the limit
};

struct Selection {
  Profile profile = Profile::standard;
  std::vector<std::string> select;         ///< empty: the checks of the profile
  std::vector<std::string> extend_select;  ///< additional checks
  std::vector<std::string> ignore;         ///< overrides the other two

  /// `engines`: whether --engine names any.
  bool holds(const CheckInfo& check, bool engines) const;
};

/// The severity of a check's findings instead of the default; nullopt: they are not reported.
struct SeverityOverride {
  std::string check;  ///< name or code
  std::optional<parser::Severity> severity;
};

/// Checks that are off in some files.
struct FileIgnores {
  std::string glob;                 ///< matches canonical paths, or file names if it has no slash
  std::vector<std::string> checks;  ///< selectors
};

/// Facts about the Core Rule Set that its rules do not contain.
struct CrsOptions {
  std::optional<std::vector<std::string>> approved_tags;  ///< nullopt: tags in the style of CRS
  std::string version;  ///< "4.29.0-dev"; empty: the version of most of its rules
};

/// Reads a file of approved tags: one per line, comments begin with #.
std::vector<std::string> tags_in(std::string_view file);

/// A regression test and its result.
struct TestCase {
  std::string file;
  uint32_t line = 0;
  std::string id;  ///< "942100-1"
  uint64_t rule_id = 0;
  std::vector<uint64_t> expected;  ///< ids of the rules that it expects to match
  std::vector<uint64_t> silent;    ///< those of them that did not match
};

/// The options of a run of the linter.
struct Options {
  Selection selection;
  std::vector<SeverityOverride> severities;
  std::vector<FileIgnores> per_file_ignores;
  std::vector<EngineTarget> engines;    ///< that the rules have to run on; empty: not checked
  parser::FileSystem* files = nullptr;  ///< null: the disk
  CrsOptions crs;
  std::optional<std::vector<TestCase>> tests;  ///< nullopt: checks that need them find nothing
  const RedosOptions* redos = nullptr;         ///< null: as by default
};

/// The input of every check: the analysis of the ruleset, the options, and the comments that
/// silence checks.
class Context : public Analysis {
 public:
  Context(const parser::RulesetModel& of, const Options& with);
  ~Context();

  const Options& options;

  /// Whether findings of the check in that file are reported.
  bool looks_for(const CheckInfo& check, parser::FileId file) const;
  /// Whether a file is loaded for what others need of it, and not reported on.
  bool is_context(parser::FileId file) const { return context_files_.contains(file); }
  /// The comments that silence checks.
  Suppressions& suppressions() const;

 private:
  mutable std::unique_ptr<Suppressions> suppressions_;
  std::unordered_set<parser::FileId> context_files_;
  /// Selectors by file, for the files that per_file_ignores names.
  std::unordered_map<parser::FileId, std::vector<std::string_view>> ignored_in_;
};

/// The result of a run of the checks.
struct Examination {
  parser::Diagnostics findings;
  size_t suppressed = 0;        ///< findings that comments in the rules silence
  std::optional<size_t> fixed;  ///< findings that were fixed; nullopt: fixing was not requested
};

/// examine() in steps, for a program that does other things in between. What it is made of has to
/// outlive it.
class Examiner {
 public:
  Examiner(const parser::RulesetModel& ruleset, const Options& options);
  ~Examiner();

  /// Runs the next check; false if none is left.
  bool step();
  /// What was found, once no check is left.
  Examination result();
  /// What the checks have worked out about the ruleset.
  const Context& context() const { return context_; }

 private:
  const parser::RulesetModel& ruleset_;
  const Options& options_;
  Examination report_;
  Context context_;
  Findings findings_;
  size_t next_ = 0;
};

/// All findings of a loaded ruleset: the diagnostics of loading and the findings of the selected
/// checks, sorted, without duplicates. Syntax errors cannot be deselected, only ignored by name.
Examination examine(const parser::RulesetModel& ruleset, const Options& options);

/// Only the findings of examine().
parser::Diagnostics run_checks(const parser::RulesetModel& ruleset, const Options& options);

}  // namespace wafcheck::lint::inline checks
