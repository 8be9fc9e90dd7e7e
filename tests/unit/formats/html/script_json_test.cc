#include "formats/html/script_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace wafcheck::formats {
namespace {

using namespace std::string_literals;
using html::append_script_string;
using html::script_json;
using html::ScriptArray;

std::string script_string(std::string_view bytes) {
  std::string out;
  append_script_string(out, bytes);
  return out;
}

TEST(ScriptString, NoByteIsMarkupOrLost) {
  struct Row {
    std::string bytes;
    std::string_view text;
  };
  const Row rows[] = {
      {"", R"("")"},
      {"plain & 'text'", R"("plain & 'text'")"},
      {"</script><!--", R"("\u003c/script>\u003c!--")"},
      {"a\"\\", R"("a\"\\")"},
      {"\t\n\r\x01\x7f", "\"\\t\\n\\r\\u0001\\u007f\""},
      {"a\0b"s, R"("a\u0000b")"},
      {"\u00e9\u20ac\U0001f600", "\"\u00e9\u20ac\U0001f600\""},
      {"\u2028\u2029", R"("\u2028\u2029")"},
      {"\x80\xff", R"("\udc80\udcff")"},
      {"\xe2\x80", R"("\udce2\udc80")"},            // a character that is cut
      {"\xed\xb2\x80", R"("\udced\udcb2\udc80")"},  // UTF-8 of a surrogate, which is no text
      {"\xc0\xbc", R"("\udcc0\udcbc")"},            // an overlong <
  };
  for (const Row& row : rows) EXPECT_EQ(script_string(row.bytes), row.text);
}

TEST(ScriptJson, MeansTheSame) {
  const nlohmann::json json = {{"<key>", "</script><!-- \u2028 \u2029 \u20ac \u2027 & \\ \""},
                               {"list", {1, nullptr, true, "<"}}};
  const std::string text = script_json(json.dump());
  EXPECT_EQ(nlohmann::json::parse(text), json);
  for (const std::string_view markup : {"<", "\u2028", "\u2029"}) {
    EXPECT_EQ(text.find(markup), std::string::npos) << markup;
  }
  EXPECT_NE(text.find("\u20ac"), std::string::npos);
}

TEST(ScriptArray, EndsWithWhatSaysSomething) {
  EXPECT_EQ(ScriptArray().text(), "[]");
  EXPECT_EQ(ScriptArray().null().null().text(), "[]");
  EXPECT_EQ(ScriptArray().null().number(7).string("a").null().text(), R"([null,7,"a"])");
  EXPECT_EQ(ScriptArray().raw(ScriptArray().number(-1).text()).raw("{}").text(), "[[-1],{}]");
}

}  // namespace
}  // namespace wafcheck::formats
