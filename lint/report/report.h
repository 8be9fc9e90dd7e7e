#pragma once
// The results of a run of the linter, and the table of output formats.

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/checks/check.h"
#include "parser/diagnostic.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline report {

struct Finding {
  const parser::Diagnostic* diagnostic = nullptr;
  const CheckInfo* check = nullptr;  ///< its row
  uint64_t fingerprint = 0;

  const parser::Diagnostic* operator->() const { return diagnostic; }
  std::string_view code() const { return check == nullptr ? std::string_view() : check->code; }
  /// Whether it prevents the ruleset from loading: a baseline does not hide such a finding.
  bool stops_loading() const;
};

/// Findings with their fingerprints. A fingerprint does not depend on line numbers: it is computed
/// from the check, the file's name without its directory, the rule's id, the marked text, and the
/// number of equal findings above. `diagnostics` have to be sorted and to outlive the findings.
std::vector<Finding> fingerprinted(const parser::Diagnostics& diagnostics,
                                   const parser::Sources& sources);

/// 16 hexadecimal digits.
std::string fingerprint_text(uint64_t fingerprint);

/// The effect of a baseline on a run.
struct BaselineUse {
  size_t held = 0;   ///< findings that it hid
  size_t stale = 0;  ///< its entries without a finding
};

struct Counts {
  size_t error = 0, warning = 0, info = 0;
  size_t fixable = 0, unsafe_fixable = 0;

  size_t total() const { return error + warning + info; }
};

struct Report {
  explicit Report(const parser::RulesetModel& of);
  Report(const parser::Sources& of, size_t of_files, size_t of_rules)
      : sources(of), files(of_files), rules(of_rules) {}

  const parser::Sources& sources;  ///< what findings point into
  // What is reported on: not the files and rules of a context.
  size_t files = 0;
  size_t rules = 0;
  std::vector<Finding> findings;
  std::optional<BaselineUse> baseline;
  size_t suppressed = 0;        ///< findings that comments in the rules silence
  std::optional<size_t> fixed;  ///< findings that were fixed; nullopt: fixing was not requested
  parser::Severity fail_on = parser::Severity::warning;
  bool complete = true;      ///< everything was read and parsed
  std::string directory;     ///< absolute path of the working directory; empty: unknown
  std::string_view version;  ///< of wafcheck
  bool color = false;
  size_t terminal_columns = 0;  ///< 0: no terminal

  Counts counts() const;
  /// The path relative to `directory` if the file is below it, else unchanged; without "./".
  std::string relative(std::string_view path) const;
};

/// Where the summary of a run is written.
enum class Summary : uint8_t {
  after,   ///< after the findings: formats for people
  inside,  ///< in the document
  aside,   ///< to standard error
};

/// The findings of one file.
struct FileFindings {
  std::string_view path;  ///< "wafcheck" for findings without a file
  std::span<const Finding> findings;
};
/// Every file that was read, in load order, including those without findings.
std::vector<FileFindings> by_file(const Report& report);

/// The message with its help on a second line, for formats without a field for help.
std::string with_help(const Finding& finding);

struct ReportFormat {
  std::string_view name;
  Summary summary;
  void (*write)(const Report& report, std::ostream& out);
  std::string_view doc;  ///< what it is for, in a few words
  /// What is written are the data of a page for a browser, which the caller puts around them.
  bool page = false;
};

/// All formats of --format.
std::span<const ReportFormat> report_formats();
/// Null if there is no such format.
const ReportFormat* find_format(std::string_view name);

/// `2 files, 5 rules: 1 error, 0 warnings, 3 info`, then one line each for findings that the
/// baseline hides and for fixable ones.
std::string summary(const Report& report);

void write_full(const Report& report, std::ostream& out);
void write_concise(const Report& report, std::ostream& out);
void write_json(const Report& report, std::ostream& out);
void write_jsonl(const Report& report, std::ostream& out);
void write_sarif(const Report& report, std::ostream& out);
void write_github(const Report& report, std::ostream& out);
void write_gitlab(const Report& report, std::ostream& out);
void write_junit(const Report& report, std::ostream& out);
void write_page_data(const Report& report, std::ostream& out);
void write_checkstyle(const Report& report, std::ostream& out);
void write_rdjson(const Report& report, std::ostream& out);
void write_markdown(const Report& report, std::ostream& out);

}  // namespace wafcheck::lint::inline report
