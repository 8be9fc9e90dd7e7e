#pragma once
// The named character references of HTML5.

#include <cstddef>
#include <string>
#include <string_view>

namespace wafcheck::engine::transformations {

/// The longest name that is a reference without its semicolon too.
inline constexpr size_t kLongestBareEntity = 6;

/// Appends what `name` stands for as UTF-8; false, `out` untouched, when it stands for nothing.
/// `closed`: a semicolon follows it. Names are case-sensitive.
bool append_html5_entity(std::string_view name, bool closed, std::string& out);

}  // namespace wafcheck::engine::transformations
