#pragma once
// Which of the branches of an expression a match took.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/regex/pcre.h"

namespace wafcheck::formats::inline why {

struct TakenBranches {
  /// The expression with each alternation reduced to the branch that matched, cut where it takes
  /// whatever comes: "\bselect\b" and "\bfrom\b".
  std::vector<std::string> pieces;
  /// Of an expression that is one alternation: the branch, counted from 1, and how many there are.
  size_t branch = 0, branches = 0;
};

/// Searches `subject` as @rx does and tells what the first match took: the expression is run with a
/// group around each branch. None where it does not match within the limit, is very large, or has
/// parts that such groups would change.
std::optional<TakenBranches> taken_branches(std::string_view pattern,
                                            const parser::PcreOptions& options,
                                            std::string_view subject, uint32_t match_limit);

}  // namespace wafcheck::formats::inline why
