#pragma once
// Messages about a run as a whole, on standard error: each once.

#include <cstdint>
#include <mutex>
#include <set>
#include <string>

#include "cli/console.h"
#include "engine/transaction.h"
#include "formats/records/summary.h"

namespace wafcheck::cli {

/// Problems of transactions that concern the run as a whole; the first hundred of each kind, since
/// some name what a client sent. Thread-safe.
class RunNotices {
 public:
  void collect(const engine::Transaction& transaction);
  /// Prints them as notes and errors.
  void print(Console& console) const;

 private:
  mutable std::mutex mutex_;
  struct Messages {
    std::set<std::string> texts;
    uint64_t more = 0;  ///< over the bound; some may be equal
    void add(const std::string& text);
  };
  Messages notes_, errors_;
  formats::UninspectedCounts uninspected_;
  uint64_t undecided_ = 0;        ///< transactions
  std::set<std::string> limits_;  ///< kinds of limits that left them so
};

}  // namespace wafcheck::cli
