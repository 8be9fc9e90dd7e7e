#pragma once
// The styles and scripts of pages, which stand as files in kit/ and pages/ and are embedded in the
// program (cmake/embed.cmake).

#include <span>
#include <string_view>

namespace wafcheck::formats::inline html {

struct Asset {
  std::string_view name;  ///< its path in this folder: "kit/dom.js"
  std::string_view text;
  std::string_view sha256;  ///< of the text, in hexadecimal
};

/// In the order of their names.
std::span<const Asset> assets();

}  // namespace wafcheck::formats::inline html
