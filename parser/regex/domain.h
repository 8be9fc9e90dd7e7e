#pragma once
// The subjects that can occur: what a search is ever given, such as no upper-case letters behind
// t:lowercase.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/regex/byte_set.h"

namespace wafcheck::parser::regex {

struct Domain {
  ByteSet bytes = ByteSet::all();
  std::vector<std::string> absent = {};  ///< occur nowhere in a subject; none is empty
};

/// All subjects of both.
Domain united(const Domain& a, const Domain& b);

/// Finds the absent sequences byte by byte.
class AbsentSequences {
 public:
  using State = uint32_t;
  static constexpr State kFound = UINT32_MAX;

  explicit AbsentSequences(const std::vector<std::string>& sequences);
  size_t size() const { return read_.size(); }
  /// Begins with state 0; kFound: the subject has one of them.
  State next(State state, uint8_t byte) const;
  bool found_in(std::string_view subject) const;

 private:
  const std::vector<std::string>& sequences_;
  std::vector<std::string> read_;  ///< by state, the beginning of a sequence that was read
};

}  // namespace wafcheck::parser::regex
