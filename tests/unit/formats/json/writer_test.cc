#include "formats/json/writer.h"

#include <gtest/gtest.h>

using namespace std::literals;

namespace wafcheck::formats {
namespace {

void write_sample(JsonWriter& json) {
  json.begin_object();
  json.member("text", "a\"\\\n\r\t\0\x7f\u20ac"sv);
  json.bytes("bytes", "x\xff");
  json.texts("texts", std::vector<std::string>{"a", "\xff"});
  json.key("list");
  json.begin_array();
  json.number(-1);
  json.number(2.5, 2);
  json.boolean(true);
  json.null();
  json.raw("{}");
  json.begin_array();
  json.end_array();
  json.begin_object();
  json.end_object();
  json.end_array();
  json.end_object();
}

TEST(JsonOut, OnOneLine) {
  std::string out;
  JsonWriter json(out);
  write_sample(json);
  EXPECT_EQ(out,
            "{\"text\":\"a\\\"\\\\\\n\\r\\t\\u0000\x7f\u20ac\","
            "\"bytes\":\"x\\\\xff\",\"bytes_base64\":\"eP8=\","
            "\"texts\":[\"a\",\"\\\\xff\"],"
            "\"list\":[-1,2.50,true,null,{},[],{}]}");
}

TEST(JsonOut, Indented) {
  std::string out;
  JsonWriter json(out, 2);
  json.begin_object();
  json.key("a");
  json.begin_array();
  json.number(1);
  json.begin_object();
  json.member("b", "c");
  json.end_object();
  json.end_array();
  json.key("d");
  json.begin_array();
  json.end_array();
  json.end_object();
  EXPECT_EQ(out, R"({
  "a": [
    1,
    {
      "b": "c"
    }
  ],
  "d": []
})");
}

}  // namespace
}  // namespace wafcheck::formats
