#pragma once
// What went wrong in a transaction, in order.

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "engine/outcome.h"

namespace wafcheck::engine::inline state {

class Problems {
 public:
  /// `most`: that are told one by one; the next says that there are more.
  explicit Problems(size_t most) : most_(most) {}

  void report(std::string_view kind, std::string message);
  /// Does nothing where the same was reported before.
  void report_once(std::string_view kind, std::string message);
  /// The same of a limit that leaves the verdict open.
  void report_undecided(std::string_view kind, std::string message);
  std::span<const Problem> all() const { return all_; }
  bool undecided() const { return std::ranges::any_of(all_, &Problem::undecided); }

 private:
  static std::string key_of(std::string_view kind, std::string_view message);
  void add(std::string_view kind, std::string message, bool undecided);

  size_t most_;
  bool full_ = false;
  std::vector<Problem> all_;
  std::unordered_set<std::string> keys_;  ///< of all_
};

}  // namespace wafcheck::engine::inline state
