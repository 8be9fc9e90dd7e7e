#include "lint/report/baseline.h"

#include <fmt/format.h>

#include <charconv>
#include <ostream>

#include "lint/report/json.h"

namespace wafcheck::lint::inline report {
namespace {

std::optional<uint64_t> parse_fingerprint(const Json& entry) {
  const auto member = entry.is_object() ? entry.find("fingerprint") : entry.end();
  if (member == entry.end() || !member->is_string()) return std::nullopt;
  const auto& text = member->get_ref<const std::string&>();
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size() || text.size() != 16) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

Result<Baseline> Baseline::parse(std::string_view text) {
  const Json document = Json::parse(text, nullptr, false);
  if (document.is_discarded()) return fail("it is not JSON");
  if (!document.is_object() || !document.contains("findings") || !document["findings"].is_array()) {
    return fail("it has no array \"findings\"");
  }
  if (document.value("schema", Json()) != 1) return fail("its schema is not 1");
  Baseline baseline;
  for (size_t index = 0; const Json& entry : document["findings"]) {
    const std::optional<uint64_t> fingerprint = parse_fingerprint(entry);
    if (!fingerprint) {
      return fail(
          fmt::format("entry {} of \"findings\" has no \"fingerprint\" of 16 hexadecimal "
                      "digits",
                      index));
    }
    baseline.fingerprints_.insert(*fingerprint);
    ++index;
  }
  return baseline;
}

Baseline Baseline::of(const std::vector<Finding>& findings) {
  Baseline baseline;
  for (const Finding& finding : findings) {
    if (!finding.stops_loading()) baseline.fingerprints_.insert(finding.fingerprint);
  }
  return baseline;
}

BaselineUse Baseline::hold_back(std::vector<Finding>& findings) const {
  const size_t held = std::erase_if(findings, [&](const Finding& finding) {
    return !finding.stops_loading() && fingerprints_.contains(finding.fingerprint);
  });
  return {held, fingerprints_.size() - held};
}

void write_baseline(const Report& report, std::ostream& out) {
  out << R"({"schema":1,"findings":[)";
  bool first = true;
  for (const Finding& finding : report.findings) {
    if (finding.stops_loading()) continue;
    const parser::Place place = report.sources.begin_of(finding->span);
    const Json row = {{"fingerprint", fingerprint_text(finding.fingerprint)},
                      {"check", finding->check},
                      {"file", json_text_or_null(report.relative(place.path))},
                      {"rule_id", finding->rule_id ? Json(*finding->rule_id) : Json(nullptr)},
                      {"message", json_text(finding->message)}};
    out << (first ? "\n" : ",\n") << dump(row);
    first = false;
  }
  out << "\n]}\n";
}

}  // namespace wafcheck::lint::inline report
