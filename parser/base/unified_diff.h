#pragma once
// What differs between two versions of a file, and a unified diff of it.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck {

/// Lines that became others: the bytes [begin, end) of the old text, whole lines, and what stands
/// in their place.
struct ChangedLines {
  size_t begin = 0, end = 0;
  std::string_view replacement;
};
std::vector<ChangedLines> changed_lines(std::string_view before, std::string_view after);

/// The diff that `patch -p0` makes `after` of `before` with, three lines of context; empty when
/// they are equal. Bytes are shown as they are; in colour, which is for people, as readable() shows
/// them. Time and memory grow with the size of the texts,
/// however much they differ: where they differ in very many places the diff is right, but not the
/// shortest.
std::string unified_diff(std::string_view path, std::string_view before, std::string_view after,
                         bool color);

}  // namespace wafcheck
