// Positions in both encodings, and URIs.

#include "cli/lsp/position.h"

#include <gtest/gtest.h>

namespace wafcheck::cli::lsp {
namespace {

/// A letter of two bytes, one beyond the BMP, and a byte that is no UTF-8.
constexpr const char* kText = "a\xC3\xA4z\r\n\xF0\x9F\x98\x80x\n\xFF!";

TEST(Positions, CountUnits) {
  const parser::Source text = parser::make_source("a", kText);
  EXPECT_EQ(position_at(text, 3, Encoding::utf8), (Position{0, 3}));
  EXPECT_EQ(position_at(text, 3, Encoding::utf16), (Position{0, 2}));
  EXPECT_EQ(position_at(text, 10, Encoding::utf8), (Position{1, 4}));
  EXPECT_EQ(position_at(text, 10, Encoding::utf16), (Position{1, 2}));
  EXPECT_EQ(position_at(text, 13, Encoding::utf16), (Position{2, 1}));
}

TEST(Positions, AreFoundAgain) {
  const parser::Source text = parser::make_source("a", kText);
  for (const Encoding encoding : {Encoding::utf8, Encoding::utf16}) {
    for (const uint32_t offset : {0U, 1U, 3U, 4U, 6U, 10U, 12U, 13U, 14U}) {
      EXPECT_EQ(offset_at(text, position_at(text, offset, encoding), encoding), offset);
    }
  }
}

TEST(Positions, PastTheEndAreTheEnd) {
  const parser::Source text = parser::make_source("a", kText);
  EXPECT_EQ(offset_at(text, {0, 99}, Encoding::utf8), 4U);
  EXPECT_EQ(offset_at(text, {0, 99}, Encoding::utf16), 4U);
  EXPECT_EQ(offset_at(text, {9, 0}, Encoding::utf16), 14U);
}

TEST(Positions, NeverStandInsideACharacter) {
  const parser::Source text = parser::make_source("a", kText);
  EXPECT_EQ(offset_at(text, {1, 1}, Encoding::utf16), 6U);
}

TEST(Uris, OfFilesAreDecoded) {
  EXPECT_EQ(path_of_uri("file:///a%20b/%C3%A4.conf"), "/a b/\xC3\xA4.conf");
  EXPECT_EQ(path_of_uri("file://localhost/a"), "/a");
  EXPECT_EQ(path_of_uri("file:///a%2"), "/a%2");
  EXPECT_EQ(uri_of_path("/a b/\xC3\xA4.conf"), "file:///a%20b/%C3%A4.conf");
}

TEST(Uris, OfOtherThingsAreNoPaths) {
  EXPECT_FALSE(path_of_uri("untitled:Untitled-1"));
  EXPECT_FALSE(path_of_uri("file://elsewhere/a"));
  EXPECT_FALSE(path_of_uri("file:///a%00b"));
}

}  // namespace
}  // namespace wafcheck::cli::lsp
