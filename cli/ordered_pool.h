#pragma once
// Runs jobs on several threads and returns their results in the order of the jobs.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "cli/heap.h"

namespace wafcheck::cli {

/// How much may be in progress at once, for each thread.
struct PoolLimits {
  size_t jobs = 8;
  size_t job_bytes = size_t{4} << 20;     ///< of jobs whose results were not taken yet
  size_t result_bytes = size_t{4} << 20;  ///< of results that wait for their turn
};

/// Memory is bounded by the number of threads: give() waits while too much is in progress, and a
/// thread holds its result while too many wait before it. A single job or result over a limit is
/// processed alone.
template <typename Job, typename Result>
class OrderedPool {
 public:
  /// `make_worker` is called once on each thread and returns the function that turns a Job into a
  /// Result. `weigh` gives the bytes that a result holds; without it they do not count.
  OrderedPool(size_t threads, std::function<std::function<Result(Job&&)>()> make_worker,
              std::function<void(Result&&)> take,
              std::function<size_t(const Result&)> weigh = nullptr, PoolLimits limits = {})
      : limits_{limits.jobs * threads, limits.job_bytes * threads, limits.result_bytes * threads},
        take_(std::move(take)),
        weigh_(std::move(weigh)) {
    for (size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this, make_worker] {
        take_memory_of_thread_in_large_steps();
        work(make_worker());
      });
    }
  }
  ~OrderedPool() { finish(); }

  /// To be called from one thread, on which results are taken too. `bytes`: size of the job.
  void give(Job&& job, size_t bytes = 0) {
    std::unique_lock lock(mutex_);
    deliver(lock);
    while (!under_way_.empty() &&
           (under_way_.size() >= limits_.jobs || job_bytes_ + bytes > limits_.job_bytes)) {
      await_one(lock);
    }
    jobs_.emplace_back(given_++, std::move(job));
    under_way_.push_back({std::nullopt, bytes, 0});
    job_bytes_ += bytes;
    wanted_.notify_one();
  }

  /// Waits for all jobs.
  void finish() {
    {
      std::unique_lock lock(mutex_);
      while (!under_way_.empty()) await_one(lock);
      closed_ = true;
    }
    wanted_.notify_all();
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

 private:
  struct Slot {
    std::optional<Result> result;
    size_t job_bytes, result_bytes;
    std::exception_ptr thrown = nullptr;  ///< by the worker, in place of a result
    bool done() const { return result || thrown; }
  };

  void await_one(std::unique_lock<std::mutex>& lock) {
    while (!under_way_.front().done()) ready_.wait(lock);
    deliver(lock);
  }

  void deliver(std::unique_lock<std::mutex>& lock) {
    while (!under_way_.empty() && under_way_.front().done()) {
      Slot slot = std::move(under_way_.front());
      under_way_.pop_front();
      job_bytes_ -= slot.job_bytes;
      result_bytes_ -= slot.result_bytes;
      ++taken_;
      lock.unlock();
      turn_.notify_all();
      // Once one was thrown, the rest is only waited for.
      if (slot.thrown && !std::exchange(failed_, true)) std::rethrow_exception(slot.thrown);
      if (!failed_) take_(std::move(*slot.result));
      lock.lock();
    }
  }

  void work(std::function<Result(Job&&)> worker) {
    std::unique_lock lock(mutex_);
    while (true) {
      wanted_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      auto [number, job] = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      std::optional<Result> result;
      std::exception_ptr thrown;
      try {
        result.emplace(worker(std::move(job)));
      } catch (...) {
        thrown = std::current_exception();
      }
      const size_t bytes = weigh_ && result ? weigh_(*result) : 0;
      lock.lock();
      // Jobs are begun in order, so the first one in progress always has a thread, which does not
      // wait.
      turn_.wait(lock, [&, at = number] {
        return at == taken_ || result_bytes_ + bytes <= limits_.result_bytes;
      });
      Slot& slot = under_way_[number - taken_];
      slot.result = std::move(result);
      slot.thrown = thrown;
      slot.result_bytes = bytes;
      result_bytes_ += bytes;
      if (number == taken_) ready_.notify_one();
    }
  }

  const PoolLimits limits_;  ///< of all threads together
  std::function<void(Result&&)> take_;
  std::function<size_t(const Result&)> weigh_;
  std::mutex mutex_;
  std::condition_variable wanted_, ready_, turn_;
  std::deque<std::pair<size_t, Job>> jobs_;
  std::deque<Slot> under_way_;  ///< jobs taken_, taken_ + 1, ...
  size_t given_ = 0, taken_ = 0;
  size_t job_bytes_ = 0, result_bytes_ = 0;
  bool closed_ = false;
  bool failed_ = false;  ///< of the thread that takes
  std::vector<std::thread> threads_;
};

}  // namespace wafcheck::cli
