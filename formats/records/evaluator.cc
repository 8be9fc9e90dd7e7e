#include "formats/records/evaluator.h"

#include <chrono>
#include <utility>

#include "formats/traffic/content_coding.h"

namespace wafcheck::formats::inline records {

Evaluator::Evaluator(std::shared_ptr<const engine::Program> program, EvaluatorOptions options)
    : program_(std::move(program)), options_(std::move(options)), transaction_(*program_) {
  if (options_.trace) trace_.emplace(*options_.trace);
  if (options_.evidence) evidence_.emplace();
  if (trace_ && evidence_) both_.emplace(*trace_, *evidence_);
  if (options_.memory) memory_.emplace(*program_);
}

engine::TransactionOptions Evaluator::transaction_options(std::string_view source,
                                                          engine::Profile* profile) {
  engine::TransactionOptions options;
  options.time_us = exchange_.time_us;
  options.id = unique_id(exchange_, source);
  options.collections = options_.collections;
  options.keep_all_matches = options_.all_matches;
  options.references = options_.references;
  if (both_) {
    options.observer = &*both_;
  } else if (trace_) {
    options.observer = &*trace_;
  } else if (evidence_) {
    options.observer = &*evidence_;
  }
  options.profile = profile;
  options.prefilter = options_.prefilter;
  options.memory = memory_ ? &*memory_ : nullptr;
  options.limits = options_.limits;
  return options;
}

Outcome Evaluator::run(Exchange exchange, std::string_view source, const Responder& responder) {
  using Clock = std::chrono::steady_clock;
  exchange_ = std::move(exchange);
  if (trace_) trace_->clear();
  if (evidence_) evidence_->clear();
  const auto started = Clock::now();
  const FrontResult front = pass_front(options_.front, exchange_);
  if (options_.decode_bodies && !front.refused) {
    decode_bodies(exchange_, options_.limits.decoded_body);
  }
  // A refused request is no transaction of the profile.
  engine::Profile* const profile = front.refused ? nullptr : options_.profile;
  if (profile != nullptr) profile->start();
  transaction_.reset(transaction_options(source, profile));
  if (front.refused) {
    process_connection(exchange_, transaction_);  // for the record; no rule runs
  } else if (responder) {
    evaluate(
        exchange_, transaction_,
        [&]() -> const Response& {
          exchange_.response.emplace(responder(exchange_.request));
          if (options_.decode_bodies) decode_bodies(exchange_, options_.limits.decoded_body);
          return *exchange_.response;
        },
        options_.front);
  } else {
    evaluate(exchange_, transaction_, options_.front);
  }
  if (profile != nullptr) profile->stop();
  const double elapsed_us =
      std::chrono::duration<double, std::micro>(Clock::now() - started).count();
  Outcome outcome{&exchange_, &transaction_, source, front.refused, elapsed_us};
  if (trace_) outcome.trace = &*trace_;
  if (evidence_) outcome.evidence = &*evidence_;
  outcome.has_status_line = front.status_line;
  return outcome;
}

}  // namespace wafcheck::formats::inline records
