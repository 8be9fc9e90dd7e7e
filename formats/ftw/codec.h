#pragma once
// The small encodings that regression tests and their backend use. Strict, on bytes.

#include <optional>
#include <string>
#include <string_view>

namespace wafcheck::formats::inline ftw {

/// Base64 as Go's standard encoding reads it: padded, standard alphabet, line breaks passed over,
/// bits left over at the end ignored.
std::optional<std::string> ftw_base64_decode(std::string_view text);

/// Form encoding: a blank becomes `+`; letters, digits and `-_.~` stay; the rest is %XX.
std::string query_escape(std::string_view bytes);

}  // namespace wafcheck::formats::inline ftw
