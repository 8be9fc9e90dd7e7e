#pragma once
// The manual pages, which the program holds (cmake/embed.cmake).

#include <span>
#include <string_view>

namespace wafcheck::cli {

struct ManPage {
  std::string_view name;  ///< of its file: "wafcheck-lint.1"
  std::string_view text;  ///< mdoc
};

/// Defined beside the pages, in man/; those that are made from tables come with it.
std::span<const ManPage> man_pages();

/// The page that `word` names: "seclang", "seclang.7", or a command, "lint"; null: none.
const ManPage* find_man_page(std::span<const ManPage> pages, std::string_view word);

/// The name of a page without its section: "wafcheck-lint".
std::string_view title_of(const ManPage& page);

}  // namespace wafcheck::cli
