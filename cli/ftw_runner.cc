#include "cli/ftw_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "formats/error_log.h"
#include "formats/http.h"
#include "formats/outcome.h"
#include "parser/ascii.h"

namespace wafcheck::cli {

using formats::FtwInput;
using formats::FtwObserved;
using formats::FtwResult;
using formats::FtwTest;

namespace {

/// Fills the result of a test that overrides decide without a run.
bool forced(const formats::FtwVerdict& verdict, FtwResult& result) {
  switch (verdict.kind) {
    case formats::FtwVerdict::Kind::run:
    case formats::FtwVerdict::Kind::force_pass: return false;  // of single stages, perhaps
    case formats::FtwVerdict::Kind::ignore: result.outcome = FtwResult::Outcome::ignored; break;
    case formats::FtwVerdict::Kind::force_fail: result.outcome = FtwResult::Outcome::failed; break;
  }
  result.reason = verdict.reason;
  return true;
}

/// The target of a redirect, for a stage that follows it. Source: seclang reference 9.2.
Result<FtwInput> follow(FtwInput input, const FtwInput& before, const formats::Response& response) {
  constexpr int kRedirects[] = {300, 301, 302, 303, 307, 308};
  if (std::ranges::find(kRedirects, response.status) == std::end(kRedirects)) {
    return fail(fmt::format("follow_redirect: the previous response had status {}", response.status));
  }
  const auto location = std::ranges::find_if(response.headers, [](const formats::Header& header) {
    return iequals(header.first, "Location");
  });
  if (location == response.headers.end()) return fail("follow_redirect: the previous response had no Location");
  input.protocol = before.protocol;
  input.dest_addr = before.dest_addr;
  input.port = before.port;
  std::string_view target = location->second;
  if (const size_t scheme = target.find("://"); scheme != std::string_view::npos) {
    input.protocol = target.substr(0, scheme);
    std::string_view authority = target.substr(scheme + 3);
    const size_t slash = authority.find('/');
    target = slash == std::string_view::npos ? "/" : authority.substr(slash);
    authority = authority.substr(0, slash);
    const size_t colon = authority.rfind(':');
    input.dest_addr = authority.substr(0, colon);
    input.port = input.protocol == "https" ? 443 : 80;
    if (colon != std::string_view::npos) input.port = std::atoi(std::string(authority.substr(colon + 1)).c_str());
    input.headers["Host"] = authority;
  } else if (!target.starts_with('/')) {
    const std::string base = before.uri.substr(0, before.uri.find('?'));
    input.uri = base.substr(0, base.rfind('/') + 1).append(target);
    return input;
  }
  input.uri = target;
  return input;
}

}  // namespace

FtwRunner::FtwRunner(std::shared_ptr<const engine::Program> program, const RulesetOptions& options,
                     const formats::FtwOverrider& overrides, formats::Front front,
                     engine::CollectionStore& collections, RunNotices& notices)
    : program_(std::move(program)),
      overrides_(overrides),
      front_(front),
      prefilter_(!options.no_prefilter),
      transaction_(*program_),
      collections_(collections),
      notices_(notices) {
  if (!options.no_memo) memory_.emplace(*program_);
}

FtwResult FtwRunner::run(const FtwTest& test, const std::string& file) {
  FtwResult result;
  result.id = test.id();
  result.file = file;
  if (test.stages.empty() || forced(overrides_.verdict(test, 0), result)) return result;
  backend_.reset();
  previous_.reset();
  const auto started = std::chrono::steady_clock::now();
  for (size_t stage = 0; stage < test.stages.size() && result.reason.empty(); ++stage) {
    auto failure = run_stage(test, stage);
    result.reason = failure ? *failure : failure.error().message;
    if (result.reason.empty()) continue;
    if (test.stages.size() > 1) result.reason = fmt::format("stage {}: {}", stage, result.reason);
  }
  const auto elapsed = std::chrono::steady_clock::now() - started;
  result.elapsed_us = std::chrono::duration<double, std::micro>(elapsed).count();
  if (!result.reason.empty()) result.outcome = FtwResult::Outcome::failed;
  return result;
}

Result<std::string> FtwRunner::run_stage(const FtwTest& test, size_t number) {
  const formats::FtwStage& stage = test.stages[number];
  const formats::FtwVerdict verdict = overrides_.verdict(test, number);
  if (verdict.kind == formats::FtwVerdict::Kind::force_pass) return std::string();
  FtwInput input = stage.input;
  if (input.follow_redirect) {
    if (!previous_) return fail("follow_redirect: there is no previous stage");
    auto followed = follow(std::move(input), previous_->first, previous_->second);
    if (!followed) return std::unexpected(followed.error());
    input = std::move(*followed);
  }
  auto observed = exchange(input);
  if (!observed) return std::unexpected(observed.error());
  return formats::check_stage(verdict.output != nullptr ? *verdict.output : stage.output, *observed);
}

Result<FtwObserved> FtwRunner::exchange(const FtwInput& input) {
  auto bytes = formats::build_request(input);
  if (!bytes) return std::unexpected(bytes.error());
  formats::Exchange exchange = formats::parse_http_request(*bytes);

  engine::TransactionOptions options;
  options.id = formats::unique_id(exchange, input.uri);
  options.collections = &collections_;
  options.prefilter = prefilter_;
  options.memory = memory_ ? &*memory_ : nullptr;
  transaction_.reset(std::move(options));
  formats::Response response;
  const formats::FrontResult front = formats::pass_front(front_, exchange);
  if (front.refused) {
    response = formats::refusal(front_, *exchange.http_error);
  } else {
    // The backend answers only what the rules let through, so it is asked in between.
    formats::evaluate(exchange, transaction_, [&]() -> const formats::Response& {
      return response = backend_.respond(exchange.request);
    });
  }

  notices_.collect(transaction_.problems());

  FtwObserved observed;
  observed.exchange_failed = !front.status_line;  // a client of HTTP/1 cannot read the answer
  const formats::Outcome outcome{&exchange, &transaction_, "", front.refused, 0};
  if (const auto& interruption = transaction_.interruption()) response.status = interruption->status;
  observed.status = response.status;
  observed.response = formats::serialize_response(response);
  observed.log = formats::error_log(outcome);
  previous_ = {input, std::move(response)};
  return observed;
}

}  // namespace wafcheck::cli
