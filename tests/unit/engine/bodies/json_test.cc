#include "engine/bodies/json.h"
#include "parser/language/semantics.h"

#include <gtest/gtest.h>

#include <string>

namespace wafcheck::engine {
namespace {

using namespace std::string_view_literals;
using parser::Profile;

constexpr auto kStandard = Profile::standard;
constexpr auto kV2 = Profile::modsecurity2;
constexpr auto kV3 = Profile::modsecurity3;
constexpr auto kCoraza = Profile::coraza;

std::string show(const JsonBody& body) {
  std::string shown;
  for (const NameValue& member : body.members) {
    shown.append("[").append(member.name).append("=").append(member.value).append("]");
  }
  return shown;
}

JsonBody parse(std::string_view text, Profile profile, Arena& arena, JsonLimits limits = {}) {
  return parse_json(arena.copy(text), limits, parser::semantics_of(profile), arena);
}

struct Case {
  std::string_view name;
  Profile profile;
  std::string_view text, members;
  std::string_view error = "";
};

class Json : public testing::TestWithParam<Case> {};

TEST_P(Json, IsFlattened) {
  const Case& c = GetParam();
  Arena arena;
  const JsonBody got = parse(c.text, c.profile, arena);
  EXPECT_EQ(show(got), c.members);
  EXPECT_EQ(got.error, c.error);
  EXPECT_FALSE(got.limit_reached);
}

const Case kNames[] = {
    {"v2_nested", kV2, R"({"a":{"b":1}})", "[a.b=1]"},
    {"v2_array", kV2, R"({"c":[1,null,{"d":true}]})", "[c.c=1][c.c=][c.c.d=true]"},
    {"v2_root_array", kV2, "[1,[2,3]]",
     "[array.array=1][array.array.array=2][array.array.array=3]"},
    {"v2_after_object", kV2, R"([{"a":1},2])", "[array.array.a=1][array.array=2]"},
    {"v2_deep_array", kV2, R"({"c":[[1]],"d":2})", "[c.c.c=1][d=2]"},
    {"v2_string", kV2, R"("str")", "[=str]"},
    {"v2_number", kV2, "5", "[=5]"},
    {"v2_one", kV2, R"({"a":[1]})", "[a.a=1]"},

    {"v3_nested", kV3, R"({"a":{"b":1}})", "[json.a.b=1]"},
    {"v3_array", kV3, R"({"c":[1,null,{"d":true}]})",
     "[json.c.array_0=1][json.c.array_1=][json.c.array_2.d=true]"},
    {"v3_root_array", kV3, "[1,[2,3]]",
     "[json.array_0=1][json.array_1.array_0=2][json.array_1.array_1=3]"},
    {"v3_string", kV3, R"("str")", "[json=str]"},
    {"v3_number", kV3, "5", "[json=5]"},
    {"v3_null", kV3, "null", "[json=]"},
    {"v3_empty_keys", kV3, R"({"":{"":1}})", "[json.empty-key.empty-key=1]"},
    {"v3_mixed", kV3, R"({"a":[1,[2,{"b":3}]]})",
     "[json.a.array_0=1][json.a.array_1.array_0=2][json.a.array_1.array_1.b=3]"},

    {"nested", kStandard, R"({"a":{"b":1}})", "[json.a.b=1]"},
    {"array", kStandard, R"({"c":[1,null,{"d":true}]})",
     "[json.c.0=1][json.c.1=][json.c.2.d=true][json.c=3]"},
    {"root_array", kStandard, "[1,[2,3]]", "[json.0=1][json.1.0=2][json.1.1=3][json.1=2][json=2]"},
    {"string", kStandard, R"("str")", "[json=str]"},
    {"number", kStandard, "5", "[json=5]"},
    {"empty_keys", kStandard, R"({"":{"":1}})", "[json..=1]"},
    {"coraza_array", kCoraza, R"({"a":[1]})", "[json.a.0=1][json.a=1]"},
    {"empty_containers", kStandard, R"([[],{}])", "[json=2]"},
    {"v3_empty_containers", kV3, R"([[],{}])", ""},
    {"empty_array", kStandard, "[]", ""},
    {"empty_object", kStandard, "{}", ""},
    {"siblings", kStandard, R"({"a":{"b":{"c":1}},"d":{"e":2},"f":3})",
     "[json.a.b.c=1][json.d.e=2][json.f=3]"},
    {"keys_unescaped", kStandard, "{\"a\\u0062\\\"\":1}", "[json.ab\"=1]"},

    // No member hides another.
    {"duplicate_keys", kStandard, R"({"a":1,"a":2})", "[json.a=1][json.a=2]"},
    {"v2_duplicate_keys", kV2, R"({"a":1,"a":2})", "[a=1][a=2]"},
    {"v3_duplicate_keys", kV3, R"({"a":1,"a":2})", "[json.a=1][json.a=2]"},
    {"dotted_key", kStandard, R"({"account":{"role":"' OR 1"},"account.role":"x"})",
     "[json.account.role=' OR 1][json.account.role=x]"},
    {"keys_by_case", kStandard, R"({"Role":"a","role":"b"})", "[json.Role=a][json.role=b]"},
};

INSTANTIATE_TEST_SUITE_P(Names, Json, testing::ValuesIn(kNames),
                         [](const auto& row) { return std::string(row.param.name); });

const Case kValues[] = {
    {"literals", kStandard, "[null,true,false]", "[json.0=][json.1=true][json.2=false][json=3]"},
    {"numbers_as_written", kStandard, "[1.50,-0,1e5,1E+05,0.0,123456789012345678901234567890]",
     "[json.0=1.50][json.1=-0][json.2=1e5][json.3=1E+05][json.4=0.0]"
     "[json.5=123456789012345678901234567890][json=6]"},
    {"escapes", kStandard, R"("\"\\\/\b\f\n\r\t")", "[json=\"\\/\b\f\n\r\t]"},
    {"unicode_escapes", kStandard, R"("\u0041\u00e9\u20AC")", "[json=A\xc3\xa9\xe2\x82\xac]"},
    {"nul_escape", kStandard, R"("a\u0000b")", "[json=a\0b]"sv},
    {"surrogate_pair", kStandard, R"("\ud83d\ude00")", "[json=\xf0\x9f\x98\x80]"},
    {"lone_high_surrogate", kStandard, R"("\ud83dx")", "[json=\xed\xa0\xbdx]"},
    {"lone_low_surrogate", kStandard, R"("\ude00")", "[json=\xed\xb8\x80]"},
    {"two_high_surrogates", kStandard, R"("\ud83d\ud83d\ude00")",
     "[json=\xed\xa0\xbd\xf0\x9f\x98\x80]"},
    {"utf8", kStandard, "\"\xc3\xa9\"", "[json=\xc3\xa9]"},
    {"v3_utf8", kV3, "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"",
     "[json=\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80]"},
    {"invalid_utf8_stays", kStandard, "\"\xff\xc3\"", "[json=\xff\xc3]"},
    {"delete_byte", kV3, "\"\x7f\"", "[json=\x7f]"},
    {"white_space", kStandard, " \t\r\n[ 1 , 2 ]\n", "[json.0=1][json.1=2][json=2]"},
    {"empty_body", kStandard, "", ""},
    {"v3_empty_body", kV3, "", ""},
};

INSTANTIATE_TEST_SUITE_P(Values, Json, testing::ValuesIn(kValues),
                         [](const auto& row) { return std::string(row.param.name); });

constexpr std::string_view kEof = "parse error: premature EOF\n";
constexpr std::string_view kGarbage = "parse error: trailing garbage\n";

const Case kErrors[] = {
    {"v3_truncated", kV3, R"({"a":1)", "[json.a=1]", kEof},
    {"v2_truncated", kV2, R"({"a":1)", "[a=1]", kEof},
    {"v3_truncated_string", kV3, R"({"a":"b)", "", kEof},
    {"v3_blank", kV3, " ", "", kEof},
    {"v3_trailing_text", kV3, R"({"a":1} x)", "[json.a=1]", kGarbage},
    {"v3_two_documents", kV3, R"({"a":1}{"b":2})", "[json.a=1]", kGarbage},
    {"v3_bracket_too_many", kV3, "[1]]", "[json.array_0=1]", kGarbage},
    {"v3_control_byte", kV3, "[1,\"a\nb\",2]", "[json.array_0=1]",
     "lexical error: invalid character inside string.\n"},
    {"v3_invalid_utf8", kV3, "[1,\"\xff\"]", "[json.array_0=1]",
     "lexical error: invalid bytes in UTF8 string.\n"},
    {"v3_cut_utf8", kV3, "\"\xe2\x82\"", "", "lexical error: invalid bytes in UTF8 string.\n"},

    {"truncated", kStandard, R"({"a":1)", "[json.a=1]", "parse error: premature EOF at byte 6"},
    {"truncated_array", kStandard, "[1", "[json.0=1]", "parse error: premature EOF at byte 2"},
    {"truncated_string", kStandard, R"(["a)", "", "parse error: premature EOF at byte 3"},
    {"truncated_escape", kStandard, R"(["a\)", "", "parse error: premature EOF at byte 4"},
    {"truncated_key", kStandard, R"({"a")", "", "parse error: premature EOF at byte 4"},
    {"truncated_number", kStandard, "-", "", "parse error: premature EOF at byte 1"},
    {"blank", kStandard, " ", "", "parse error: premature EOF at byte 1"},
    {"trailing_text", kStandard, "{} x", "", "parse error: trailing garbage at byte 3"},
    {"leading_zero", kStandard, R"({"a":01})", "[json.a=0]",
     "parse error: a comma or the closing bracket is missing at byte 6"},
    {"trailing_comma", kStandard, "[1,]", "[json.0=1]",
     "lexical error: invalid text where a value should be at byte 3"},
    {"trailing_comma_in_object", kStandard, R"({"a":1,})", "[json.a=1]",
     "parse error: an object key must be a string at byte 7"},
    {"bare_key", kStandard, "{a:1}", "", "parse error: an object key must be a string at byte 1"},
    {"no_colon", kStandard, R"({"a" 1})", "",
     "parse error: a colon must follow an object key at byte 5"},
    {"wrong_bracket", kStandard, "[1}", "[json.0=1]",
     "parse error: a comma or the closing bracket is missing at byte 2"},
    {"half_literal", kStandard, "[nul]", "",
     "lexical error: invalid text where a value should be at byte 1"},
    {"comment", kStandard, "/*c*/1", "",
     "lexical error: invalid text where a value should be at byte 0"},
    {"no_fraction", kStandard, "1.x", "", "lexical error: a malformed number at byte 2"},
    {"no_exponent", kStandard, "1e+,", "", "lexical error: a malformed number at byte 3"},
    {"leading_dot", kStandard, ".5", "",
     "lexical error: invalid text where a value should be at byte 0"},
    {"nul_byte", kStandard, "[1\0]"sv, "[json.0=1]",
     "parse error: a comma or the closing bracket is missing at byte 2"},

    // Wrong, but plain enough for an application to accept: read on.
    {"control_byte", kStandard, "[\"a\nb\",2]", "[json.0=a\nb][json.1=2][json=2]",
     "lexical error: a control character in a string at byte 3"},
    {"unknown_escape", kStandard, R"(["\x41",2])", "[json.0=\\x41][json.1=2][json=2]",
     "lexical error: an unknown escape in a string at byte 2"},
    {"short_unicode_escape", kStandard, R"(["\u12"])", "[json.0=\\u12][json=1]",
     "lexical error: an unknown escape in a string at byte 2"},
    {"byte_order_mark", kStandard, "\xef\xbb\xbf{\"a\":1}", "[json.a=1]",
     "a byte order mark before the text at byte 0"},
    {"v3_unknown_escape", kV3, R"(["\x41",2])", "",
     "lexical error: inside a string, '\\' occurs before a character which it may not.\n"},
    {"v3_word", kV3, "[tru]", "", "lexical error: invalid string in json text.\n"},
    {"v3_byte", kV3, "[x]", "", "lexical error: invalid char in json text.\n"},
    {"v3_comment", kV3, "/*c*/1", "",
     "lexical error: probable comment found in input text, comments are not enabled.\n"},
    {"v3_minus", kV3, "[-x]", "",
     "lexical error: malformed number, a digit is required after the minus sign.\n"},
    {"v3_key", kV3, "{1:2}", "", "parse error: invalid object key (must be a string)\n"},
    {"v3_colon", kV3, R"({"a" 1})", "",
     "parse error: object key and value must be separated by a colon (':')\n"},
    {"v3_bracket", kV3, "[,1]", "", "parse error: unallowed token at this point in JSON text\n"},
};

INSTANTIATE_TEST_SUITE_P(Errors, Json, testing::ValuesIn(kErrors),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(JsonLimits, DepthIsCountedInContainers) {
  Arena arena;
  JsonLimits limits;
  limits.depth = 3;
  EXPECT_EQ(parse("[[[1]]]", kStandard, arena, limits).error, "");
  const JsonBody deep = parse(R"([1,[[{"a":2}]]])", kStandard, arena, limits);
  EXPECT_EQ(show(deep), "[json.0=1]");
  EXPECT_TRUE(deep.error.starts_with("Parsing depth limit exceeded")) << deep.error;
  EXPECT_EQ(deep.error_at, 5u);
}

TEST(JsonLimits, MillionsOfBrackets) {
  Arena arena;
  for (const std::string_view open : {"[", "{\"a\":", "[{\"\":"}) {
    std::string text = R"([1,2,)";
    while (text.size() < 3'000'000) text += open;
    const JsonBody got = parse(text, kStandard, arena);
    EXPECT_EQ(show(got), "[json.0=1][json.1=2]");
    EXPECT_TRUE(got.error.starts_with("Parsing depth limit exceeded")) << got.error;
  }
}

TEST(JsonLimits, ADeepTailIsCheckedPastTheMemberLimit) {
  Arena arena;
  JsonLimits limits;
  limits.members = 3;
  const JsonBody got =
      parse("[1,2,3,4," + std::string(1'000'000, '[') + "]", kStandard, arena, limits);
  EXPECT_EQ(got.members.size(), 3u);
  EXPECT_TRUE(got.limit_reached);
  EXPECT_TRUE(got.error.starts_with("Parsing depth limit exceeded")) << got.error;
}

TEST(JsonLimits, ErrorsPastTheMemberLimitAreFound) {
  Arena arena;
  JsonLimits limits;
  limits.members = 1;
  const JsonBody got = parse(R"({"a":1,"b":[2,{"c":3}],"d":})", kStandard, arena, limits);
  EXPECT_EQ(show(got), "[json.a=1]");
  EXPECT_TRUE(got.limit_reached);
  EXPECT_EQ(got.error_at, 27u);
}

TEST(JsonLimits, ArrayLengthsCount) {
  Arena arena;
  JsonLimits limits;
  limits.members = 2;
  const JsonBody got = parse("[1,2]", kStandard, arena, limits);
  EXPECT_EQ(show(got), "[json.0=1][json.1=2]");
  EXPECT_TRUE(got.limit_reached);
  const JsonBody without = parse("[1,2]", kV3, arena, limits);
  EXPECT_FALSE(without.limit_reached);
}

TEST(JsonLimits, TenThousandLevelsAreShown) {
  Arena arena;
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "{\"k\":";
  text += "1" + std::string(10'000, '}');
  const JsonBody got = parse(text, kStandard, arena);
  ASSERT_EQ(got.members.size(), 1u);
  EXPECT_EQ(got.members[0].name.size(), 4u + 2u * 10'000u);
  EXPECT_EQ(got.members[0].value, "1");
  EXPECT_EQ(got.error, "");
}

// Without a bound, each of these would need gigabytes of names.
TEST(JsonLimits, NamesAreBoundedInTotal) {
  const std::string key = "{\"" + std::string(1'000'000, 'k') + "\":";
  std::string numbers = "[0";
  std::string empties = "[[]";
  for (int i = 0; i < 100'000; ++i) {
    numbers += ",1";
    empties += ",[]";
  }
  const std::string texts[] = {key + numbers + "]}", key + empties + "]}",
                               key + std::string(9'000, '[') + "1" + std::string(9'000, ']') + "}"};
  JsonLimits limits;
  limits.members = 1'000'000;
  for (const Profile profile : {kStandard, kV2, kV3, kCoraza}) {
    for (const std::string& text : texts) {
      Arena arena;
      const JsonBody got = parse(text, profile, arena, limits);
      size_t bytes = 0;
      for (const NameValue& member : got.members) bytes += member.name.size();
      EXPECT_LE(bytes, (1u << 20) + 4 * text.size());
      EXPECT_EQ(got.limit_reached, !got.error.empty());
    }
  }
  Arena arena;
  const JsonBody got = parse(texts[0], kStandard, arena, limits);
  EXPECT_TRUE(got.limit_reached);
  EXPECT_TRUE(got.error.starts_with("the names of members are too long")) << got.error;
}

}  // namespace
}  // namespace wafcheck::engine
