#pragma once
// What an engine makes of one exchange, in the words that both sides of a comparison have.

#include <string>
#include <vector>

namespace wafcheck::differential {

struct Answer {
  int status = 0;   ///< of the interruption; 0: the transaction passes
  std::string url;  ///< of a redirect
  /// The lines of the error log, in order, as libmodsecurity words them.
  std::vector<std::string> lines;

  bool operator==(const Answer&) const = default;
};

}  // namespace wafcheck::differential
