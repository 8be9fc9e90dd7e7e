#include "formats/reduce/bodies.h"

#include <gtest/gtest.h>

namespace wafcheck::formats {
namespace {

TEST(ReduceBodies, PutTogetherTheyAreTheBodyAgain) {
  struct Row {
    std::string_view type, body;
    size_t parts;  ///< of the outermost group
  };
  const Row rows[] = {
      {"application/x-www-form-urlencoded", "a=1&&b&=c&d=e=f", 5},
      {"application/json", R"({"a":[1,"x\"y\u00e9",{}],"":null})", 2},
      {"application/json", "[]", 0},
      {"application/json", R"({"a":)", 0},
      {"text/xml", "<?xml?><!DOCTYPE a [<!ENTITY x \"y\">]><a b='1' c = \"2\" ><d/>t&lt;</a >\n",
       4},
      {"text/xml", "<a><!-- <x> --><![CDATA[<y>]]></a>", 1},
      {"text/xml", "<a></b>", 0},
      {"text/xml", "<a", 0},
      {"text/xml", "<a b=c/>", 0},
      {"text/xml", "<a =\"1\"></a>", 0},
      {"multipart/form-data; boundary=B", "--B\r\nX: form-data;\r\n\r\n1\r\n--B--\r\n", 0},
      {"multipart/form-data; boundary=\"B\"",
       "--B\r\nContent-Disposition: form-data; name=\"a\"; "
       "filename=\"b;c\"\r\n\r\nx\r\n--B\n\ny\n--B--",
       2},
      {"multipart/form-data; boundary=B", "--B\r\nX: y\r\n\r\ncut", 1},
      {"multipart/form-data; boundary=B", "no boundary", 0},
      {"", "", 0},
      {"text/plain", "a\0b", 0},
  };
  for (const Row& row : rows) {
    const Piece piece = body_piece(row.body, row.type);
    EXPECT_EQ(bytes_of(piece), row.body);
    EXPECT_EQ(piece.parts.size(), row.parts) << row.body;
  }
}

TEST(ReduceBodies, NamesValuesAsEnginesDo) {
  struct Row {
    std::string_view type, body, target;
  };
  const Row rows[] = {
      {"application/json", R"({"a":[{"b":"x"}]})", "ARGS:json.a.b"},
      {"text/xml", "<a><password>x</password></a>", "XML:password"},
      {"text/xml", "<a token=\"x\"/>", "XML:token"},
      {"application/x-www-form-urlencoded", "p%61ss=x", "ARGS_POST:pass"},
      {"multipart/form-data; boundary=B",
       "--B\r\nContent-Disposition: form-data; name=\"pwd\"\r\n\r\nx\r\n--B--", "ARGS_POST:pwd"},
  };
  for (const Row& row : rows) {
    Piece piece = body_piece(row.body, row.type);
    EXPECT_EQ(values_of(piece).back()->target, row.target);
  }
}

TEST(ReduceBodies, SecretsAreMarkedByByte) {
  Piece piece = body_piece("a=1&password=x%2Fy", "application/x-www-form-urlencoded");
  mark_secrets(piece, Masks());
  const auto values = values_of(piece);
  EXPECT_EQ(values[1]->secret, std::vector<bool>(1, false));
  EXPECT_EQ(values.back()->secret, std::vector<bool>(5, true));
  Piece token = value_piece("k Bearer%20abc123", "ARGS:q");
  mark_secrets(token, Masks());
  EXPECT_FALSE(token.secret[2]);
  EXPECT_TRUE(token.secret.back());
}

}  // namespace
}  // namespace wafcheck::formats
