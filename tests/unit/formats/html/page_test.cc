#include "formats/html/page.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "formats/html/assets.h"

namespace wafcheck::formats {
namespace {

size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) {
    ++count;
  }
  return count;
}

/// The kinds of pages: the folders in pages/.
std::set<std::string> kinds() {
  std::set<std::string> names;
  for (const html::Asset& asset : html::assets()) {
    if (!asset.name.starts_with("pages/")) continue;
    const std::string_view rest = asset.name.substr(6);
    names.emplace(rest.substr(0, rest.find('/')));
  }
  return names;
}

TEST(Page, HoldsItsScriptsAndNamesThemInItsPolicy) {
  ASSERT_FALSE(kinds().empty());
  for (const std::string& kind : kinds()) {
    const std::string page = html::page({kind, "t"}, "", "{}");
    size_t files = 0;
    for (const html::Asset& asset : html::assets()) {
      const bool own =
          asset.name.starts_with("kit/") || asset.name.starts_with("pages/" + kind + "/");
      EXPECT_EQ(page.find(asset.text) != std::string::npos, own) << kind << ' ' << asset.name;
      files += own;
    }
    EXPECT_EQ(count_of(page, "'sha256-"), files) << kind;
    EXPECT_EQ(count_of(page, "<script>") + count_of(page, "<style>"), files) << kind;
  }
}

TEST(Page, AsksForNothingFromElsewhere) {
  for (const std::string& kind : kinds()) {
    const std::string page = html::page({kind, "t"}, "", "{}");
    EXPECT_NE(page.find("content=\"default-src 'none';"), std::string::npos);
    for (const std::string_view forbidden :
         {"src=", "href=", "@import", "url(", "innerHTML", "outerHTML", "insertAdjacentHTML",
          "document.write", "eval(", "new Function", "fetch(", "XMLHttpRequest"}) {
      EXPECT_EQ(page.find(forbidden), std::string::npos) << kind << ' ' << forbidden;
    }
  }
}

TEST(Page, WhatItIsGivenIsNoMarkup) {
  const std::string_view hostile = "</title></script></pre><img src=x onerror=alert(1)>\xff";
  const std::string page =
      html::page({"replay", std::string(hostile)}, hostile, "\"</script><img src=x>\"");
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(count_of(page, "</title>"), 1U);
  EXPECT_EQ(count_of(page, "</pre>"), 1U);
  EXPECT_NE(page.find("id=\"data\">\"\\u003c/script>\\u003cimg src=x>\"</script>"),
            std::string::npos);
}

}  // namespace
}  // namespace wafcheck::formats
