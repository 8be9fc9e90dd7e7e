#pragma once
// Metrics of a server: a file for each process, written again every so often.

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "formats/metrics/metrics.h"

namespace wafcheck::formats::inline capi {

/// Counts the transactions of this process. Safe to use from any thread, and after a fork, where a
/// count begins anew: the file that has the old one is the parent's.
class ServerMetrics {
 public:
  /// As WAFCHECK_METRICS_FILE and WAFCHECK_METRICS_SECONDS ask for; null: they do not. There is one
  /// for all that ask in a process.
  static std::shared_ptr<ServerMetrics> of_environment();

  ServerMetrics(std::string path, std::chrono::seconds interval)
      : path_(std::move(path)), interval_(interval) {}
  ~ServerMetrics();  ///< writes what was not written yet
  ServerMetrics(const ServerMetrics&) = delete;
  ServerMetrics& operator=(const ServerMetrics&) = delete;

  /// Also writes the file where it is due: nothing else does, as there is no thread of its own.
  void add(const Outcome& outcome);

 private:
  using Clock = std::chrono::steady_clock;
  /// The process's id stands before the extension, so that "*.prom" still finds the file.
  std::string path_of_process() const;
  void write();

  const std::string path_;
  const std::chrono::seconds interval_;
  std::mutex mutex_;
  pid_t process_ = 0;  ///< whose transactions are counted; 0: there were none
  Metrics metrics_;
  Clock::time_point due_;
  bool written_ = true;  ///< all that was counted
  bool told_ = false;    ///< that the file cannot be written
};

}  // namespace wafcheck::formats::inline capi
