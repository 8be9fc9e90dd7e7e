#include "lint/report/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lint/check.h"

namespace wafcheck::lint {
namespace {

using nlohmann::ordered_json;
using parser::Diagnostic;
using parser::Place;
using parser::Severity;
using parser::Sources;

void put_place(ordered_json& to, parser::Span span, const Sources& sources) {
  if (span.file == parser::kNoFile) {
    to["file"] = nullptr;
    return;
  }
  const Place begin = sources.begin_of(span), end = sources.end_of(span);
  to["file"] = begin.path;
  to["line"] = begin.line;
  to["column"] = begin.column;
  to["end_line"] = end.line;
  to["end_column"] = end.column;
}

ordered_json fix_json(const parser::Fix& fix, const Sources& sources) {
  ordered_json edits = ordered_json::array();
  for (const parser::Edit& edit : fix.edits) {
    ordered_json row;
    put_place(row, edit.span, sources);
    row["replacement"] = edit.replacement;
    edits.push_back(std::move(row));
  }
  return {{"title", fix.title}, {"safe", fix.safe}, {"edits", std::move(edits)}};
}

ordered_json finding_json(const Diagnostic& finding, const Sources& sources) {
  ordered_json row;
  const CheckInfo* check = find_check(finding.check);
  row["check"] = finding.check;
  row["code"] = check == nullptr ? "" : check->code;
  row["category"] = check == nullptr ? "" : category(*check);
  row["severity"] = parser::to_string(finding.severity);
  put_place(row, finding.span, sources);
  row["rule_id"] = finding.rule_id ? ordered_json(*finding.rule_id) : ordered_json(nullptr);
  row["message"] = finding.message;
  row["help"] = finding.help.empty() ? ordered_json(nullptr) : ordered_json(finding.help);
  row["related"] = ordered_json::array();
  for (const parser::Label& label : finding.related) {
    ordered_json other;
    put_place(other, label.span, sources);
    other["message"] = label.message;
    row["related"].push_back(std::move(other));
  }
  row["fix"] = finding.fix ? fix_json(*finding.fix, sources) : ordered_json(nullptr);
  row["engines"] = finding.engines;
  return row;
}

}  // namespace

std::string json_report(const parser::Ruleset& ruleset, const parser::Diagnostics& findings) {
  ordered_json document = {{"schema", 1},
                           {"files", ruleset.files.size()},
                           {"rules", ruleset.rules.size()},
                           {"findings", ordered_json::array()}};
  for (const Diagnostic& finding : findings) {
    document["findings"].push_back(finding_json(finding, ruleset.sources));
  }
  const auto count = [&](Severity severity) {
    return std::ranges::count(findings, severity, &Diagnostic::severity);
  };
  document["summary"] = {{"error", count(Severity::error)},
                         {"warning", count(Severity::warning)},
                         {"info", count(Severity::info)}};
  // Messages quote the input, which may hold any bytes.
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace wafcheck::lint
