#pragma once
// The rules that ship with wafcheck, as the program itself holds them (cmake/embed.cmake): they
// serve where they are not installed as files.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parser/base/result.h"

namespace wafcheck::cli {

struct ShippedFile {
  std::string_view name;  ///< its path in rules/: "wafcheck/scores.conf"
  std::string_view text;
};

std::span<const ShippedFile> shipped_files();

/// The directory as which the files in the program are read; findings in them show it.
inline constexpr std::string_view kShippedRules = "<shipped>";

/// Whether a path leads into kShippedRules, or is it.
bool is_shipped(std::string_view path);

/// parser::FileSystem for these paths.
Result<std::string> read_shipped(std::string_view path);
std::vector<std::string> glob_shipped(const std::string& pattern);

/// Whether the path is kShippedRules or a directory in it.
bool is_shipped_directory(std::string_view path);

}  // namespace wafcheck::cli
