#pragma once
// Files that are handed in as traffic and are none.

#include <optional>
#include <string_view>

namespace wafcheck::formats::inline traffic {

struct ForeignFile {
  std::string_view name;  ///< "a ZIP archive"
  std::string_view help;  ///< what to do with it
};

/// What a source is that no format of traffic takes, from its first bytes; nothing: it is not
/// known.
std::optional<ForeignFile> find_foreign(std::string_view head);

}  // namespace wafcheck::formats::inline traffic
