#pragma once
// Bytes as text: whether they are UTF-8, and how JSON outputs show those that are not.

#include <cstddef>
#include <string>
#include <string_view>

namespace wafcheck::formats {

/// Length of the longest prefix that is valid UTF-8 (RFC 3629: no surrogates, no overlong forms,
/// nothing above U+10FFFF).
size_t valid_utf8_prefix(std::string_view bytes);

bool is_valid_utf8(std::string_view bytes);

struct JsonText {
  std::string text;      ///< valid UTF-8
  bool escaped = false;  ///< whether `text` differs from the bytes: give their base64 beside it
};

/// Bytes for a JSON string: what is not valid UTF-8 becomes `\xHH` (lower-case digits). A backslash
/// of the input stays single, so only `escaped` tells the two apart.
JsonText json_bytes(std::string_view bytes);

/// `bytes` for a message: one line, at most `limit` bytes, control characters and what is not UTF-8
/// as `\xHH`, "..." where it was cut.
std::string excerpt(std::string_view bytes, size_t limit = 60);

}  // namespace wafcheck::formats
