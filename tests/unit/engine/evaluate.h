#pragma once
// One request through rules that are written in the test.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/program.h"
#include "engine/transaction.h"
#include "parser/ruleset.h"

namespace wafcheck::engine {

struct TestRequest {
  std::string method = "GET";
  std::string uri = "/";
  std::vector<std::pair<std::string, std::string>> headers = {{"Host", "example.com"}};
  std::string body = {};
  int status = 200;
  std::string response_type = "text/html";
  std::string response_body = {};
};

class TestFiles : public parser::FileSystem {
 public:
  explicit TestFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  Result<std::string> read(const std::string& path) override {
    const auto found = files_.find(path);
    if (found == files_.end()) return fail("no such file");
    return found->second;
  }
  bool is_directory(const std::string&) override { return false; }
  std::vector<std::string> glob(const std::string&) override { return {}; }
  std::string canonical(const std::string& path) override { return path; }

 private:
  std::map<std::string, std::string> files_;
};

/// A program from rules text; the test fails where there is something wrong with the rules.
inline std::shared_ptr<const Program> compile(const std::string& rules,
                                              parser::Profile profile = parser::Profile::standard,
                                              ProgramOptions options = {}) {
  static TestFiles files({});
  files = TestFiles({{"rules.conf", rules}});
  parser::LoadOptions load;
  load.profile = profile;
  load.files = &files;
  auto ruleset = std::make_shared<const parser::Ruleset>(parser::load({"rules.conf"}, load));
  for (const parser::Diagnostic& diagnostic : ruleset->diagnostics) {
    EXPECT_NE(diagnostic.severity, parser::Severity::error) << diagnostic.message << "\n" << rules;
  }
  options.files = &files;
  auto compiled = Program::compile(ruleset, std::move(options));
  for (const parser::Diagnostic& diagnostic : compiled.diagnostics) ADD_FAILURE() << diagnostic.message;
  return compiled.program;
}

inline void send(Transaction& transaction, const TestRequest& request) {
  transaction.process_connection("192.0.2.1", 54321, "192.0.2.9", 80);
  transaction.process_uri(request.uri, request.method, "HTTP/1.1");
  for (const auto& [name, value] : request.headers) transaction.add_request_header(name, value);
  transaction.process_request_headers();
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

}  // namespace wafcheck::engine
