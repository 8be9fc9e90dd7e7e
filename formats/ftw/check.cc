// What a stage expects, held against what it left behind.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "formats/ftw/ftw.h"
#include "parser/base/ascii.h"
#include "parser/regex/pcre.h"

namespace wafcheck::formats::inline ftw {

namespace {

constexpr uint32_t kMatchLimit = 10'000'000;  // steps of one search; RE2, the model, has no limit

/// A cursor over a line. Each `take` moves on only when it succeeds.
struct Scanner {
  std::string_view line;
  size_t at = 0;

  bool take(std::string_view token) {
    if (!line.substr(at).starts_with(token)) return false;
    at += token.size();
    return true;
  }
  void skip_space() {  // \s of RE2: no vertical tab
    while (at < line.size() && line[at] != '\v' && is_space(static_cast<unsigned char>(line[at]))) {
      ++at;
    }
  }
  std::string_view digits() {
    const size_t start = at;
    while (at < line.size() && is_digit(static_cast<unsigned char>(line[at]))) ++at;
    return line.substr(start, at - start);
  }
};

/// \[(?:id |\\?"id\\?":)\\?"(\d+)\\?"\] at the cursor, which is behind the bracket.
std::string_view bracketed_id(Scanner& scan) {
  if (!scan.take("id ")) {
    scan.take("\\");
    if (!scan.take("\"id")) return {};
    scan.take("\\");
    if (!scan.take("\":")) return {};
  }
  scan.take("\\");
  if (!scan.take("\"")) return {};
  const std::string_view id = scan.digits();
  scan.take("\\");
  return scan.take("\"]") ? id : std::string_view();
}

/// (?:\{|,)\s*"(?:id|ruleId)":\s*"?(\d+)"? at the cursor, which is behind the brace or comma.
std::string_view member_id(Scanner& scan) {
  scan.skip_space();
  if (!scan.take("\"id\":") && !scan.take("\"ruleId\":")) return {};
  scan.skip_space();
  scan.take("\"");
  const std::string_view id = scan.digits();
  scan.take("\"");
  return id;
}

/// Runs `match` behind every one of `openers`; true when it found an id.
template <typename Match>
bool collect(std::string_view line, std::string_view openers, Match match,
             std::vector<uint64_t>& ids) {
  bool any = false;
  for (size_t at = line.find_first_of(openers); at != line.npos;) {
    Scanner scan{line, at + 1};
    const std::string_view digits = match(scan);
    any |= !digits.empty();
    uint64_t id = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (!digits.empty() && error == std::errc()) ids.push_back(id);
    at = line.find_first_of(openers, digits.empty() ? at + 1 : scan.at);
  }
  return any;
}

/// Whether any of `subjects` matches; an error where the expression itself is broken. RE2 is the
/// syntax of the tests: `.` stops at a line feed, `$` is the end.
Result<bool> any_matches(std::string_view name, const std::string& pattern,
                         const std::vector<std::string>& subjects) {
  const auto regex = parser::Pcre::compile(pattern, {.dollar_endonly = true});
  if (!regex) {
    return fail(fmt::format("{}: {}", name, regex.error().message), regex.error().at);
  }
  for (const std::string& subject : subjects) {
    switch (regex->match(subject, 0, kMatchLimit, nullptr)) {
      case parser::PcreResult::matched:
        return true;
      case parser::PcreResult::no_match:
        break;
      default:
        return fail(fmt::format("{}: the expression takes too many steps", name));
    }
  }
  return false;
}

std::string listed(const std::vector<uint64_t>& ids) {
  return ids.empty() ? "none" : fmt::format("{}", fmt::join(ids, ", "));
}

std::vector<uint64_t> filter(const std::vector<uint64_t>& ids, const std::vector<uint64_t>& others,
                             bool present) {
  std::vector<uint64_t> matching;
  std::ranges::copy_if(ids, std::back_inserter(matching), [&](uint64_t id) {
    return (std::ranges::find(others, id) != others.end()) == present;
  });
  return matching;
}

Result<std::string> check_log(const FtwOutput& expected, const std::vector<std::string>& log) {
  if (expected.isolated && expected.expect_ids.size() != 1) {
    return fail("isolated: expected exactly one id in expect_ids");
  }
  if (!expected.match_regex.empty()) {
    const auto matched = any_matches("match_regex", expected.match_regex, log);
    if (!matched) return std::unexpected(matched.error());
    if (!*matched) return fmt::format("expected a log line to match {}", expected.match_regex);
  }
  const std::vector<uint64_t> logged = logged_ids(log);
  if (const auto missing = filter(expected.expect_ids, logged, false); !missing.empty()) {
    return fmt::format("expected {} in the log, logged: {}", listed(missing), listed(logged));
  }
  if (expected.isolated && logged.size() != 1) {
    return fmt::format("expected {} alone in the log, logged: {}", listed(expected.expect_ids),
                       listed(logged));
  }
  if (!expected.no_match_regex.empty()) {
    const auto matched = any_matches("no_match_regex", expected.no_match_regex, log);
    if (!matched) return std::unexpected(matched.error());
    if (*matched) return fmt::format("expected no log line to match {}", expected.no_match_regex);
  }
  if (const auto unwanted = filter(expected.no_expect_ids, logged, true); !unwanted.empty()) {
    return fmt::format("expected not to find {} in the log, logged: {}", listed(unwanted),
                       listed(logged));
  }
  return std::string();
}

}  // namespace

std::vector<uint64_t> logged_ids(const std::vector<std::string>& log) {
  std::vector<uint64_t> ids;
  for (const std::string& line : log) {
    if (!collect(line, "[", bracketed_id, ids)) collect(line, "{,", member_id, ids);
  }
  std::ranges::sort(ids);
  const auto repeated = std::ranges::unique(ids);
  ids.erase(repeated.begin(), repeated.end());
  return ids;
}

Result<std::string> check_stage(const FtwOutput& expected, const FtwObserved& observed) {
  if (expected.expect_error.value_or(false)) {
    if (observed.exchange_failed) return std::string();
    return fmt::format("expected the exchange to fail, got status {}", observed.status);
  }
  if (observed.exchange_failed) return std::string("the exchange failed");
  if (expected.status != 0 && expected.status != observed.status) {
    return fmt::format("expected status {}, got {}", expected.status, observed.status);
  }
  if (!expected.response_contains.empty()) {
    const auto contains =
        any_matches("response_contains", expected.response_contains, {observed.response});
    if (!contains) return std::unexpected(contains.error());
    if (!*contains) {
      return fmt::format("expected the response to match {}", expected.response_contains);
    }
  }
  return check_log(expected, observed.log);
}

}  // namespace wafcheck::formats::inline ftw
