#include "engine/operators/regex.h"

namespace wafcheck::engine {

parser::PcreOptions regex_options(const parser::Semantics& semantics) {
  return {.caseless = false,
          .dotall = true,
          .multiline = semantics.multiline,
          .dollar_endonly = !semantics.multiline};
}

Result<parser::Pcre> compile_regex(std::string_view pattern, const parser::Semantics& semantics) {
  Result<parser::Pcre> regex = parser::Pcre::compile(pattern, regex_options(semantics));
  if (regex) regex->jit();
  return regex;
}

Result<OperatorPointer> invalid_regex(Error error, size_t at, const OperatorContext& context) {
  if (context.semantics.bad_regex_loads) return operators::noMatch({}, context);
  return fail("invalid regular expression: " + error.message, error.at + at);
}

bool search(const parser::Pcre& regex, std::string_view value, size_t start, uint32_t match_limit,
            std::vector<parser::Pcre::Group>* groups, MatchState& state) {
  switch (regex.match(value, start, match_limit, groups)) {
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

}  // namespace wafcheck::engine
