#pragma once
// wafcheck-tune.lock: the ids of exclusions, so that they stay the same from run to run.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "parser/base/result.h"

namespace wafcheck::cli::inline tune {

inline constexpr std::string_view kLockName = "wafcheck-tune.lock";

class IdLock {
 public:
  /// Ids of new exclusions count from `base`. `taken` says of an id whether a rule has it.
  IdLock(uint64_t base, std::function<bool(uint64_t)> taken)
      : next_(base), taken_(std::move(taken)) {}

  /// Reads the text of a lock file.
  Result<void> read(std::string_view text);
  /// The id of a group of exclusions; a new one where it has none yet.
  uint64_t id_of(const std::string& group);
  /// The highest id of all; 0: there is none.
  uint64_t highest() const;
  /// The text of the lock file; groups that are not in use any more keep their ids.
  std::string text() const;

 private:
  uint64_t next_;
  std::function<bool(uint64_t)> taken_;
  std::map<std::string, uint64_t> ids_;
};

}  // namespace wafcheck::cli::inline tune
