#pragma once
// What the operators that search with a regular expression share.

#include <string_view>
#include <vector>

#include "engine/operators/operator.h"
#include "parser/regex/pcre.h"

namespace wafcheck::engine {

/// The flags the engine gives @rx: DOTALL, and MULTILINE or DOLLAR_ENDONLY.
parser::PcreOptions regex_options(const parser::Semantics& semantics);

/// Compiles with those flags, to machine code where that can be had.
Result<parser::Pcre> compile_regex(std::string_view pattern, const parser::Semantics& semantics);

/// What the factory of an operator whose expression is invalid returns: the error, its offset moved
/// by `at`; or, where engines load such a rule, an operator that never matches.
Result<OperatorPointer> invalid_regex(Error error, size_t at, const OperatorContext& context);

/// Whether `regex` matches at `start` or later. A search that is given up counts as no match and is
/// noted in `state`. `groups` may be null.
bool search(const parser::Pcre& regex, std::string_view value, size_t start, uint32_t match_limit,
            std::vector<parser::Pcre::Group>* groups, MatchState& state);

/// The bytes of a group; data() == nullptr if it took no part.
std::string_view text_of(const parser::Pcre::Group& group, std::string_view value);

}  // namespace wafcheck::engine
