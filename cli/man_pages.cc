#include "cli/man_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace wafcheck::cli {

std::string_view title_of(const ManPage& page) {
  return page.name.substr(0, page.name.rfind('.'));
}

const ManPage* find_man_page(std::span<const ManPage> pages, std::string_view word) {
  const std::string command = fmt::format("wafcheck-{}", word);
  const auto page = std::ranges::find_if(pages, [&](const ManPage& row) {
    return row.name == word || title_of(row) == word || title_of(row) == command;
  });
  return page == pages.end() ? nullptr : &*page;
}

}  // namespace wafcheck::cli
