// json and jsonl, a stable interface for scripts. Lines and columns count from 1; columns count
// bytes.

#include "lint/report/json.h"

#include <algorithm>
#include <ostream>

#include "lint/report/report.h"
#include "parser/base/escape.h"

namespace wafcheck::lint::inline report {
namespace {

using parser::Place;
using parser::Sources;

void put_place(Json& to, parser::Span span, const Sources& sources) {
  if (span.file == parser::kNoFile) {
    to["file"] = nullptr;
    return;
  }
  const Place begin = sources.begin_of(span), end = sources.end_of(span);
  to["file"] = json_text(begin.path);
  to["line"] = begin.line;
  to["column"] = begin.column;
  to["end_line"] = end.line;
  to["end_column"] = end.column;
}

Json fix_json(const parser::Fix& fix, const Sources& sources) {
  Json edits = Json::array();
  for (const parser::Edit& edit : fix.edits) {
    Json row;
    put_place(row, edit.span, sources);
    row["replacement"] = edit.replacement;
    edits.push_back(std::move(row));
  }
  return {{"title", json_text(fix.title)}, {"safe", fix.safe}, {"edits", std::move(edits)}};
}

}  // namespace

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json finding_json(const Finding& finding, const Sources& sources) {
  Json row;
  row["check"] = finding->check;
  row["code"] = finding.code();
  row["category"] = finding.check == nullptr ? "" : category(*finding.check);
  row["severity"] = parser::to_string(finding->severity);
  put_place(row, finding->span, sources);
  row["rule_id"] = finding->rule_id ? Json(*finding->rule_id) : Json(nullptr);
  row["message"] = json_text(finding->message);
  row["help"] = json_text_or_null(finding->help);
  row["related"] = Json::array();
  for (const parser::Label& label : finding->related) {
    Json other;
    put_place(other, label.span, sources);
    other["message"] = json_text(label.message);
    row["related"].push_back(std::move(other));
  }
  const bool fixable = finding->fix && is_text(*finding->fix);
  row["fix"] = fixable ? fix_json(*finding->fix, sources) : Json(nullptr);
  row["engines"] = finding->engines;
  row["fingerprint"] = fingerprint_text(finding.fingerprint);
  return row;
}

Json json_text(std::string_view bytes) {
  return escape_invalid_utf8(bytes);
}

Json json_text_or_null(std::string_view bytes) {
  return bytes.empty() ? Json(nullptr) : json_text(bytes);
}

Json check_json(const CheckInfo& check) {
  return {{"code", check.code},
          {"name", check.name},
          {"category", category(check)},
          {"severity", parser::to_string(check.severity)},
          {"fix", check.fix == FixKind::none ? Json(nullptr) : Json(to_string(check.fix))},
          {"profile", to_string(check.profile)},
          {"doc", check.doc},
          {"why", json_text_or_null(check.why)},
          {"bad", json_text_or_null(check.bad)},
          {"good", json_text_or_null(check.good)}};
}

Json summary_json(const Report& report) {
  const Counts counts = report.counts();
  Json summary = {{"error", counts.error},
                  {"warning", counts.warning},
                  {"info", counts.info},
                  {"suppressed", report.suppressed}};
  size_t left_out = 0;
  for (const Finding& finding : report.findings) left_out += finding->left_out;
  if (left_out != 0) summary["left_out"] = left_out;
  if (report.fixed) summary["fixed"] = *report.fixed;
  if (report.baseline) {
    summary["baseline"] = {{"held", report.baseline->held}, {"stale", report.baseline->stale}};
  }
  return summary;
}

std::string_view to_string(FixKind fix) {
  switch (fix) {
    case FixKind::none:
      return "none";
    case FixKind::safe:
      return "safe";
    case FixKind::unsafe:
      return "unsafe";
  }
  return "";
}

std::string_view to_string(Profile profile) {
  switch (profile) {
    case Profile::engines:
      return "engines";
    case Profile::standard:
      return "default";
    case Profile::crs:
      return "crs";
    case Profile::strict:
      return "strict";
  }
  return "";
}

bool is_text(const parser::Fix& fix) {
  return std::ranges::all_of(fix.edits, [](const parser::Edit& edit) {
    return escape_invalid_utf8(edit.replacement) == edit.replacement;
  });
}

// Findings are written one by one, as there may be very many.
void write_json(const Report& report, std::ostream& out) {
  out << R"({"schema":1,"files":)" << report.files << R"(,"rules":)" << report.rules
      << R"(,"findings":[)";
  bool first = true;
  for (const Finding& finding : report.findings) {
    if (!out) return;
    out << (first ? "" : ",") << dump(finding_json(finding, report.sources));
    first = false;
  }
  out << R"(],"summary":)" << dump(summary_json(report)) << "}\n";
}

void write_jsonl(const Report& report, std::ostream& out) {
  for (const Finding& finding : report.findings) {
    if (!out) return;
    out << dump(finding_json(finding, report.sources)) << '\n';
  }
}

}  // namespace wafcheck::lint::inline report
