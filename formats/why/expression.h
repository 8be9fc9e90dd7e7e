#pragma once
// Which of the branches of an expression a match took.

#include <cstddef>
#include <cstdint>
#include <memory>
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

/// An expression with a group around each branch, compiled once. Safe to share between threads.
class BranchFinder {
 public:
  /// Null where the expression is not valid, is very large, or has parts that such groups would
  /// change.
  static std::unique_ptr<const BranchFinder> make(std::string_view pattern,
                                                  const parser::PcreOptions& options);
  ~BranchFinder();

  /// What the first match in `subject` took. None where there is no match within the limit, or
  /// where `expected`, the place at which the expression itself matched, is another.
  std::optional<TakenBranches> find(
      std::string_view subject, uint32_t match_limit,
      const std::optional<parser::Pcre::Group>& expected = std::nullopt) const;

 private:
  struct Parts;
  explicit BranchFinder(std::unique_ptr<const Parts> parts);

  std::unique_ptr<const Parts> parts_;
};

}  // namespace wafcheck::formats::inline why
