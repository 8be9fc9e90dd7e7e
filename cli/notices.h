#pragma once
// What a run has to say besides its result: each thing once, on standard error.

#include <cstdint>
#include <iosfwd>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/outcome.h"
#include "parser/ruleset.h"

namespace wafcheck::cli {

/// A line for each word of the rules that has no meaning without a server, or lacks its data, with
/// the place of its first use. Directives that merely configure the server share a line; those on
/// which no decision depends are left out unless `idle_too`.
std::vector<std::string> offline_notes(const parser::Ruleset& ruleset, bool idle_too = false);

/// Problems of transactions that concern the run as a whole; the first hundred of each kind, since
/// some name what a client sent. Thread-safe.
class RunNotices {
 public:
  void collect(std::span<const engine::Problem> problems);
  /// Prints them, unless `quiet` only what went wrong; false when something did.
  bool print(std::ostream& err, bool quiet) const;

 private:
  mutable std::mutex mutex_;
  struct Messages {
    std::set<std::string> texts;
    uint64_t more = 0;  ///< that were not kept; some may be the same
    void add(const std::string& text);
  };
  Messages notes_, errors_;
};

}  // namespace wafcheck::cli
