#include "formats/ftw/result_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/ftw/test_summary.h"
#include "formats/json/writer.h"
#include "formats/records/members.h"
#include "parser/base/workflow_command.h"

namespace wafcheck::formats::inline ftw {
namespace {

constexpr FtwResultFormat kFormats[] = {
    {"text", "the failures, and a summary", text_report},
    {"json", "one JSON document", json_report},
    // These two have no place for what concerns the run as a whole.
    {"junit", "JUnit XML", [](const auto& results, const auto&) { return junit_report(results); }},
    {"github", "annotations of GitHub Actions", github_report},
    {"tap", "TAP version 13", [](const auto& results, const auto&) { return tap_report(results); }},
};

struct Counts {
  size_t passed = 0, failed = 0, skipped = 0;
  size_t undecided = 0;  ///< of those that passed or failed

  explicit Counts(const std::vector<FtwResult>& results) {
    for (const FtwResult& result : results) {
      if (result.undecided) ++undecided;
      switch (result.outcome) {
        case FtwResult::Outcome::passed:
          ++passed;
          break;
        case FtwResult::Outcome::failed:
          ++failed;
          break;
        case FtwResult::Outcome::skipped:
        case FtwResult::Outcome::ignored:
          ++skipped;
          break;
      }
    }
  }
};

}  // namespace

std::span<const FtwResultFormat> ftw_result_formats() {
  return kFormats;
}

const FtwResultFormat* find_ftw_result_format(std::string_view name) {
  const auto* const row = std::ranges::find(kFormats, name, &FtwResultFormat::name);
  return row == std::end(kFormats) ? nullptr : row;
}

std::string text_report(const std::vector<FtwResult>& results,
                        const std::vector<DroppedRule>& dropped) {
  std::string text;
  for (const FtwResult& result : results) {
    if (result.undecided) text += fmt::format("UNDECIDED {}  {}\n", result.id, result.file);
    if (result.outcome != FtwResult::Outcome::failed) continue;
    text += fmt::format("FAIL {}  {}\n     {}\n", result.id, result.file, result.reason);
  }
  if (!dropped.empty()) {
    text += dropped_text(dropped.size()) + '\n';
  }
  const Counts counts(results);
  return text + fmt::format("{} passed, {} failed, {} skipped\n", counts.passed, counts.failed,
                            counts.skipped);
}

std::string github_report(const std::vector<FtwResult>& results,
                          const std::vector<DroppedRule>& dropped) {
  std::string text;
  for (const FtwResult& result : results) {
    if (result.outcome != FtwResult::Outcome::failed) continue;
    text += fmt::format("::error file={},title={}::{}\n", workflow_property(result.file),
                        workflow_property(result.id), workflow_message(result.reason));
  }
  if (!dropped.empty()) {
    text += fmt::format("::warning ::{}\n", workflow_message(dropped_text(dropped.size())));
  }
  return text;
}

std::string json_report(const std::vector<FtwResult>& results,
                        const std::vector<DroppedRule>& dropped) {
  const Counts counts(results);
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  const std::pair<std::string_view, size_t> numbers[] = {{"schema", 1},
                                                         {"total", results.size()},
                                                         {"passed", counts.passed},
                                                         {"failed", counts.failed},
                                                         {"skipped", counts.skipped},
                                                         {"undecided", counts.undecided},
                                                         {"dropped_rules", dropped.size()}};
  for (const auto& [name, number] : numbers) {
    json.key(name);
    json.number(number);
  }
  write_dropped(json, dropped);
  json.key("tests");
  json.begin_array();
  for (const FtwResult& result : results) {
    json.begin_object();
    json.member("id", result.id);
    json.bytes("file", result.file);
    json.member("outcome", outcome_name(result.outcome));
    json.key("reason");
    if (result.reason.empty()) {
      json.null();
    } else {
      json.string(result.reason);
    }
    if (result.undecided) {
      json.key("undecided");
      json.boolean(true);
    }
    json.key("elapsed_us");
    json.number(result.elapsed_us, 1);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out.push_back('\n');
  return out;
}

}  // namespace wafcheck::formats::inline ftw
