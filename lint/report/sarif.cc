// SARIF 2.1.0 (OASIS), for code scanning. Results are written one by one, one per line.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <unordered_map>

#include "lint/report/json.h"
#include "lint/report/report.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/base/path.h"
#include "parser/base/utf8.h"

namespace wafcheck::lint::inline report {
namespace {

using parser::FileId;
using parser::Severity;
using parser::Sources;
using parser::Span;

constexpr std::string_view kBase = "%SRCROOT%";
/// Longer texts are not quoted.
constexpr size_t kMaxSnippet = 2000;

std::string_view level(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::info:
      return "note";
  }
  return "";
}

/// Percent-encodes everything but slashes and the unreserved characters of RFC 3986.
std::string encoded(std::string_view path) {
  return percent_encoded(path, [](char byte) {
    return is_alnum(static_cast<unsigned char>(byte)) || byte == '-' || byte == '.' ||
           byte == '_' || byte == '~' || byte == '/';
  });
}

/// Columns in characters, as SARIF requires. An index with one entry per few hundred bytes of a
/// source keeps this fast for lines of any length.
class Columns {
 public:
  explicit Columns(std::string_view bytes) : bytes_(bytes) {
    size_t at = 0;
    for (uint32_t count = 0; at < bytes.size(); ++count) {
      if (at >= stops_.size() * kStride) stops_.push_back({static_cast<uint32_t>(at), count});
      at += std::max<size_t>(utf8_length(bytes.substr(at)), 1);
    }
  }

  /// Characters from `begin` to `end`.
  uint32_t between(uint32_t begin, uint32_t end) const { return before(end) - before(begin); }

 private:
  static constexpr size_t kStride = 256;
  struct Stop {
    uint32_t at, count;
  };

  uint32_t before(uint32_t offset) const {
    const auto next = std::ranges::upper_bound(stops_, offset, {}, &Stop::at);
    if (next == stops_.begin()) return 0;
    auto [at, count] = *(next - 1);
    for (; at < offset && at < bytes_.size(); ++count) {
      at += static_cast<uint32_t>(std::max<size_t>(utf8_length(bytes_.substr(at)), 1));
    }
    return count;
  }

  std::string_view bytes_;
  std::vector<Stop> stops_;
};

class Sarif {
 public:
  Sarif(const Report& report, std::ostream& out)
      : report_(report), sources_(report.sources), out_(out) {
    for (const Finding& finding : report.findings) {
      if (finding.check != nullptr) rules_.emplace(finding.check->code, finding.check);
    }
    for (size_t index = 0; auto& [code, check] : rules_) rule_index_.emplace(code, index++);
    for (FileId file = 0; file < sources_.size(); ++file) {
      artifact_index_.emplace(sources_[file].path, artifact_index_.size());
    }
  }

  void write() {
    out_ << R"({"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0",)"
         << "\"runs\":[{\n\"tool\":" << dump(tool())
         << ",\n\"invocations\":" << dump(invocations());
    if (!report_.directory.empty()) {
      out_ << ",\n\"originalUriBaseIds\":" << dump(Json{{kBase, {{"uri", base_uri()}}}});
    }
    out_ << ",\n\"artifacts\":" << dump(artifacts())
         << ",\n\"columnKind\":\"unicodeCodePoints\",\n\"results\":[";
    bool first = true;
    for (const Finding& finding : report_.findings) {
      if (!out_) return;
      if (finding->span.file == parser::kNoFile) continue;  // a notification
      out_ << (first ? "\n" : ",\n") << dump(result(finding));
      first = false;
    }
    out_ << "]}]}\n";
  }

 private:
  // --- the tool ---

  Json tool() const {
    Json rules = Json::array();
    for (const auto& [code, check] : rules_) rules.push_back(rule(*check));
    return {{"driver",
             {{"name", "wafcheck"},
              {"version", report_.version},
              {"semanticVersion", report_.version},
              {"rules", std::move(rules)}}}};
  }

  static Json rule(const CheckInfo& check) {
    std::string full(check.doc);
    if (!check.why.empty()) full += fmt::format(" {}", check.why);
    std::string text = full, markdown = full;
    const std::pair<std::string_view, std::string_view> examples[] = {
        {"Example", check.bad}, {"Write instead", check.good}};
    for (auto [title, example] : examples) {
      if (example.empty()) continue;
      while (example.ends_with('\n')) example.remove_suffix(1);
      text += fmt::format("\n\n{}:\n{}", title, example);
      markdown += fmt::format("\n\n{}:\n\n```apache\n{}\n```", title, example);
    }
    const std::string_view grade =
        check.severity == Severity::info ? "recommendation" : parser::to_string(check.severity);
    return {{"id", check.code},
            {"name", check.name},
            {"shortDescription", {{"text", check.doc}}},
            {"fullDescription", {{"text", full}}},
            {"help", {{"text", json_text(text)}, {"markdown", json_text(markdown)}}},
            {"defaultConfiguration", {{"level", level(check.severity)}}},
            {"properties",
             {{"tags", Json::array({category(check)})},
              {"category", category(check)},
              {"profile", to_string(check.profile)},
              {"problem.severity", grade}}}};
  }

  // --- the run ---

  Json invocations() const {
    Json invocation = {{"executionSuccessful", report_.complete}};
    Json notifications = Json::array();
    for (const Finding& finding : report_.findings) {
      if (finding->span.file != parser::kNoFile) continue;
      Json row = {{"level", level(finding->severity)},
                  {"message", {{"text", json_text(with_help(finding))}}}};
      if (finding.check != nullptr) row["associatedRule"] = reference(*finding.check);
      notifications.push_back(std::move(row));
    }
    if (!notifications.empty()) {
      invocation["toolExecutionNotifications"] = std::move(notifications);
    }
    if (!report_.directory.empty()) invocation["workingDirectory"] = {{"uri", base_uri()}};
    return Json::array({std::move(invocation)});
  }

  Json reference(const CheckInfo& check) const {
    return {{"id", check.code}, {"index", rule_index_.at(check.code)}};
  }

  std::string base_uri() const {
    return "file://" + encoded(report_.directory) + (report_.directory.ends_with('/') ? "" : "/");
  }

  Json artifacts() {
    Json rows = Json::array();
    for (FileId file = 0; file < sources_.size(); ++file) {
      const parser::Source& source = sources_[file];
      if (artifact_index_.at(source.path) != rows.size()) continue;  // read before
      Json location = artifact_location(file);
      location.erase("index");
      rows.push_back({{"location", std::move(location)},
                      {"length", source.bytes.size()},
                      {"roles", Json::array({"analysisTarget"})}});
    }
    return rows;
  }

  const Json& artifact_location(FileId file) {
    Json& location = locations_[file];
    if (location.is_null()) location = make_artifact_location(sources_[file].path);
    return location;
  }

  /// Relative for files below the working directory, else absolute.
  Json make_artifact_location(std::string_view path) const {
    const std::string relative = report_.relative(path);
    const size_t index = artifact_index_.at(path);
    const bool outside = relative.starts_with("../") || relative.starts_with('/');
    if (report_.directory.empty()) return {{"uri", encoded(relative)}, {"index", index}};
    if (!outside) return {{"uri", encoded(relative)}, {"uriBaseId", kBase}, {"index", index}};
    const std::string whole =
        relative.starts_with('/') ? relative : normal_path(report_.directory + '/' + relative);
    return {{"uri", "file://" + encoded(whole)}, {"index", index}};
  }

  // --- a result ---

  Json result(const Finding& finding) {
    Json row;
    if (finding.check != nullptr) {
      row["ruleId"] = finding.check->code;
      row["ruleIndex"] = rule_index_.at(finding.check->code);
    }
    row["level"] = level(finding->severity);
    row["message"] = {{"text", json_text(with_help(finding))}};
    row["locations"].push_back({{"physicalLocation", physical(finding->span, true)}});
    row["partialFingerprints"] = {{"wafcheck/v1", fingerprint_text(finding.fingerprint)}};
    Json related = Json::array();
    for (const parser::Label& label : finding->related) {
      if (label.span.file == parser::kNoFile) continue;
      related.push_back({{"id", related.size() + 1},
                         {"physicalLocation", physical(label.span, true)},
                         {"message", {{"text", json_text(label.message)}}}});
    }
    if (!related.empty()) row["relatedLocations"] = std::move(related);
    if (finding->fix && is_text(*finding->fix)) {
      row["fixes"].push_back(fix(*finding->fix));
    }
    Json properties;
    if (finding->rule_id) properties["rule_id"] = *finding->rule_id;
    if (!finding->engines.empty()) properties["engines"] = finding->engines;
    if (!properties.is_null()) row["properties"] = std::move(properties);
    return row;
  }

  Json physical(Span span, bool quoted) {
    return {{"artifactLocation", artifact_location(span.file)}, {"region", region(span, quoted)}};
  }

  /// `endColumn` is the column after the last character.
  Json region(Span span, bool quoted) {
    const parser::Source& source = sources_[span.file];
    const auto size = static_cast<uint32_t>(source.bytes.size());
    const uint32_t begin = std::min(span.begin, size), end = std::clamp(span.end, begin, size);
    const uint32_t first = sources_.begin_of(span).line, last = sources_.end_of(span).line;
    const Columns& columns = columns_.try_emplace(span.file, source.bytes).first->second;
    Json row = {{"startLine", first},
                {"startColumn", columns.between(source.line_starts[first - 1], begin) + 1},
                {"endLine", last},
                {"endColumn", columns.between(source.line_starts[last - 1], end) + 1},
                {"byteOffset", begin},
                {"byteLength", end - begin}};
    if (quoted && end > begin && end - begin <= kMaxSnippet) {
      row["snippet"] = {{"text", json_text(sources_.text(span))}};
    }
    return row;
  }

  Json fix(const parser::Fix& fix) {
    std::map<FileId, Json> replacements;
    for (const parser::Edit& edit : fix.edits) {
      Json& rows = replacements.try_emplace(edit.span.file, Json::array()).first->second;
      Json row = {{"deletedRegion", region(edit.span, false)}};
      if (!edit.replacement.empty()) row["insertedContent"] = {{"text", edit.replacement}};
      rows.push_back(std::move(row));
    }
    Json changes = Json::array();
    for (auto& [file, rows] : replacements) {
      changes.push_back(
          {{"artifactLocation", artifact_location(file)}, {"replacements", std::move(rows)}});
    }
    return {{"description", {{"text", json_text(fix.title)}}},
            {"artifactChanges", std::move(changes)}};
  }

  const Report& report_;
  const Sources& sources_;
  std::ostream& out_;
  std::map<std::string_view, const CheckInfo*> rules_;  ///< those that found something, by code
  std::unordered_map<std::string_view, size_t> rule_index_, artifact_index_;
  std::unordered_map<FileId, Columns> columns_;
  std::unordered_map<FileId, Json> locations_;
};

}  // namespace

void write_sarif(const Report& report, std::ostream& out) {
  Sarif(report, out).write();
}

}  // namespace wafcheck::lint::inline report
