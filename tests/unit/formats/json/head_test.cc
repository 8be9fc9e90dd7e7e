#include "formats/json/head.h"

#include <gtest/gtest.h>

#include <string>

namespace wafcheck::formats {
namespace {

TEST(JsonHead, MembersAsFarAsItReaches) {
  struct Row {
    std::string_view head, members;  ///< name=value;
  };
  const Row rows[] = {
      {"", ""},
      {"{", ""},
      {"{}", ""},
      {"[1]", ""},
      {"\xEF\xBB\xBF \n{ \"a\" : 1 , \"b\":[{}] }", "\"a\"=1;\"b\"=[{}];"},
      {R"({"a":{"x":"}"},"b":"y)", R"("a"={"x":"}"};"b"="y;)"},
      {R"({"a":{"x":[)", R"("a"={"x":[;)"},
      {R"({"a)", R"("a=;)"},
      {R"({"a":)", R"("a"=;)"},
      {R"({"a":1,x:2})", R"("a"=1;)"},
      {R"({"a":1 "b":2})", R"("a"=1;"b"=2;)"},
  };
  for (const Row& row : rows) {
    std::string members;
    for (const LeadingMember& member : leading_members(row.head)) {
      members += std::string(member.name) + "=" + std::string(member.value) + ";";
    }
    EXPECT_EQ(members, row.members) << row.head;
  }
}

TEST(JsonHead, OnlyAnObjectBeginsOne) {
  EXPECT_TRUE(begins_object(" {"));
  EXPECT_TRUE(begins_object("\xEF\xBB\xBF\n{}"));
  for (const std::string_view head : {"", " ", "[{", "x{", "\xEF\xBB{"}) {
    EXPECT_FALSE(begins_object(head)) << head;
  }
}

}  // namespace
}  // namespace wafcheck::formats
