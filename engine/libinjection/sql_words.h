#pragma once
// The two SQL tables of the method: words (and two-byte operators) with their type, and the
// fingerprints that count as SQL injection.

#include <string_view>

namespace wafcheck::engine::libinjection {

/// The type letter of a word, a phrase or an operator (letter case does not matter); 0 if unknown.
char lookup_word(std::string_view word);

/// True if the fingerprint (type letters, at most five; letter case does not matter) is listed.
bool is_known_fingerprint(std::string_view fingerprint);

}  // namespace wafcheck::engine::libinjection
