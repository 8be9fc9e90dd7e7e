#pragma once
// FTW regression tests: the YAML of CRS's test suite, the bytes each stage sends, the emulated
// backend, and the checks on what the engine logged. Source: seclang reference, section 9.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/traffic/traffic.h"
#include "parser/regex/pcre.h"

namespace wafcheck::formats::inline ftw {

struct FtwInput {
  std::string dest_addr = "localhost";
  int port = 80;
  std::string protocol = "http";
  std::string method = "GET";
  std::string uri = "/";
  std::string version = "HTTP/1.1";
  std::map<std::string, std::string> headers;          ///< sent sorted by name
  std::optional<std::vector<Header>> ordered_headers;  ///< wins over `headers`
  std::optional<std::string> data;                     ///< a template
  std::optional<std::string> payload;                  ///< `{{.Payload}}` in `data`
  std::optional<std::string> encoded_data;             ///< base64, verbatim
  std::optional<std::string> encoded_request;          ///< base64 of a whole request
  bool autocomplete_headers = true;
  bool follow_redirect = false;
};

struct FtwOutput {
  int status = 0;  ///< 0: not checked
  std::string response_contains;
  std::vector<uint64_t> expect_ids, no_expect_ids;
  std::string match_regex, no_match_regex;
  std::optional<bool> expect_error;
  bool isolated = false;

  /// Without any, a test cannot fail.
  bool expects_anything() const {
    return status != 0 || !response_contains.empty() || !expect_ids.empty() ||
           !no_expect_ids.empty() || !match_regex.empty() || !no_match_regex.empty() ||
           expect_error.has_value();
  }
};

struct FtwStage {
  FtwInput input;
  FtwOutput output;
  uint32_t line = 0;
};

struct FtwTest {
  uint64_t rule_id = 0;
  std::string test_id;
  std::string description;
  std::vector<std::string> tags;
  std::vector<FtwStage> stages;
  uint32_t line = 0;
  std::string id() const { return std::to_string(rule_id) + "-" + test_id; }
};

struct FtwProblem {
  uint32_t line = 0, column = 0;
  std::string message;
};

struct FtwFile {
  std::string path;
  std::vector<FtwTest> tests;
  std::vector<FtwProblem> problems;  ///< errors; tests that could be read are still there
  std::vector<std::string> notes;    ///< "holds only comments", unknown keys
};

/// Reads one file's text: schema 2.x and its deprecated spellings, and 3.0's template, payload and
/// test-level output.
FtwFile parse_ftw(std::string path, std::string_view yaml);

/// A platform's overrides file, and the testoverride part of .ftw.yaml.
struct FtwOverrides {
  struct Row {
    uint64_t rule_id = 0;
    std::vector<std::string> test_ids;  ///< empty: none, as go-ftw has it
    std::vector<uint64_t> stage_ids;    ///< empty: all
    std::string reason;
    std::optional<FtwOutput> output;  ///< none: the stage passes
  };
  std::vector<Row> rows;
  std::vector<std::pair<std::string, std::string>> ignore, forcepass, forcefail;  ///< regex, reason
};
struct FtwOverridesFile {
  FtwOverrides overrides;
  std::vector<FtwProblem> problems;
  std::vector<std::string> notes;  ///< settings that do not apply to a run in process, unknown keys
};
/// Reads either kind of file; which it is shows in its keys.
FtwOverridesFile parse_ftw_overrides(std::string_view yaml);

/// What the overrides make of one stage.
struct FtwVerdict {
  enum class Kind : uint8_t { run, ignore, force_fail, force_pass } kind = Kind::run;
  std::string_view reason;            ///< of anything but a plain run; lives in the overrides
  const FtwOutput* output = nullptr;  ///< to expect instead of the stage's own; null: its own
};
/// Applies overrides to stages; made once, used for all. Keeps a reference to what it is made of.
class FtwOverrider {
 public:
  /// Fails on an expression that cannot be read.
  static Result<FtwOverrider> make(const FtwOverrides& overrides);
  /// `stage` counts from 0. Expressions on ids come before rows; of rows, the last that fits.
  FtwVerdict verdict(const FtwTest& test, size_t stage) const;

 private:
  struct Pattern {
    parser::Pcre regex;
    FtwVerdict::Kind kind;
    std::string_view reason;
  };
  explicit FtwOverrider(const FtwOverrides& overrides) : overrides_(&overrides) {}

  const FtwOverrides* overrides_;
  std::vector<Pattern> patterns_;  ///< in order of precedence
};

/// The bytes go on the wire exactly so. Source: section 9.3. A `data` that is no readable template
/// gives an empty body. An error: a bad base64, both `data` and `encoded_request`, or a template
/// that grows past 16 MiB.
Result<std::string> build_request(const FtwInput& input);

/// CRS's test backend (albedo): what it answers to a request. Source: section 9.6. It holds the
/// reflections that requests configured, up to a bound. No Date is sent: an answer depends on
/// nothing but the requests.
class FtwBackend {
 public:
  Response respond(const Request& request);
  void reset() { reflections_.clear(); }

 private:
  Response configure(std::string_view body);

  /// By method and uri. Endpoints of one configuration share its answer.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const Response>> reflections_;
};

/// What one stage left to be checked.
struct FtwObserved {
  bool exchange_failed = false;  ///< the front refused to answer or the connection broke
  int status = 200;
  std::string response;          ///< raw: status line, headers, body
  std::vector<std::string> log;  ///< the stage's error-log lines
};

/// Empty when the stage passed; else what was expected and what was there.
Result<std::string> check_stage(const FtwOutput& expected, const FtwObserved& observed);

/// Ids of the rules that a log line names. Source: section 9.4.
std::vector<uint64_t> logged_ids(const std::vector<std::string>& log);

struct FtwResult {
  std::string id;
  std::string file;
  enum class Outcome : uint8_t { passed, failed, skipped, ignored } outcome = Outcome::passed;
  std::string reason;
  double elapsed_us = 0;
  bool undecided = false;  ///< a limit left the verdict on one of its requests open
};

/// A JUnit XML document of the results.
std::string junit_report(const std::vector<FtwResult>& results);
/// TAP version 13.
std::string tap_report(const std::vector<FtwResult>& results);

}  // namespace wafcheck::formats::inline ftw
