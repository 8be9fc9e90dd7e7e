#pragma once
// Requests through rules that are written in the test, and what came of them as short text.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/collections.h"
#include "engine/program.h"
#include "engine/program/program_data.h"
#include "engine/transaction.h"
#include "parser/ruleset/ruleset.h"
#include "tests/scratch.h"

namespace wafcheck::engine {

using tests::ScratchDirectory;

class TestFiles : public parser::FileSystem {
 public:
  using Files = std::map<std::string, std::string>;
  explicit TestFiles(Files files) : files_(std::move(files)) {}
  Result<std::string> read(const std::string& path) override {
    const auto found = files_.find(path);
    if (found == files_.end()) return fail("No such file or directory");
    return found->second;
  }
  bool is_directory(const std::string&) override { return false; }
  std::vector<std::string> glob(const std::string& pattern) override {
    const std::string stem = pattern.substr(0, pattern.find('*'));
    std::vector<std::string> found;
    for (const auto& [path, bytes] : files_) {
      if (path.starts_with(stem)) found.push_back(path);
    }
    return found;
  }
  std::string canonical(const std::string& path) override { return path; }

 private:
  Files files_;
};

inline parser::LoadOptions as(parser::Profile profile) {
  parser::LoadOptions load;
  load.profile = profile;
  return load;
}

/// A program from rules, or what is wrong with them, a line each.
struct TestProgram {
  std::shared_ptr<const Program> program;
  std::string faults;
};

inline TestProgram compile_path(const std::string& path, parser::LoadOptions load = {},
                                ProgramOptions options = {}) {
  TestProgram made;
  auto ruleset = std::make_shared<const parser::RulesetModel>(parser::load_model({path}, load));
  for (const parser::Diagnostic& diagnostic : ruleset->diagnostics) {
    if (diagnostic.severity == parser::Severity::error) made.faults += diagnostic.message + "\n";
  }
  if (!made.faults.empty()) return made;
  options.files = load.files;
  auto compiled = Program::compile(ruleset, std::move(options));
  for (const parser::Diagnostic& diagnostic : compiled.diagnostics)
    made.faults += diagnostic.message + "\n";
  made.program = compiled.program;
  return made;
}

/// The rules and the files they may name live in memory.
inline TestProgram try_compile(const std::string& rules, parser::LoadOptions load = {},
                               ProgramOptions options = {}, TestFiles::Files files = {}) {
  files["rules.conf"] = rules;
  struct Kept {
    TestFiles files;  // operators may read them when they are first asked
    std::shared_ptr<const Program> program;
  };
  const auto kept = std::make_shared<Kept>(TestFiles(std::move(files)), nullptr);
  load.files = &kept->files;
  TestProgram made = compile_path("rules.conf", std::move(load), std::move(options));
  kept->program = std::move(made.program);
  if (kept->program) made.program = {kept, kept->program.get()};
  return made;
}

/// The same, and the test fails where there is something wrong with the rules.
inline std::shared_ptr<const Program> compile(const std::string& rules,
                                              parser::Profile profile = parser::Profile::standard,
                                              ProgramOptions options = {}) {
  TestProgram made = try_compile(rules, as(profile), std::move(options));
  EXPECT_EQ(made.faults, "") << rules;
  return made.program;
}

using TestHeaders = std::vector<std::pair<std::string, std::string>>;

struct TestRequest {
  int64_t time = 1'000'000;  ///< seconds
  std::string client = "192.0.2.1";
  std::string method = "GET";
  std::string uri = "/";
  TestHeaders headers = {{"Host", "example.com"}};
  std::string body = {};
  int status = 200;
  std::string response_type = "text/html";
  std::string response_body = {};
  std::string served_path = {};  ///< what the server makes of the path; empty: nothing
};

inline TestRequest get(std::string uri) {
  TestRequest request;
  request.uri = std::move(uri);
  return request;
}
inline TestRequest with_header(std::string name, std::string value) {
  TestRequest request;
  request.headers.emplace_back(std::move(name), std::move(value));
  return request;
}
inline TestRequest post(std::string type, std::string body) {
  TestRequest request = with_header("Content-Type", std::move(type));
  request.method = "POST";
  request.body = std::move(body);
  return request;
}
inline TestRequest post_form(std::string body) {
  return post("application/x-www-form-urlencoded", std::move(body));
}
inline TestRequest answered(std::string type, std::string body) {
  TestRequest request;
  request.response_type = std::move(type);
  request.response_body = std::move(body);
  return request;
}

inline void send(Transaction& transaction, const TestRequest& request) {
  transaction.process_connection(request.client, 54321, "192.0.2.9", 80);
  transaction.process_uri(request.uri, request.method, "HTTP/1.1");
  for (const auto& [name, value] : request.headers) transaction.add_request_header(name, value);
  transaction.process_request_headers();
  if (!request.served_path.empty()) transaction.serve_path(request.served_path);
  transaction.write_request_body(request.body);
  transaction.process_request_body();
  transaction.add_response_header("Content-Type", request.response_type);
  transaction.process_response_headers(request.status, "HTTP/1.1");
  transaction.write_response_body(request.response_body);
  transaction.process_response_body();
  transaction.process_logging();
}

/// "1 2 3": the rules that matched with logging on, in order.
inline std::string ids(const Transaction& transaction) {
  std::string text;
  for (const MatchedRule& matched : transaction.matched_rules()) {
    if (!text.empty()) text += ' ';
    text += std::to_string(matched.rule->id.value_or(0));
  }
  return text;
}

struct TestResult {
  std::string matched;  ///< "1 3": ids in order
  std::vector<std::string> problems;
};

inline TestResult evaluate(Transaction& transaction, const TestRequest& request) {
  send(transaction, request);
  TestResult result{ids(transaction), {}};
  for (const Problem& problem : transaction.problems()) result.problems.push_back(problem.message);
  return result;
}

inline TransactionOptions options_at(int64_t seconds, CollectionStore* store = nullptr) {
  TransactionOptions options;
  options.time_us = seconds * 1'000'000;
  options.id = "id1";
  options.collections = store;
  return options;
}

inline TestResult evaluate(const Program& program, const TestRequest& request,
                           CollectionStore* store = nullptr) {
  Transaction transaction(program, options_at(request.time, store));
  return evaluate(transaction, request);
}

/// Bytes that are no visible ASCII as \xHH.
inline std::string visible(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    if (value < 0x20 || value > 0x7e) {
      text += fmt::format("\\x{:02x}", value);
    } else {
      text += byte;
    }
  }
  return text;
}

/// What came of a transaction: of each rule that matched its logdata, or else its id, then the
/// interruption. "1 [value] deny 403".
inline std::string told(const Transaction& transaction) {
  std::string text;
  const auto add = [&text](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
  for (const MatchedRule& matched : transaction.matched_rules()) {
    const bool has_data =
        matched.rule->has(parser::Action::logdata) || matched.last->has(parser::Action::logdata);
    add(has_data ? "[" + visible(matched.data) + "]"
                 : std::to_string(matched.rule->id.value_or(0)));
  }
  if (const auto& interruption = transaction.interruption()) {
    add(fmt::format("{} {}", to_string(interruption->action), interruption->status));
    if (!interruption->url.empty()) add(interruption->url);
  }
  return text;
}

}  // namespace wafcheck::engine
