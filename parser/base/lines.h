#pragma once
// A text line by line.

#include <string_view>
#include <vector>

namespace wafcheck {

/// The lines of `text`, without their LF; the empty piece behind the last LF is none.
std::vector<std::string_view> split_lines(std::string_view text);

}  // namespace wafcheck
