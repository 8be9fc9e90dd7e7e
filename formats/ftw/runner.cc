#include "formats/ftw/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "formats/records/error_log.h"
#include "formats/traffic/http.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline ftw {

namespace {

/// Fills the result of a test that overrides decide without a run.
bool forced(const FtwVerdict& verdict, FtwResult& result) {
  switch (verdict.kind) {
    case FtwVerdict::Kind::run:
    case FtwVerdict::Kind::force_pass:
      return false;  // of single stages, perhaps
    case FtwVerdict::Kind::ignore:
      result.outcome = FtwResult::Outcome::ignored;
      break;
    case FtwVerdict::Kind::force_fail:
      result.outcome = FtwResult::Outcome::failed;
      break;
  }
  result.reason = verdict.reason;
  return true;
}

/// "host", "host:port" or "[v6]:port" into address and port; an empty port is the scheme's.
Result<void> take_authority(std::string_view authority, FtwInput& input) {
  const size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  const size_t colon = bracket == std::string_view::npos ? bracket : authority.find(':', bracket);
  input.dest_addr = authority.substr(0, colon);
  input.port = input.protocol == "https" ? 443 : 80;
  input.headers["Host"] = authority;
  const std::string_view text =
      colon == std::string_view::npos ? std::string_view() : authority.substr(colon + 1);
  if (text.empty()) return {};
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(fmt::format("follow_redirect: the Location has a bad port: {}", authority));
  }
  input.port = port;
  return {};
}

/// Tests may look for anything that stands in the error log.
EvaluatorOptions with_log_of(const engine::Program& program, EvaluatorOptions options) {
  options.references = error_log_refers(program);
  return options;
}

}  // namespace

Result<FtwInput> follow_redirect(FtwInput input, const FtwInput& before, const Response& response) {
  constexpr int kRedirects[] = {300, 301, 302, 303, 307, 308};
  if (std::ranges::find(kRedirects, response.status) == std::end(kRedirects)) {
    return fail(
        fmt::format("follow_redirect: the previous response had status {}", response.status));
  }
  const auto location = std::ranges::find_if(
      response.headers, [](const Header& header) { return iequals(header.first, "Location"); });
  if (location == response.headers.end()) {
    return fail("follow_redirect: the previous response had no Location");
  }
  input.protocol = before.protocol;
  input.dest_addr = before.dest_addr;
  input.port = before.port;
  std::string_view target = location->second;
  if (const size_t scheme = target.find("://"); scheme != std::string_view::npos) {
    input.protocol = target.substr(0, scheme);
    const std::string_view authority = target.substr(scheme + 3);
    const size_t slash = authority.find('/');
    target = slash == std::string_view::npos ? "/" : authority.substr(slash);
    if (auto taken = take_authority(authority.substr(0, slash), input); !taken) {
      return std::unexpected(taken.error());
    }
  } else if (!target.starts_with('/')) {
    const std::string base = before.uri.substr(0, before.uri.find('?'));
    input.uri = base.substr(0, base.rfind('/') + 1).append(target);
    return input;
  }
  input.uri = target;
  return input;
}

FtwRunner::FtwRunner(std::shared_ptr<const engine::Program> program, EvaluatorOptions options,
                     const FtwOverrider& overrides, Sink sink)
    : front_(options.front),
      overrides_(overrides),
      sink_(std::move(sink)),
      evaluator_(program, with_log_of(*program, std::move(options))) {}

FtwResult FtwRunner::run(const FtwTest& test, const std::string& file) {
  FtwResult result;
  result.id = test.id();
  result.file = file;
  if (test.stages.empty() || forced(overrides_.verdict(test, 0), result)) return result;
  if (!expects_anything(test)) {
    result.outcome = FtwResult::Outcome::failed;
    result.reason = "no stage expects anything: the test cannot fail";
    return result;
  }
  backend_.reset();
  previous_.reset();
  undecided_ = false;
  const auto started = std::chrono::steady_clock::now();
  for (size_t stage = 0; stage < test.stages.size() && result.reason.empty(); ++stage) {
    auto failure = run_stage(test, stage);
    result.reason = failure ? *failure : failure.error().message;
    if (result.reason.empty()) continue;
    if (test.stages.size() > 1) result.reason = fmt::format("stage {}: {}", stage, result.reason);
  }
  const auto elapsed = std::chrono::steady_clock::now() - started;
  result.elapsed_us = std::chrono::duration<double, std::micro>(elapsed).count();
  result.undecided = undecided_;
  if (!result.reason.empty()) result.outcome = FtwResult::Outcome::failed;
  return result;
}

bool FtwRunner::expects_anything(const FtwTest& test) const {
  for (size_t stage = 0; stage < test.stages.size(); ++stage) {
    const FtwVerdict verdict = overrides_.verdict(test, stage);
    const FtwOutput& output =
        verdict.output != nullptr ? *verdict.output : test.stages[stage].output;
    if (output.expects_anything() || verdict.kind != FtwVerdict::Kind::run) return true;
  }
  return false;
}

Result<std::string> FtwRunner::run_stage(const FtwTest& test, size_t number) {
  const FtwStage& stage = test.stages[number];
  const FtwVerdict verdict = overrides_.verdict(test, number);
  if (verdict.kind == FtwVerdict::Kind::force_pass) return std::string();
  FtwInput input = stage.input;
  if (input.follow_redirect) {
    if (!previous_) return fail("follow_redirect: there is no previous stage");
    auto followed = follow_redirect(std::move(input), previous_->first, previous_->second);
    if (!followed) return std::unexpected(followed.error());
    input = std::move(*followed);
  }
  auto observed = exchange(input);
  if (!observed) return std::unexpected(observed.error());
  return check_stage(verdict.output != nullptr ? *verdict.output : stage.output, *observed);
}

Result<FtwObserved> FtwRunner::exchange(const FtwInput& input) {
  auto bytes = build_request(input);
  if (!bytes) return std::unexpected(bytes.error());
  const Outcome outcome =
      evaluator_.run(parse_http_request(*bytes), input.uri,
                     [this](const Request& request) { return backend_.respond(request); });
  if (sink_) sink_(outcome);
  undecided_ |= outcome.transaction->undecided();

  Response response = outcome.rejected ? refusal(front_, *outcome.exchange->http_error)
                                       : outcome.exchange->response.value_or(Response{});
  if (const auto& interruption = outcome.transaction->interruption()) {
    response.status = interruption->status;
  }
  FtwObserved observed;
  observed.exchange_failed = !outcome.has_status_line;  // a client of HTTP/1 cannot read the answer
  observed.status = response.status;
  observed.response = serialize_response(response);
  observed.log = error_log(outcome);
  previous_ = {input, std::move(response)};
  return observed;
}

}  // namespace wafcheck::formats::inline ftw
