#pragma once
// Paths of files as texts; nothing asks the disk.

#include <string>
#include <string_view>

namespace wafcheck {

/// Without ".", empty segments and, as far as segments stand before them, ".."; what is left of a
/// path of such segments alone is ".". A slash at the end is left out.
std::string normal_path(std::string_view path);

}  // namespace wafcheck
