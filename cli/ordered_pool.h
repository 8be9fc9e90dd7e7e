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

/// `Job` and `Result` are moved through; memory is bounded by the number of threads: give() waits
/// while too many results have not been taken.
template <typename Job, typename Result>
class OrderedPool {
 public:
  /// `make_worker` is called once on each thread and returns what turns a Job into a Result.
  OrderedPool(size_t threads, std::function<std::function<Result(Job&&)>()> make_worker,
              std::function<void(Result&&)> take)
      : window_(threads * 8), take_(std::move(take)) {
    for (size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this, make_worker] { work(make_worker()); });
    }
  }
  ~OrderedPool() { finish(); }

  /// Called from one thread; results are taken on that thread too.
  void give(Job&& job) {
    std::unique_lock lock(mutex_);
    jobs_.emplace_back(given_++, std::move(job));
    done_.emplace_back();
    wanted_.notify_one();
    while (done_.size() >= window_ && !done_.front()) ready_.wait(lock);
    deliver(lock);
  }

  /// Waits for everything that was given.
  void finish() {
    {
      std::unique_lock lock(mutex_);
      while (!done_.empty()) {
        while (!done_.front()) ready_.wait(lock);
        deliver(lock);
      }
      closed_ = true;
    }
    wanted_.notify_all();
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

 private:
  void deliver(std::unique_lock<std::mutex>& lock) {
    while (!done_.empty() && done_.front()) {
      Result result = std::move(*done_.front());
      done_.pop_front();
      ++taken_;
      lock.unlock();
      take_(std::move(result));
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
      lock.lock();
      done_[number - taken_] = std::move(result);
      if (number == taken_) ready_.notify_one();
    }
  }

  const size_t window_;
  std::function<void(Result&&)> take_;
  std::mutex mutex_;
  std::condition_variable wanted_, ready_;
  std::deque<std::pair<size_t, Job>> jobs_;
  std::deque<std::optional<Result>> done_;  ///< of jobs taken_, taken_ + 1, ...
  size_t given_ = 0, taken_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace wafcheck::cli
