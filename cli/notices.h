#pragma once
// Messages about a run as a whole, on standard error: each once.

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "cli/console.h"
#include "engine/transaction.h"
#include "formats/records/summary.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::cli {

/// A message for each word of the rules that has no meaning without a server, or lacks its data,
/// with the place of its first use. Directives that only configure the server share a message;
/// those on which no decision depends are left out unless `idle_too`. `scripts_run`: scripts in Lua
/// have their meaning.
std::vector<std::string> offline_notes(const parser::RulesetModel& ruleset, bool scripts_run,
                                       bool idle_too);

/// Whether there are no rules, and the engine does not load that.
bool lacks_rules(const parser::RulesetModel& ruleset);

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
