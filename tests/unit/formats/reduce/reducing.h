#pragma once
// Rules from a string, and requests reduced under them.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "engine/program.h"
#include "formats/records/evaluator.h"
#include "formats/reduce/goal.h"
#include "formats/reduce/reducer.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::formats::testing {

class Reducing {
 public:
  explicit Reducing(const std::string& rules) {
    auto ruleset = std::make_shared<parser::RulesetModel>(
        parser::load_text("SecRuleEngine On\nSecRequestBodyAccess On\nSecResponseBodyAccess On\n"
                          "SecResponseBodyMimeType text/html\n" +
                              rules,
                          parser::Profile::standard));
    EXPECT_EQ(parser::told(*ruleset), std::vector<std::string>()) << rules;
    program = engine::Program::compile(std::move(ruleset)).program;
    evaluation.all_matches = true;
    evaluator_ = std::make_unique<Evaluator>(program, evaluation);
  }

  Holds holds(const Goal& goal) {
    return [this, goal](const Exchange& exchange) {
      return goal.holds(evaluator_->run(exchange, "test"));
    };
  }
  Outcome run(const Exchange& exchange) { return evaluator_->run(exchange, "test"); }

  /// What is left of a request that matches rule 1.
  Reduction matching(const Exchange& exchange, const ReduceOptions& options = {}) {
    auto reduction = find_smallest(exchange, holds(Goal::rule(1)), options);
    EXPECT_TRUE(reduction) << "rule 1 does not match";
    return reduction.value_or(Reduction());
  }

  std::shared_ptr<const engine::Program> program;
  EvaluatorOptions evaluation;

 private:
  std::unique_ptr<Evaluator> evaluator_;
};

inline Exchange get(std::string uri, std::vector<Header> headers = {{"Host", "h"}}) {
  Exchange exchange;
  exchange.request = {"GET", std::move(uri), "HTTP/1.1", std::move(headers), ""};
  return exchange;
}

inline Exchange post(std::string type, std::string body) {
  const std::string length = std::to_string(body.size());
  Exchange exchange;
  exchange.request = {
      "POST",
      "/",
      "HTTP/1.1",
      {{"Host", "h"}, {"Content-Type", std::move(type)}, {"Content-Length", length}},
      std::move(body)};
  return exchange;
}

}  // namespace wafcheck::formats::testing
