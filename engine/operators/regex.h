#pragma once
// What the operators that search with a regular expression share.

#include <string_view>
#include <utility>
#include <vector>

#include "engine/operators/operator.h"
#include "parser/regex/pcre.h"
#include "parser/ruleset/regex_check.h"

namespace wafcheck::engine::operators {

/// The flags the engine gives @rx: DOTALL, and MULTILINE or DOLLAR_ENDONLY.
inline parser::PcreOptions regex_options(const parser::Semantics& semantics) {
  return parser::operator_regex_options(semantics);
}

/// Compiles with those flags.
Result<parser::Pcre> compile_regex(std::string_view pattern, const parser::Semantics& semantics);

/// What the factory of an operator whose expression is invalid returns: the error, its offset moved
/// by `at`; or, where engines load such a rule, an operator that never matches.
Result<OperatorPointer> invalid_regex(Error error, size_t at, const OperatorContext& context);

/// The bytes of a group; data() == nullptr if it took no part.
std::string_view text_of(const parser::Pcre::Group& group, std::string_view value);

/// An operator that searches a value with an expression.
class RegexOperator : public Operator {
 protected:
  using Groups = std::vector<parser::Pcre::Group>;

  RegexOperator(parser::Pcre regex, uint32_t match_limit)
      : regex_(std::move(regex)), match_limit_(match_limit) {}

  /// Whether it matches at `start` or later. Generates machine code when it is worth it. A search
  /// that is given up counts as no match and is noted in `state`. `groups` may be null.
  bool search(std::string_view value, size_t start, Groups* groups, MatchState& state) const;

  /// Where to search for the match after one.
  static size_t after(const parser::Pcre::Group& match) {
    const auto& [begin, end] = match;
    return end > begin ? end : end + 1;
  }

 private:
  parser::Pcre regex_;
  uint32_t match_limit_;
};

}  // namespace wafcheck::engine::operators
