#pragma once
// Runs exchanges with and without a profile, and makes a report of where the time went.

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "engine/collections.h"
#include "engine/profiling/profile.h"
#include "formats/records/evaluator.h"
#include "formats/records/profile_report.h"

namespace wafcheck::formats::inline records {

class Profiler {
 public:
  /// What one thread evaluates with. Each of its exchanges runs twice, with and without a profile,
  /// in alternating order; what is remembered of values is kept apart.
  class Lane {
   public:
    Lane(const std::shared_ptr<const engine::Program>& program, const EvaluatorOptions& options);
    /// The transaction of the run that counts; valid until the next call. Null: the front refused
    /// the request.
    const engine::Transaction* run(Exchange exchange, std::string_view source);

   private:
    friend class Profiler;

    /// Collections as they are, whatever is written to them unless `saves`: of two runs of an
    /// exchange, both see them as earlier exchanges left them, and only one adds to them.
    struct Store : engine::CollectionStore {
      explicit Store(engine::CollectionStore* shared) : shared_(shared) {}
      Result<std::optional<engine::StoredRecord>> load(const Key& key, int64_t now) override;
      Result<bool> save(const Key& key, const engine::StoredRecord& record) override;
      bool saves = false;

     private:
      engine::CollectionStore* shared_;
    };
    EvaluatorOptions with(EvaluatorOptions options, engine::Profile* profile);

    Store store_;
    engine::Profile profile_;
    Evaluator profiled_, plain_;
    bool profiled_first_ = false;
    uint64_t rejected_ = 0;
    // Of exchanges that ran both ways without being preempted.
    uint64_t compared_ = 0;
    double profiled_us_ = 0, plain_us_ = 0;
  };

  /// Compiles all expressions, since the first rule to ask for one would seem slow otherwise. What
  /// `options` points to, its collections among them, must outlive the profiler.
  Profiler(std::shared_ptr<const engine::Program> program, EvaluatorOptions options);

  /// One more, for a thread. Safe to call from any; the lane lives as long as the profiler.
  Lane& add_lane();
  /// Of all lanes, to be called once they are done. `run` holds what the caller knows of the run;
  /// the rest of it is filled in.
  ProfileReport report(ProfileRun run);

 private:
  const engine::TickRate rate_;
  const std::shared_ptr<const engine::Program> program_;
  const EvaluatorOptions options_;
  double compile_us_ = 0;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace wafcheck::formats::inline records
