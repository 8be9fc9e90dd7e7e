#pragma once
// Base64 of RFC 4648, for bodies and byte strings inside JSON.

#include <string>
#include <string_view>

#include "parser/result.h"

namespace wafcheck::formats {

/// Standard alphabet, padded, no line breaks.
std::string base64_encode(std::string_view bytes);

/// As tools write it: whitespace is passed over, padding may be missing, the URL-safe alphabet is
/// accepted. Any other byte is an error, which names its offset, so that nothing is lost silently.
Result<std::string> base64_decode_lenient(std::string_view text);

}  // namespace wafcheck::formats
