#pragma once
// Paths as rules write them, and what they lead to.

#include <string>
#include <string_view>
#include <vector>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::parser::inline ruleset {

/// Where a path may stand: beside the file that names it, then as it is (from the working
/// directory). Absolute paths stand in one place.
std::vector<std::string> places_of(std::string_view from_file, const std::string& path);
/// The same of a path that is named at `at`.
std::vector<std::string> places_of(const RulesetModel& ruleset, Span at, const std::string& path);

/// The bytes of a pipe or a device, waited for; disk() reads neither.
Result<std::string> read_stream(const std::string& path);

/// Whether @inspectFile and exec take it for a script in Lua, not for a program.
bool is_script(std::string_view path);

bool has_glob(std::string_view path);

/// A directory's name as a glob that means it alone, with a slash at its end.
std::string directory_pattern(std::string_view directory);

/// The rules files of a directory: its *.conf, sorted by bytes, not recursive.
std::vector<std::string> rules_in_directory(FileSystem& files, const std::string& directory);

/// "a.conf (No such file or directory), b.conf (...)".
std::string tried(const std::vector<std::pair<std::string, std::string>>& places);

}  // namespace wafcheck::parser::inline ruleset
