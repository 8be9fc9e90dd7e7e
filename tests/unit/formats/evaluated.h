#pragma once
// An exchange run through rules from a string, for the tests of what is written about it.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "engine/program.h"
#include "formats/records/outcome.h"
#include "formats/records/record_format.h"
#include "tests/unit/parser/support.h"

namespace wafcheck::formats::testing {

/// A POST of a form, answered with 200 and a page.
inline Exchange form_post(std::string body = "a=1&b=2") {
  Exchange exchange;
  exchange.entry = 0;
  exchange.id = "t1";
  exchange.time_us = 1'795'341'600'000'000;  // 2026-11-22 10:00:00 UTC
  exchange.client = Endpoint{"192.0.2.1", 54321};
  exchange.server = Endpoint{"192.0.2.9", 443};
  exchange.request = {"POST",
                      "/login?x=1",
                      "HTTP/1.1",
                      {{"Host", "shop.example"},
                       {"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "a"},
                       {"Accept", "b"}},
                      std::move(body)};
  exchange.response =
      Response{200, "Fine", "HTTP/1.1", {{"Content-Type", "text/html"}}, "<p>page</p>"};
  return exchange;
}

/// A POST of a multipart form: field `name`, and a file.
inline Exchange upload_post() {
  Exchange exchange = form_post(
      "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nJane Doe\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n"
      "Content-Type: text/plain\r\n\r\nhello\r\n--b--\r\n");
  exchange.request.headers[1].second = "multipart/form-data; boundary=b";
  return exchange;
}

class Evaluated {
 public:
  Evaluated(const std::string& rules, Exchange exchange,
            parser::Profile profile = parser::Profile::standard)
      : exchange_(std::move(exchange)) {
    auto ruleset = std::make_shared<parser::RulesetModel>(parser::load_text(
        "SecRuleEngine On\nSecRequestBodyAccess On\nSecResponseBodyAccess On\n" + rules, profile));
    EXPECT_EQ(parser::told(*ruleset), std::vector<std::string>()) << rules;
    auto compiled = engine::Program::compile(std::move(ruleset));
    program_ = compiled.program;
    if (program_ == nullptr) {
      ADD_FAILURE() << "the rules do not compile";
      return;
    }
    engine::TransactionOptions options;
    options.id = exchange_.id;
    options.time_us = exchange_.time_us;
    transaction_ = std::make_unique<engine::Transaction>(*program_, options);
    evaluate(exchange_, *transaction_);
    outcome_ = {&exchange_, transaction_.get(), "test", false, 12.0};
  }

  const Outcome& outcome() const { return outcome_; }
  const engine::Transaction& transaction() const { return *transaction_; }
  const engine::Program& program() const { return *program_; }

 private:
  Exchange exchange_;
  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<engine::Transaction> transaction_;
  Outcome outcome_;
};

/// A transaction's record in the audit format of that name; empty where it is not recorded.
inline std::string audit_record(const Outcome& outcome, std::string_view format) {
  const RecordFormat* row = find_record_format(RecordKind::audit, format);
  return row->make({&outcome.transaction->program()})->record(outcome);
}

}  // namespace wafcheck::formats::testing
