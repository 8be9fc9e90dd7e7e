#include "engine/operators/regex.h"

namespace wafcheck::engine {

parser::PcreOptions regex_options(const parser::Semantics& semantics) {
  return {.caseless = false,
          .dotall = true,
          .multiline = semantics.multiline,
          .dollar_endonly = !semantics.multiline};
}

Result<parser::Pcre> compile_regex(std::string_view pattern, const parser::Semantics& semantics) {
  return parser::Pcre::compile(pattern, regex_options(semantics));
}

Result<OperatorPointer> invalid_regex(Error error, size_t at, const OperatorContext& context) {
  if (context.semantics.bad_regex_loads) return operators::noMatch({}, context);
  return fail("invalid regular expression: " + error.message, error.at + at);
}

bool search(const parser::Pcre& regex, std::string_view value, size_t start, uint32_t match_limit,
            std::vector<parser::Pcre::Group>* groups, MatchState& state) {
  regex.jit_when_worth(value.size() - start);
  parser::PcreResult result = regex.match(value, start, match_limit, groups);
  // Machine code counts fewer steps, and decides what is too many: the same however often an
  // expression was used before.
  if (result == parser::PcreResult::limit && regex.jit()) {
    result = regex.match(value, start, match_limit, groups);
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

}  // namespace wafcheck::engine
