#pragma once
// The part of Go's text/template that regression tests use: pipelines of literals, `repeat`,
// `b64enc` and `.Payload`, with trim markers and comments.

#include <optional>
#include <string>
#include <string_view>

namespace wafcheck::formats::inline ftw {

inline constexpr size_t kFtwTemplateLimit = size_t{16} << 20;  ///< bytes

struct FtwExpansion {
  std::string text;
  std::string error;      ///< empty: `text` is the result; else why there is none
  bool too_long = false;  ///< the error is that the result would be over the limit
};

/// Expands `{{ ... }}` in `text`; `payload` is what `.Payload` stands for. Any part that cannot be
/// read, and any unknown function, is an error of the whole, as it is in Go.
FtwExpansion expand_ftw_template(std::string_view text, const std::optional<std::string>& payload,
                                 size_t limit = kFtwTemplateLimit);

}  // namespace wafcheck::formats::inline ftw
