#include "engine/operators/regex.h"

#include "parser/language/semantics.h"

namespace wafcheck::engine::operators {

Result<parser::Pcre> compile_regex(std::string_view pattern, const parser::Semantics& semantics) {
  return parser::Pcre::compile(pattern, regex_options(semantics));
}

Result<OperatorPointer> invalid_regex(Error error, size_t at, const OperatorContext& context) {
  if (context.semantics.bad_regex_loads) return noMatch({}, context);
  return fail("invalid regular expression: " + error.message, error.at + at);
}

bool RegexOperator::search(std::string_view value, size_t start, Groups* groups,
                           MatchState& state) const {
  regex_.jit_when_worth(value.size() - start);
  parser::PcreResult result = regex_.match(value, start, match_limit_, groups);
  // Machine code counts fewer steps, and decides what is too many: the same however often an
  // expression was used before.
  if (result == parser::PcreResult::limit && regex_.jit()) {
    result = regex_.match(value, start, match_limit_, groups);
  }
  switch (result) {
    case parser::PcreResult::matched:
      return true;
    case parser::PcreResult::no_match:
      return false;
    case parser::PcreResult::limit:
      state.limit_hit = true;
      return false;
    case parser::PcreResult::error:
      state.error = "PCRE2 failed on the regular expression";
      return false;
  }
  return false;
}

std::string_view text_of(const parser::Pcre::Group& group, std::string_view value) {
  if (group.first == parser::Pcre::kUnset) return {};
  // An empty value may have no address, which would read as "took no part".
  if (value.data() == nullptr) return "";
  return value.substr(group.first, group.second - group.first);
}

}  // namespace wafcheck::engine::operators
