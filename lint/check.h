#pragma once
// The table of all checks: what the parser and the loader report, and what the linter finds on the
// ruleset model. One code, one name, one default severity, one profile.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lint/engines.h"
#include "parser/diagnostic.h"
#include "parser/ruleset.h"

namespace wafcheck::lint {

/// Which --profile turns a check on; each includes the ones before it. `engines`: on for the
/// engines that --engine names, under any profile.
enum class Profile : uint8_t { engines, standard, crs, strict };

enum class FixKind : uint8_t { none, safe, unsafe };

enum class Check : uint16_t {
#define WAFCHECK_CHECK(code, id, ...) id,
#include "parser/syntax_checks.def"
#define WAFCHECK_CHECK(code, id, ...) id,
#include "lint/checks.def"
};

class Context;
class Exclusions;
class Expressions;
class Findings;
class RedosIndex;
class Suppressions;
class TxIndex;
struct DataFile;

struct CheckInfo {
  Check id;
  std::string_view code;  ///< "COR001"
  std::string_view name;  ///< "duplicate-id": its identity in configuration and JSON
  parser::Severity severity;
  FixKind fix;
  Profile profile;
  std::string_view doc;   ///< one line: what a correct ruleset looks like
  std::string_view why;   ///< one or two sentences: what happens otherwise
  std::string_view bad;   ///< a ruleset that has the fault; lint/example.h says how it reads
  std::string_view good;  ///< the same without it
  void (*run)(const Context& context, Findings& found);  ///< null: the parser reports it
};

/// Sorted by code.
std::span<const CheckInfo> checks();
const CheckInfo& info(Check check);
/// By code or name; null: there is none.
const CheckInfo* find_check(std::string_view code_or_name);
/// "COR001" and "COR" select by code and its prefix, "duplicate-id" by name.
bool selects(std::string_view selector, const CheckInfo& check);
/// The nearest check name, for "did you mean"; empty when none is near.
std::string_view nearest_check(std::string_view name);
/// Why a selector selects no check, with the nearest name; empty when it selects one.
std::string fault_of_selector(std::string_view selector);
/// "correctness" of COR001, "syntax" of SYN001, ...
std::string_view category(const CheckInfo& check);

/// Where a check puts what it finds.
class Findings {
 public:
  Findings(const parser::Ruleset& ruleset, parser::Diagnostics& to) : ruleset_(ruleset), to_(to) {}

  /// The reference holds until the next call.
  parser::Diagnostic& add(Check check, parser::Span span, std::string message,
                          std::string help = {});
  /// The same about a rule, whose id (its starter's, for a link of a chain) the finding then has.
  parser::Diagnostic& add(Check check, const parser::Rule& rule, parser::Span span,
                          std::string message, std::string help = {});

 private:
  const parser::Ruleset& ruleset_;
  parser::Diagnostics& to_;
};

struct Selection {
  Profile profile = Profile::standard;
  std::vector<std::string> select;         ///< none: what the profile turns on
  std::vector<std::string> extend_select;  ///< besides
  std::vector<std::string> ignore;         ///< wins

  /// `engines`: whether --engine names any.
  bool holds(const CheckInfo& check, bool engines) const;
};

/// How bad a check's findings are, instead of what its row says; nothing: they are not shown.
struct SeverityOverride {
  std::string check;  ///< name or code
  std::optional<parser::Severity> severity;
};

/// What is not looked for in some files.
struct FileIgnores {
  std::string glob;  ///< of canonical paths, lint/glob.h; one without a slash is of file names
  std::vector<std::string> checks;  ///< selectors
};

/// What is known of the Core Rule Set from outside its rules.
struct CrsOptions {
  std::optional<std::vector<std::string>> approved_tags;  ///< none: what looks like one of CRS's
  std::string version;  ///< "4.29.0-dev"; empty: what most of its rules say
};

/// The tags in a file of approved ones: one a line, comments begin with #.
std::vector<std::string> tags_in(std::string_view file);

/// A regression test, and what became of it.
struct TestCase {
  std::string file;
  uint32_t line = 0;
  std::string id;  ///< "942100-1"
  uint64_t rule_id = 0;
  std::vector<uint64_t> expected;  ///< rules that it says are triggered
  std::vector<uint64_t> silent;    ///< those of them that were not
};

/// What a run of the linter was asked for.
struct Options {
  Selection selection;
  std::vector<SeverityOverride> severities;
  std::vector<FileIgnores> per_file_ignores;
  std::vector<EngineTarget> engines;    ///< that the rules are to run on; none: not checked
  parser::FileSystem* files = nullptr;  ///< null: the disk
  CrsOptions crs;
  std::optional<std::vector<TestCase>> tests;  ///< none: checks that need them find nothing
};

/// What every check gets: the ruleset, the options, and facts that several checks need, worked out
/// when the first asks.
class Context {
 public:
  Context(const parser::Ruleset& of, const Options& with);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const parser::Ruleset& ruleset;
  const Options& options;

  parser::FileSystem& files() const;
  /// The rule that a link belongs to; itself when it stands alone.
  const parser::Rule& starter(const parser::Rule& rule) const;
  parser::RuleIndex index(const parser::Rule& rule) const;
  /// Who writes and who reads TX and the persistent collections.
  const TxIndex& tx() const;
  /// What ids, tags and messages name, and what excludes rules and targets.
  const Exclusions& exclusions() const;
  /// The expressions whose matching time explodes; looking for them is costly.
  const RedosIndex& redos() const;
  /// Whether findings of the check would be shown for places in that file.
  bool looks_for(const CheckInfo& check, parser::FileId file) const;
  /// The comments that silence checks.
  Suppressions& suppressions() const;
  /// The data files that rules read.
  const std::deque<DataFile>& data_files() const;
  /// The regular expressions of the rules.
  const Expressions& expressions() const;

 private:
  mutable std::unique_ptr<Exclusions> exclusions_;
  mutable std::unique_ptr<Expressions> expressions_;
  mutable std::unique_ptr<RedosIndex> redos_;
  mutable std::unique_ptr<Suppressions> suppressions_;
  mutable std::unique_ptr<std::deque<DataFile>> data_files_;
  mutable std::unique_ptr<TxIndex> tx_;
  /// Of the files that per_file_ignores names: selectors.
  std::unordered_map<parser::FileId, std::vector<std::string_view>> ignored_in_;
};

/// What a run of the checks came to.
struct Examination {
  parser::Diagnostics findings;
  size_t suppressed = 0;        ///< findings that comments in the rules silence
  std::optional<size_t> fixed;  ///< findings that were fixed; none: nothing was to be fixed
};

/// Everything that is wrong with a loaded ruleset: what loading reported and what the selected
/// checks find, sorted, each once. Errors of the syntax cannot be deselected, only ignored by name.
Examination examine(const parser::Ruleset& ruleset, const Options& options);

/// Its findings alone.
parser::Diagnostics run_checks(const parser::Ruleset& ruleset, const Options& options);

}  // namespace wafcheck::lint
