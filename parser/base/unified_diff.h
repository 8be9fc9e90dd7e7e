#pragma once
// Two versions of a file as a unified diff, for --diff.

#include <string>
#include <string_view>

namespace wafcheck {

/// The diff that `patch -p0` makes `after` of `before` with, three lines of context; empty when
/// they are equal. Bytes are shown as they are; in colour, which is for people, as readable() shows
/// them. Time and memory grow with the size of the texts,
/// however much they differ: where they differ in very many places the diff is right, but not the
/// shortest.
std::string unified_diff(std::string_view path, std::string_view before, std::string_view after,
                         bool color);

}  // namespace wafcheck
