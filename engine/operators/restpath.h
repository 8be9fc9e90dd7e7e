#pragma once
// @restpath: a path template in which {name} stands for one path segment.

#include <string>
#include <vector>

#include "engine/operators/regex.h"

namespace wafcheck::engine::operators {

/// The template is a regular expression but for its {names}, and is not anchored. On a match,
/// captures[0] is what it covered and captures[1 + n] the value of names()[n], whether or not
/// captures are wanted: the transaction puts them into ARGS_PATH.
class RestPath final : public RegexOperator {
 public:
  RestPath(parser::Pcre regex, std::vector<std::string> names, std::vector<uint32_t> groups,
           uint32_t match_limit);

  const std::vector<std::string>& names() const { return names_; }

  bool match(std::string_view value, std::string_view argument, MatchState& state) const override;

 private:
  std::vector<std::string> names_;
  std::vector<uint32_t> groups_;  ///< by name
};

}  // namespace wafcheck::engine::operators
