// Results of a test run as JUnit XML and as TAP.

#include <fmt/format.h>

#include <unordered_map>

#include "formats/ftw/ftw.h"
#include "parser/base/escape.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline ftw {

namespace {

using Outcome = FtwResult::Outcome;

bool is_skip(const FtwResult& result) {
  return result.outcome == Outcome::skipped || result.outcome == Outcome::ignored;
}

std::string seconds(double microseconds) {
  return fmt::format("{:.6f}", microseconds / 1e6);
}

struct Counts {
  size_t tests = 0, failures = 0, skipped = 0;
  double elapsed_us = 0;

  void add(const FtwResult& result) {
    ++tests;
    failures += result.outcome == Outcome::failed;
    skipped += is_skip(result);
    elapsed_us += result.elapsed_us;
  }
  std::string attributes() const {
    return fmt::format(R"(tests="{}" failures="{}" errors="0" skipped="{}" time="{}")", tests,
                       failures, skipped, seconds(elapsed_us));
  }
};

struct Suite {
  std::string_view file;
  Counts counts;
  std::vector<const FtwResult*> results;
};

/// One suite a file, in the order of their first results.
std::vector<Suite> suites_of(const std::vector<FtwResult>& results) {
  std::vector<Suite> suites;
  std::unordered_map<std::string_view, size_t> places;
  for (const FtwResult& result : results) {
    const auto [place, fresh] = places.try_emplace(result.file, suites.size());
    if (fresh) suites.push_back({result.file, {}, {}});
    Suite& suite = suites[place->second];
    suite.counts.add(result);
    suite.results.push_back(&result);
  }
  return suites;
}

std::string junit_case(const FtwResult& result) {
  const std::string head =
      fmt::format(R"(    <testcase name="{}" classname="{}" time="{}")", xml_escaped(result.id),
                  xml_escaped(result.file), seconds(result.elapsed_us));
  // What was printed to standard output is where JUnit has remarks on a test that passed.
  const std::string remark =
      result.undecided ? "      <system-out>undecided: a limit was met</system-out>\n" : "";
  if (result.outcome == Outcome::passed) {
    return remark.empty() ? head + "/>\n" : head + ">\n" + remark + "    </testcase>\n";
  }
  const std::string_view element = result.outcome == Outcome::failed ? "failure" : "skipped";
  return fmt::format("{}>\n      <{} message=\"{}\"/>\n{}    </testcase>\n", head, element,
                     xml_escaped(result.reason), remark);
}

/// A YAML (and JSON) string in double quotes; bytes that are no UTF-8 are shown as \\xHH.
std::string quoted(std::string_view bytes) {
  std::string text = "\"";
  while (!bytes.empty()) {
    const size_t length = utf8_length(bytes);
    const std::string_view piece = bytes.substr(0, length == 0 ? 1 : length);
    bytes.remove_prefix(piece.size());
    const auto byte = static_cast<unsigned char>(piece[0]);
    if (piece == "\"" || piece == "\\") {
      text += '\\';
      text += piece;
    } else if (length == 0) {
      text += "\\\\x";
      append_hex(text, piece[0], kHexDigitsUpper);
    } else if (is_control(piece[0])) {
      text += fmt::format("\\u{:04X}", byte);
    } else {
      text += piece;
    }
  }
  return text + '"';
}

/// Bytes on one line: a line break would end the TAP line.
std::string one_line(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return text;
}

/// A TAP description: an unescaped `#` would begin a directive.
std::string description(std::string_view bytes) {
  std::string text;
  for (const char c : one_line(bytes)) {
    if (c == '#' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

}  // namespace

std::string junit_report(const std::vector<FtwResult>& results) {
  Counts total;
  for (const FtwResult& result : results) total.add(result);
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  xml += fmt::format("<testsuites name=\"wafcheck\" {}>\n", total.attributes());
  for (const Suite& suite : suites_of(results)) {
    xml += fmt::format("  <testsuite name=\"{}\" {}>\n", xml_escaped(suite.file),
                       suite.counts.attributes());
    for (const FtwResult* result : suite.results) xml += junit_case(*result);
    xml += "  </testsuite>\n";
  }
  return xml + "</testsuites>\n";
}

std::string tap_report(const std::vector<FtwResult>& results) {
  std::string tap = fmt::format("TAP version 13\n1..{}\n", results.size());
  for (size_t i = 0; i < results.size(); ++i) {
    const FtwResult& result = results[i];
    const bool failed = result.outcome == Outcome::failed;
    tap += fmt::format("{} {} - {}", failed ? "not ok" : "ok", i + 1, description(result.id));
    if (is_skip(result)) tap += " # SKIP " + one_line(result.reason);
    tap += '\n';
    if (result.undecided) tap += "# undecided: a limit was met\n";
    if (!failed) continue;
    tap += fmt::format("  ---\n  message: {}\n  file: {}\n  ...\n", quoted(result.reason),
                       quoted(result.file));
  }
  return tap;
}

}  // namespace wafcheck::formats::inline ftw
