#pragma once
// Globs of paths, as wafcheck.toml has them.

#include <string_view>

namespace wafcheck {

/// `*` stands for any bytes but a slash, `**` for any bytes, `**/` also for nothing, `?` for one
/// byte but a slash; everything else for itself. Takes time in proportion to both lengths
/// multiplied.
bool glob_matches(std::string_view glob, std::string_view path);

/// The same, and a glob without a slash matches what has the file's name.
bool glob_matches_file(std::string_view glob, std::string_view path);

}  // namespace wafcheck
