#include "lint/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <unordered_map>
#include <unordered_set>

#include "lint/report/text.h"
#include "parser/base/path.h"

namespace wafcheck::lint::inline report {
namespace {

using parser::Diagnostic;
using parser::Severity;

constexpr ReportFormat kFormats[] = {
    {"full", Summary::after, write_full, "source lines with carets and help, for people"},
    {"concise", Summary::after, write_concise, "one line per finding"},
    {"json", Summary::inside, write_json, "one document"},
    {"jsonl", Summary::aside, write_jsonl, "one JSON object per line"},
    {"html", Summary::inside, write_page_data, "a page to look at", true},
    {"sarif", Summary::aside, write_sarif, "SARIF 2.1.0, for code scanning"},
    {"github", Summary::aside, write_github, "annotations of GitHub Actions"},
    {"gitlab", Summary::aside, write_gitlab, "a GitLab Code Quality report"},
    {"junit", Summary::aside, write_junit, "JUnit XML"},
    {"checkstyle", Summary::aside, write_checkstyle, "Checkstyle XML"},
    {"rdjson", Summary::aside, write_rdjson, "diagnostics for reviewdog"},
    {"markdown", Summary::inside, write_markdown, "a table, for a review"},
};

/// The maximum number of hashed bytes of a marked text, as a check may mark whole files repeatedly.
constexpr size_t kHashedBytes = 4096;

/// FNV-1a over fields; each is followed by its length, so that "a","bc" is not "ab","c".
class Hash {
 public:
  Hash& add(std::string_view field) {
    for (const char byte : field) step(static_cast<unsigned char>(byte));
    return add(field.size());
  }
  Hash& add(uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) step(static_cast<unsigned char>(number >> shift));
    return *this;
  }
  uint64_t value() const { return value_; }

 private:
  void step(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3U; }
  uint64_t value_ = 0xcbf29ce484222325U;
};

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string plural(size_t number, std::string_view word) {
  return fmt::format("{} {}{}", number, word, number == 1 ? "" : "s");
}

}  // namespace

bool Finding::stops_loading() const {
  return diagnostic->severity == Severity::error && (check == nullptr || check->run == nullptr);
}

std::vector<Finding> fingerprinted(const parser::Diagnostics& diagnostics,
                                   const parser::Sources& sources) {
  std::unordered_map<uint64_t, uint64_t> seen;
  std::vector<Finding> findings;
  findings.reserve(diagnostics.size());
  for (const Diagnostic& diagnostic : diagnostics) {
    const bool placed = diagnostic.span.file != parser::kNoFile;
    Hash hash;
    hash.add(diagnostic.check);
    hash.add(placed ? base_name(sources[diagnostic.span.file].path) : "");
    hash.add(diagnostic.rule_id.value_or(0));
    hash.add(placed ? sources.text(diagnostic.span).substr(0, kHashedBytes)
                    : std::string_view(diagnostic.message));
    const uint64_t occurrence = seen[hash.value()]++;
    findings.push_back({&diagnostic, check_of(diagnostic), hash.add(occurrence).value()});
  }
  return findings;
}

std::string fingerprint_text(uint64_t fingerprint) {
  return fmt::format("{:016x}", fingerprint);
}

Report::Report(const parser::RulesetModel& of) : sources(of.sources) {
  std::unordered_set<parser::FileId> context;
  for (const parser::LoadedFile& file : of.files) {
    if (file.context) context.insert(file.file);
  }
  files = of.files.size() - context.size();
  rules = static_cast<size_t>(std::ranges::count_if(
      of.rules, [&](const parser::Rule& rule) { return !context.contains(rule.span.file); }));
}

Counts Report::counts() const {
  Counts counts;
  for (const Finding& finding : findings) {
    switch (finding->severity) {
      case Severity::error:
        ++counts.error;
        break;
      case Severity::warning:
        ++counts.warning;
        break;
      case Severity::info:
        ++counts.info;
        break;
    }
    if (finding->fix) ++(finding->fix->safe ? counts.fixable : counts.unsafe_fixable);
  }
  return counts;
}

std::string Report::relative(std::string_view path) const {
  const std::string plain = normal_path(path);
  if (directory.empty()) return plain;
  const std::string whole = plain.starts_with('/') ? plain : normal_path(directory + '/' + plain);
  const std::string base = directory.ends_with('/') ? directory : directory + '/';
  return whole.starts_with(base) ? whole.substr(base.size()) : plain;
}

std::vector<FileFindings> by_file(const Report& report) {
  std::vector<FileFindings> groups;
  const std::span<const Finding> all = report.findings;
  size_t at = 0;
  const auto group = [&](parser::FileId file, std::string_view path) {
    const size_t begin = at;
    while (at < all.size() && all[at]->span.file == file) ++at;
    groups.push_back({path, all.subspan(begin, at - begin)});
  };
  const parser::Sources& sources = report.sources;
  for (parser::FileId file = 0; file < sources.size(); ++file) group(file, sources[file].path);
  if (at < all.size()) group(parser::kNoFile, "wafcheck");
  return groups;
}

std::string with_help(const Finding& finding) {
  return finding->help.empty() ? finding->message : finding->message + "\nhelp: " + finding->help;
}

std::span<const ReportFormat> report_formats() {
  return kFormats;
}

const ReportFormat* find_format(std::string_view name) {
  const auto found = std::ranges::find(kFormats, name, &ReportFormat::name);
  return found == std::end(kFormats) ? nullptr : found;
}

std::string summary(const Report& report) {
  const Counts counts = report.counts();
  std::string text =
      fmt::format("{}, {}: ", plural(report.files, "file"), plural(report.rules, "rule"));
  text += counts.total() == 0 ? "nothing found"
                              : fmt::format("{}, {}, {} info", plural(counts.error, "error"),
                                            plural(counts.warning, "warning"), counts.info);
  if (report.suppressed != 0) text += fmt::format(", {} suppressed", report.suppressed);
  text += '\n';
  if (report.baseline) {
    const auto& [held, stale] = *report.baseline;
    text += fmt::format("hidden by the baseline: {}", plural(held, "finding"));
    if (stale > 0) text += fmt::format("; no longer found: {} of its entries", stale);
    text += '\n';
  }
  if (report.fixed) return text + fmt::format("{} fixed, {} left\n", *report.fixed, counts.total());
  const auto& [fixable, unsafe_fixable] = std::pair(counts.fixable, counts.unsafe_fixable);
  if (fixable > 0) text += fmt::format("[*] {} fixable with --fix", fixable);
  if (unsafe_fixable > 0) {
    text +=
        fmt::format("{}{} with --unsafe-fixes", fixable > 0 ? "; " : "fixable: ", unsafe_fixable);
  }
  if (fixable + unsafe_fixable > 0) text += '\n';
  return text;
}

void write_full(const Report& report, std::ostream& out) {
  for (const Finding& finding : report.findings) {
    if (!out) return;
    out << full(*finding.diagnostic, report.sources, report.color, report.terminal_columns) << '\n';
  }
}

void write_concise(const Report& report, std::ostream& out) {
  for (const Finding& finding : report.findings) {
    if (!out) return;
    out << concise(*finding.diagnostic, report.sources) << '\n';
  }
}

}  // namespace wafcheck::lint::inline report
