// The Reviewdog Diagnostic Format: lines and columns count from 1, columns count the bytes of
// UTF-8, and a range ends before its end.
// Source: reviewdog, proto/rdf/reviewdog.proto.

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "lint/report/json.h"
#include "lint/report/report.h"

namespace wafcheck::lint::inline report {
namespace {

using parser::Severity;
using parser::Span;

/// A longer text is not quoted to replace it.
constexpr size_t kMaxReplaced = 4096;

std::string_view rdjson_severity(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "ERROR";
    case Severity::warning:
      return "WARNING";
    case Severity::info:
      return "INFO";
  }
  return "UNKNOWN_SEVERITY";
}

class Rdjson {
 public:
  explicit Rdjson(const Report& report) : report_(report), sources_(report.sources) {}

  Json diagnostic(const Finding& finding) const {
    Json row = {{"message", json_text(message(finding))},
                {"location", place(finding->span)},
                {"severity", rdjson_severity(finding->severity)},
                {"code", {{"value", finding.code().empty() ? finding->check : finding.code()}}}};
    if (Json suggestion = suggested(finding); !suggestion.is_null()) {
      row["suggestions"] = Json::array({std::move(suggestion)});
    }
    for (const parser::Label& label : finding->related) {
      if (label.span.file == parser::kNoFile) continue;
      row["related_locations"].push_back(
          {{"message", json_text(label.message)}, {"location", place(label.span)}});
    }
    return row;
  }

 private:
  static std::string message(const Finding& finding) {
    std::string text = fmt::format("{} [{}]", with_help(finding), finding->check);
    if (finding->fix && !finding->fix->safe) text += "\nThe fix may change verdicts.";
    return text;
  }

  /// A path is required, and a finding without a file is one of the whole.
  Json place(Span span) const {
    if (span.file == parser::kNoFile) return {{"path", "."}};
    return {{"path", json_text(report_.relative(sources_[span.file].path))},
            {"range", range(span)}};
  }

  Json range(Span span) const {
    const parser::Place begin = sources_.begin_of(span), end = sources_.end_of(span);
    return {{"start", {{"line", begin.line}, {"column", begin.column}}},
            {"end", {{"line", end.line}, {"column", end.column}}}};
  }

  /// A suggestion is applied by itself, so it has to hold all edits of the fix: from the first to
  /// the last, with what stands between. Null where that is no text, very long, or in other files.
  Json suggested(const Finding& finding) const {
    if (!finding->fix || finding->fix->edits.empty()) return nullptr;
    std::vector<parser::Edit> edits = finding->fix->edits;
    std::ranges::stable_sort(edits, {}, [](const parser::Edit& edit) { return edit.span.begin; });
    Span whole = finding->span;
    whole.begin = edits.front().span.begin;
    whole.end = whole.begin;
    std::string text;
    for (const parser::Edit& edit : edits) {
      if (edit.span.file != whole.file || edit.span.begin < whole.end) return nullptr;
      text += sources_.text({whole.file, whole.end, edit.span.begin});
      text += edit.replacement;
      whole.end = edit.span.end;
      if (whole.end - whole.begin > kMaxReplaced) return nullptr;
    }
    if (json_text(text) != text) return nullptr;
    return {{"range", range(whole)}, {"text", std::move(text)}};
  }

  const Report& report_;
  const parser::Sources& sources_;
};

}  // namespace

void write_rdjson(const Report& report, std::ostream& out) {
  const Rdjson rdjson(report);
  out << R"({"source":{"name":"wafcheck"},"diagnostics":[)";
  bool first = true;
  for (const Finding& finding : report.findings) {
    if (!out) return;
    out << (first ? "\n" : ",\n") << dump(rdjson.diagnostic(finding));
    first = false;
  }
  out << "\n]}\n";
}

}  // namespace wafcheck::lint::inline report
