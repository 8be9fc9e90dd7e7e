#pragma once
// Runs jobs on several threads and hands back their results in the order the jobs were given.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace wafcheck::cli {

/// What may be under way at once, for each thread.
struct PoolLimits {
  size_t jobs = 8;
  size_t job_bytes = size_t{4} << 20;     ///< of jobs whose results were not taken yet
  size_t result_bytes = size_t{4} << 20;  ///< of results that wait for their turn
};

/// `Job` and `Result` are moved through. Memory is bounded by the number of threads: give() waits
/// while too much is under way, and a thread keeps its result while too many wait before it. What
/// is over a limit alone passes alone.
template <typename Job, typename Result>
class OrderedPool {
 public:
  /// `make_worker` is called once on each thread and returns what turns a Job into a Result.
  /// `weigh` tells the bytes that a result holds; without it they do not count.
  OrderedPool(size_t threads, std::function<std::function<Result(Job&&)>()> make_worker,
              std::function<void(Result&&)> take,
              std::function<size_t(const Result&)> weigh = nullptr, PoolLimits limits = {})
      : limits_{limits.jobs * threads, limits.job_bytes * threads, limits.result_bytes * threads},
        take_(std::move(take)),
        weigh_(std::move(weigh)) {
    for (size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this, make_worker] { work(make_worker()); });
    }
  }
  ~OrderedPool() { finish(); }

  /// Called from one thread; results are taken on that thread too. `bytes`: what the job holds.
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

  /// Waits for everything that was given.
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
  };

  void await_one(std::unique_lock<std::mutex>& lock) {
    while (!under_way_.front().result) ready_.wait(lock);
    deliver(lock);
  }

  void deliver(std::unique_lock<std::mutex>& lock) {
    while (!under_way_.empty() && under_way_.front().result) {
      Slot slot = std::move(under_way_.front());
      under_way_.pop_front();
      job_bytes_ -= slot.job_bytes;
      result_bytes_ -= slot.result_bytes;
      ++taken_;
      lock.unlock();
      turn_.notify_all();
      take_(std::move(*slot.result));
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
      Result result = worker(std::move(job));
      const size_t bytes = weigh_ ? weigh_(result) : 0;
      lock.lock();
      // Jobs are begun in order, so the first one under way always has a thread, which does not
      // wait.
      turn_.wait(lock, [&, at = number] {
        return at == taken_ || result_bytes_ + bytes <= limits_.result_bytes;
      });
      Slot& slot = under_way_[number - taken_];
      slot.result = std::move(result);
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
  std::vector<std::thread> threads_;
};

}  // namespace wafcheck::cli
