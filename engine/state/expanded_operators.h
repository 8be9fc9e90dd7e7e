#pragma once
// Operators whose argument has macros that change what is compiled: compiled from the expanded
// text, and kept for the next time it expands to the same.

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/program/program_data.h"

namespace wafcheck::engine::inline state {

/// What arguments expand to is in the hands of whoever sends traffic, so that what is kept is
/// bounded: when it is full, all of it goes.
class ExpandedOperators {
 public:
  static constexpr size_t kMaxOperators = 256;
  static constexpr size_t kMaxBytes = size_t{1} << 20;  ///< of arguments

  struct Entry {
    operators::OperatorPointer op;  ///< null: the argument cannot be compiled
    std::string error;              ///< why
  };

  /// Valid until the next call.
  const Entry& find_or_compile(const ProgramData& program, const CompiledRule& rule,
                               std::string_view argument);
  size_t size() const { return entries_.size(); }

 private:
  std::unordered_map<std::string, Entry> entries_;  ///< by operator and argument
  size_t bytes_ = 0;
};

}  // namespace wafcheck::engine::inline state
