#pragma once
// Rules run over requests, and what came of it as short text.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "engine/program.h"
#include "engine/transaction.h"

namespace wafcheck::engine {

/// A directory of the test's own, gone after it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "wafcheck-XXXXXX").string();
    path_ = mkdtemp(path.data());
  }
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, std::string_view bytes) const {
    std::ofstream(*this / name, std::ios::binary) << bytes;
    return *this / name;
  }

 private:
  std::string path_;
};

/// What is wrong with the rules, a line each; empty: `program` holds them.
inline std::string compile_file(const std::string& path, std::shared_ptr<const Program>& program,
                                parser::Profile profile = parser::Profile::standard) {
  parser::LoadOptions options;
  options.profile = profile;
  auto ruleset = std::make_shared<const parser::Ruleset>(parser::load({path}, options));
  std::string faults;
  for (const parser::Diagnostic& diagnostic : ruleset->diagnostics)
    faults += diagnostic.message + "\n";
  if (!faults.empty()) return faults;
  auto compiled = Program::compile(ruleset);
  for (const parser::Diagnostic& diagnostic : compiled.diagnostics)
    faults += diagnostic.message + "\n";
  program = compiled.program;
  return faults;
}

inline std::string compile(const std::string& rules, std::shared_ptr<const Program>& program,
                           parser::Profile profile = parser::Profile::standard) {
  const ScratchDirectory own;
  return compile_file(own.write("rules.conf", rules), program, profile);
}

struct RulesRequest {
  int64_t time = 1'000'000;  ///< seconds
  std::string uri = "/";
  std::string client = "192.0.2.1";
  std::string body_type = {};
  std::string body = {};
};

struct TestResult {
  std::string matched;  ///< "1 3": ids in order
  std::vector<std::string> problems;
};

inline TestResult run(Transaction& transaction, const RulesRequest& request) {
  transaction.process_connection(request.client, 54321, "192.0.2.9", 80);
  transaction.process_uri(request.uri, request.body.empty() ? "GET" : "POST", "HTTP/1.1");
  if (!request.body_type.empty()) transaction.add_request_header("Content-Type", request.body_type);
  transaction.process_request_headers();
  transaction.write_request_body(request.body);
  transaction.process_request_body();
  transaction.process_response_headers(200, "HTTP/1.1");
  transaction.process_response_body();
  transaction.process_logging();
  TestResult result;
  for (const MatchedRule& rule : transaction.matched_rules()) {
    result.matched +=
        (result.matched.empty() ? "" : " ") + std::to_string(rule.rule->id.value_or(0));
  }
  for (const Problem& problem : transaction.problems()) result.problems.push_back(problem.message);
  return result;
}

inline TestResult run(const Program& program, const RulesRequest& request,
                      CollectionStore* store = nullptr) {
  TransactionOptions options;
  options.time_us = request.time * 1'000'000;
  options.collections = store;
  Transaction transaction(program, options);
  return run(transaction, request);
}

}  // namespace wafcheck::engine
