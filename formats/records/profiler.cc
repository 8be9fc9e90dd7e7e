#include "formats/records/profiler.h"

#include <chrono>
#include <utility>

namespace wafcheck::formats::inline records {

Result<std::optional<engine::StoredRecord>> Profiler::Lane::Store::load(const Key& key,
                                                                        int64_t now) {
  return shared_->load(key, now);
}

Result<bool> Profiler::Lane::Store::save(const Key& key, const engine::StoredRecord& record) {
  if (!saves) return true;
  return shared_->save(key, record);
}

EvaluatorOptions Profiler::Lane::with(EvaluatorOptions options, engine::Profile* profile) {
  if (options.collections != nullptr) options.collections = &store_;
  options.profile = profile;
  return options;
}

Profiler::Lane::Lane(const std::shared_ptr<const engine::Program>& program,
                     const EvaluatorOptions& options)
    : store_(options.collections),
      profile_(*program),
      profiled_(program, with(options, &profile_)),
      plain_(program, with(options, nullptr)) {}

const engine::Transaction* Profiler::Lane::run(Exchange exchange, std::string_view source) {
  const uint64_t preemptions = engine::preemptions();
  profiled_first_ = !profiled_first_;
  Evaluator& first = profiled_first_ ? profiled_ : plain_;
  Evaluator& second = profiled_first_ ? plain_ : profiled_;
  store_.saves = false;
  const Outcome before = first.run(exchange, source);
  if (before.rejected) {
    ++rejected_;
    return nullptr;
  }
  store_.saves = true;
  const Outcome outcome = second.run(std::move(exchange), source);
  if (engine::preemptions() == preemptions) {
    ++compared_;
    profiled_us_ += profiled_first_ ? before.elapsed_us : outcome.elapsed_us;
    plain_us_ += profiled_first_ ? outcome.elapsed_us : before.elapsed_us;
  }
  return outcome.transaction;
}

Profiler::Profiler(std::shared_ptr<const engine::Program> program, EvaluatorOptions options)
    : program_(std::move(program)), options_(std::move(options)) {
  const auto started = std::chrono::steady_clock::now();
  program_->prepare();
  const auto elapsed = std::chrono::steady_clock::now() - started;
  compile_us_ = std::chrono::duration<double, std::micro>(elapsed).count();
}

Profiler::Lane& Profiler::add_lane() {
  auto lane = std::make_unique<Lane>(program_, options_);
  const std::scoped_lock lock(mutex_);
  return *lanes_.emplace_back(std::move(lane));
}

ProfileReport Profiler::report(ProfileRun run) {
  engine::Profile whole(*program_);
  run.compile_us = compile_us_;
  for (const auto& lane : lanes_) {
    whole.merge(std::move(lane->profile_));
    run.rejected += lane->rejected_;
    run.compared += lane->compared_;
    run.profiled_us += lane->profiled_us_;
    run.plain_us += lane->plain_us_;
  }
  const auto steps = engine::count_match_steps(*program_, whole);
  return make_profile_report(*program_, whole, steps, rate_.us_per_tick(), run);
}

}  // namespace wafcheck::formats::inline records
