#pragma once
// What made an operator match, in words.

#include <string>
#include <string_view>

#include "formats/why/why.h"

namespace wafcheck::formats::inline why {

/// "phrase \"union select\" (sql.data:17)", "15 is at least 5": one line, at most some `limit`
/// bytes of what it quotes. `hidden`: bytes of the value must not show.
std::string reason_words(const MatchedValue& value, size_t limit, bool hidden);

/// What a letter of a fingerprint stands for: 's' is "string".
std::string_view token_word(char type);

}  // namespace wafcheck::formats::inline why
