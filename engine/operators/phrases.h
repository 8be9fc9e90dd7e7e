#pragma once
// How @pm, its relatives and @strmatch spell phrases.

#include <string>
#include <string_view>
#include <vector>

#include "engine/operators/operator.h"

namespace wafcheck::engine::operators {

/// What @pm, @pmFromFile or @pmFromDataset looks for.
Result<std::vector<std::string>> phrases_of(parser::Operator which, std::string_view argument,
                                            const OperatorContext& context);

/// Resolves Snort's spelling of bytes: |41 42| (blanks between the bytes only if `blanks`), and the
/// escapes \: \; \\ \"; quotes around the whole are dropped. A text with a malformed group or
/// another escape is taken as it stands, as the engines do.
std::string resolve_hex(std::string_view text, bool blanks);

/// The same as ModSecurity 3 does it: between bars only the letters a to f count as digits, other
/// bytes are dropped, bars need no partner, and when the text gets shorter the old bytes at its end
/// stay, so that |61| is |61| and x|61|y is xy61|y.
std::string resolve_hex_letters(std::string_view text);

/// The non-empty pieces between runs of white space.
std::vector<std::string_view> split_words(std::string_view text);

}  // namespace wafcheck::engine::operators
