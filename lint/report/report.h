#pragma once
// What a run of the linter found, and the table of formats in which it is told.

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/check.h"
#include "parser/diagnostic.h"
#include "parser/ruleset.h"

namespace wafcheck::lint {

struct Finding {
  const parser::Diagnostic* diagnostic = nullptr;
  const CheckInfo* check = nullptr;  ///< its row
  uint64_t fingerprint = 0;

  const parser::Diagnostic* operator->() const { return diagnostic; }
  std::string_view code() const { return check == nullptr ? std::string_view() : check->code; }
  /// Whether it keeps the ruleset from loading: no baseline holds such a finding back.
  bool stops_loading() const;
};

/// Findings with their fingerprints. A fingerprint stays what it is when lines above are added or
/// removed: it is made of the check, the file's name without its directory, the rule's id, the text
/// that is marked, and which of several like it this is, counted from the top. `diagnostics` are
/// sorted, and have to outlive the findings.
std::vector<Finding> fingerprinted(const parser::Diagnostics& diagnostics,
                                   const parser::Ruleset& ruleset);

/// 16 hexadecimal digits.
std::string fingerprint_text(uint64_t fingerprint);

/// What a baseline did to a run.
struct BaselineUse {
  size_t held = 0;   ///< findings that it held back
  size_t stale = 0;  ///< its entries that nothing was found for
};

struct Counts {
  size_t error = 0, warning = 0, info = 0;
  size_t fixable = 0, unsafe_fixable = 0;

  size_t total() const { return error + warning + info; }
};

struct Report {
  explicit Report(const parser::Ruleset& of) : ruleset(of) {}

  const parser::Ruleset& ruleset;
  std::vector<Finding> findings;
  std::optional<BaselineUse> baseline;
  size_t suppressed = 0;         ///< findings that comments in the rules silence
  std::optional<size_t> fixed;   ///< findings that were fixed; none: nothing was to be fixed
  parser::Severity fail_on = parser::Severity::warning;
  bool complete = true;      ///< everything was read and parsed
  std::string directory;     ///< absolute path that relative ones start from; empty: unknown
  std::string_view version;  ///< of wafcheck
  bool color = false;
  size_t terminal_columns = 0;  ///< 0: no terminal

  Counts counts() const;
  /// The path of a file below `directory` from there, of any other as it was given; without "./".
  std::string relative(std::string_view path) const;
};

/// Where the summary of a run goes.
enum class Summary : uint8_t {
  after,   ///< behind the findings: a format for people
  inside,  ///< the document has it
  aside,   ///< to standard error
};

/// The findings of one file.
struct FileFindings {
  std::string_view path;  ///< "wafcheck" for what has no file
  std::span<const Finding> findings;
};
/// Every file that was read, in load order, those without findings too.
std::vector<FileFindings> by_file(const Report& report);

/// The message with its help on a second line, for formats that have no place of its own for it.
std::string with_help(const Finding& finding);

struct ReportFormat {
  std::string_view name;
  Summary summary;
  void (*write)(const Report& report, std::ostream& out);
  std::string_view doc;  ///< what it is for, in a few words
};

/// All formats of --format.
std::span<const ReportFormat> report_formats();
/// Null: there is none.
const ReportFormat* find_format(std::string_view name);

/// `2 files, 5 rules: 1 error, 0 warnings, 3 info`, then what the baseline held back and what can
/// be fixed, each on a line of its own.
std::string summary(const Report& report);

void write_full(const Report& report, std::ostream& out);
void write_concise(const Report& report, std::ostream& out);
void write_json(const Report& report, std::ostream& out);
void write_jsonl(const Report& report, std::ostream& out);
void write_sarif(const Report& report, std::ostream& out);
void write_github(const Report& report, std::ostream& out);
void write_gitlab(const Report& report, std::ostream& out);
void write_junit(const Report& report, std::ostream& out);
void write_checkstyle(const Report& report, std::ostream& out);

}  // namespace wafcheck::lint
