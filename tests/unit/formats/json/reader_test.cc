#include "formats/json/reader.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>

using namespace std::literals;
using ::testing::HasSubstr;

namespace wafcheck::formats {
namespace {

using Kind = JsonValue::Kind;
using nlohmann::json;

constexpr size_t kDepth = 200;

/// What a value holds, as the library would have built it; members are asked for by the names that
/// the library found.
json rebuilt(JsonValue value, const json& model) {
  switch (value.kind()) {
    case Kind::object: {
      json object = json::object();
      for (const auto& [name, member] : model.items()) {
        object[name] = rebuilt(value.member(name), member);
      }
      return object;
    }
    case Kind::array: {
      json array = json::array();
      for (JsonElements items(value); const auto item = items.next();) {
        array.push_back(rebuilt(
            *item, model.is_array() && array.size() < model.size() ? model[array.size()] : json()));
      }
      EXPECT_EQ(array.size(), count_elements(value));
      return array;
    }
    case Kind::string:
      return value.string();
    case Kind::number:
      if (const auto integer = value.integer()) return *integer;
      return value.number().value_or(0);
    case Kind::missing:
      return "(missing)";
    default:
      return json::parse(value.text());
  }
}

/// The library's reading of a text; discarded: it is not JSON. None where only a number is beyond a
/// double, which it does not take.
std::optional<json> model_of(std::string_view text) {
  try {
    return json::parse(text);
  } catch (const json::out_of_range&) {
    return std::nullopt;
  } catch (const json::exception&) {
    return json(json::value_t::discarded);
  }
}

/// The same texts are JSON, and hold the same.
void expect_agreement(std::string_view text) {
  SCOPED_TRACE(std::string(text));
  const auto parsed = parse_json(text, kDepth);
  const auto model = model_of(text);
  if (!model) return;
  ASSERT_EQ(parsed.has_value(), !model->is_discarded());
  if (!parsed) return;
  EXPECT_EQ(rebuilt(parsed->root(), *model), *model);
}

constexpr std::string_view kDocuments[] = {"",
                                           " ",
                                           "{}",
                                           "[]",
                                           " {} ",
                                           "\t\r\n[ ]\n",
                                           "{",
                                           "}",
                                           "[",
                                           "]",
                                           "{]",
                                           "[}",
                                           "[}]",
                                           "{{}}",
                                           "null",
                                           "true",
                                           "false",
                                           "nul",
                                           "nulll",
                                           "True",
                                           "truefalse",
                                           "null null",
                                           "[null,true,false]",
                                           "0",
                                           "-0",
                                           "-",
                                           "+1",
                                           "1",
                                           "01",
                                           "-01",
                                           "10",
                                           "1.",
                                           "1.0",
                                           ".5",
                                           "1.5e3",
                                           "1E+2",
                                           "1e-2",
                                           "1e",
                                           "1e+",
                                           "1.e1",
                                           "0e0",
                                           "0x1",
                                           "1 2",
                                           "9223372036854775807",
                                           "-9223372036854775808",
                                           "9223372036854775808",
                                           "18446744073709551616",
                                           "123456789012345678901234567890",
                                           "-1.25e-3",
                                           "NaN",
                                           "Infinity",
                                           "--1",
                                           "1-",
                                           "[1,2,3]",
                                           "[1,,2]",
                                           "[,1]",
                                           "[1,]",
                                           "[1 2]",
                                           "[1",
                                           "[1,",
                                           R"("")",
                                           R"("a")",
                                           R"("a)",
                                           R"("a"b)",
                                           R"('a')",
                                           R"("\"\\\/\b\f\n\r\t")",
                                           R"("\a")",
                                           R"("\)",
                                           R"("\u0041\u00e4\u20AC")",
                                           R"("\u000")",
                                           R"("\u000g")",
                                           R"("\u0000")",
                                           R"("\ud83d\ude00")",
                                           R"("\ud83d")",
                                           R"("\ud83dx")",
                                           R"("\ud83d\n")",
                                           R"("\ud83d\ud83d")",
                                           R"("\ude00")",
                                           R"("\uD83D\u0041")",
                                           R"("\u")",
                                           R"("\ud83d\u")",
                                           "\"\x01\"",
                                           "\"\n\"",
                                           "\"\x1f\"",
                                           "\"\x7f\"",
                                           "\"a\tb\"",
                                           "\"\xc3\xa4\"",
                                           "\"\xc3\"",
                                           "\"\xff\"",
                                           "\"\xc0\x80\"",
                                           "\"\xed\xa0\x80\"",
                                           "\"\xf4\x90\x80\x80\"",
                                           "\"\xf0\x9f\x98\x80\"",
                                           "\"\xe2\x82\"",
                                           "\xc3\xa4",
                                           "[\xc3\xa4]",
                                           "{\"\xff\":1}",
                                           "\"1234567\\",
                                           "\"12345678\"",
                                           "\"1234567\"",
                                           "\"123456\\n8\"",
                                           "\"0123456\x1f\"",
                                           "\"01234567\x1f\"",
                                           R"({"a":1})",
                                           R"({"a":1,})",
                                           R"({,"a":1})",
                                           R"({"a"})",
                                           R"({"a":})",
                                           R"({"a" 1})",
                                           R"({a:1})",
                                           R"({"a":1 "b":2})",
                                           R"({"a":1,"b"})",
                                           R"({"a":1}})",
                                           R"({"a":1,"a":2})",
                                           R"({"":0})",
                                           R"({"a":{"b":[{"c":"]}"},[[]],{}]},"d":"\\","e":"\"}"})",
                                           R"({"\u0061":1,"a\nb":2})",
                                           R"({ "a" : [ 1 , { } , [ ] ] , "b" : "x" })",
                                           "\xEF\xBB\xBF{}",
                                           "\xEF\xBB\xBF",
                                           "\xEF\xBB{}",
                                           "// c\n1",
                                           "/**/1",
                                           "[1]//",
                                           "{\"a\":1;}",
                                           "\v1",
                                           "\f[]",
                                           "\u00a0{}"};

TEST(JsonIn, AgreesWithTheLibraryOnWhatJsonIs) {
  for (const std::string_view text : kDocuments) expect_agreement(text);
}

TEST(JsonIn, AgreesWithTheLibraryOnDocumentsWithFaults) {
  std::mt19937 random(7);
  const auto below = [&](size_t limit) { return static_cast<size_t>(random() % limit); };
  constexpr std::string_view kBytes = "{}[]\",:\\u0019-+.eEtfn dD8cC\x80\xbf\xc3\xa4\xf0\x9f\n";
  size_t valid = 0;
  constexpr int kRounds = 60'000;
  for (int round = 0; round < kRounds; ++round) {
    std::string text(kDocuments[below(std::size(kDocuments))]);
    for (size_t edits = below(3) + 1; edits > 0; --edits) {
      const size_t at = below(text.size() + 1);
      switch (below(3)) {
        case 0:
          text.insert(at, 1, kBytes[below(kBytes.size())]);
          break;
        case 1:
          text.erase(at, 1);
          break;
        default:
          if (at < text.size()) text[at] = kBytes[below(kBytes.size())];
      }
    }
    expect_agreement(text);
    if (::testing::Test::HasFailure()) return;
    valid += parse_json(text, kDepth).has_value() ? 1 : 0;
  }
  EXPECT_GT(valid, kRounds / 20) << "too few documents stayed valid to compare anything";
}

TEST(JsonIn, DiffersFromTheLibraryWhereItMust) {
  struct Row {
    std::string_view name, text;
    bool valid;
  };
  const Row rows[] = {
      {"a NUL is no end of the input", "{}\0garbage"sv, false},
      {"a number that is not looked at may be beyond a double", "[1e999,-1e999,1e-999]", true},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(parse_json(row.text, kDepth).has_value(), row.valid);
    EXPECT_NE(json::accept(row.text.begin(), row.text.end()), row.valid);
  }
}

TEST(JsonIn, TellsWhereAndWhatIsWrong) {
  struct Row {
    std::string text;
    std::string_view message;
    size_t at;
  };
  const Row rows[] = {
      {"", "unexpected end of input", 0},
      {R"({"a":nope})", "invalid literal", 6},
      {R"({"a":1 "b":2})", "expected '}'", 7},
      {R"([1] 2)", "expected end of input", 4},
      {"[\"\xff\"]", "ill-formed UTF-8", 2},
      {"{}\0x"s, "expected end of input, not '\\x00'", 2},
      {R"([nulx])", "invalid literal; expected 'null'", 4},
      {R"([nul)", "unexpected end of input; expected 'null'", 4},
      {R"([1,])", "expected a value, not ']'", 3},
      {R"({"a":1,})", "expected the name of a member, not '}'", 7},
      {R"({1:2})", "expected the name of a member or '}', not '1'", 1},
      {R"({"a" 1})", "expected ':', not '1'", 5},
      {R"(["a" "b"])", "expected ']' or ',', not '\"'", 5},
      {"[1\u20ac]", "expected ']' or ',', not '\u20ac'", 2},
      {"[\xff]", "expected a value, not '\\xff'", 1},
      {"[01]", "invalid number", 2},
      {"[-]", "expected a digit, not ']'", 2},
      {"[1.", "unexpected end of input; expected a digit", 3},
      {"[\"a\nb\"]", "control character U+000A", 3},
      {R"(["\a"])", "a backslash that begins no escape", 3},
      {R"(["\u00g0"])", "four hexadecimal digits", 2},
      {R"(["x\ud83d\u0041"])", "a surrogate without its pair", 9},
      {R"(["x\ude00"])", "a surrogate without its pair", 3},
      {R"(["\ud83d\u)", "unexpected end of input in a string", 10},
      {R"(["\)", "unexpected end of input in a string", 3},
      {"\xEF\xBB\xBF[1,]", "expected a value", 6},
      {"[\"\xc3\", 01]", "ill-formed UTF-8", 2},
      {std::string(201, '[') + std::string(201, ']'), "nested deeper than 200 levels", 0},
      {std::string(1'000'000, '['), "nested deeper than 200 levels", 0},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text.substr(0, 40));
    const auto parsed = parse_json(row.text, kDepth);
    ASSERT_FALSE(parsed.has_value());
    EXPECT_THAT(parsed.error().message, HasSubstr(row.message));
    EXPECT_EQ(parsed.error().at, row.at);
    EXPECT_LT(parsed.error().message.size(), 300u);
  }
  EXPECT_TRUE(parse_json(std::string(200, '[') + std::string(200, ']'), kDepth).has_value());
}

// Containers beyond those that are recorded are stepped over all the same.
TEST(JsonIn, ManyContainersReadLikeFew) {
  constexpr size_t kCount = (size_t{1} << 20) + 1000;
  std::string text = R"({"first":[)";
  for (size_t i = 0; i < kCount; ++i) text += i == 0 ? "[]" : ",[]";
  text += R"(],"second":{"a":[{"b":"]}"},[7]],"c":8},"third":[[],{}]})";
  const auto parsed = parse_json(text, kDepth);
  ASSERT_TRUE(parsed.has_value());
  const auto [first, second, third] = parsed->root().members("first", "second", "third");
  EXPECT_EQ(count_elements(first), kCount);
  EXPECT_EQ(second.member("a").text(), R"([{"b":"]}"},[7]])");
  EXPECT_EQ(count_elements(second.member("a")), 2u);
  EXPECT_EQ(second.member("c").integer(), 8);
  EXPECT_EQ(count_elements(third), 2u);
}

TEST(JsonIn, ValuesOutliveAMoveOfTheirDocument) {
  const std::string text = R"({"a":[[1],{"b":2}]})";
  auto parsed = parse_json(text, kDepth);
  ASSERT_TRUE(parsed.has_value());
  const JsonValue list = parsed->root().member("a");
  const JsonDocument moved = std::move(*parsed);
  JsonElements elements(list);
  EXPECT_EQ(elements.next()->text(), "[1]");
  EXPECT_EQ(elements.next()->member("b").integer(), 2);
}

TEST(JsonIn, MembersInTheirOrder) {
  const std::string text = R"({"b":1,"a":[{}],"b":{"c":[]}})";
  const auto parsed = parse_json(text, kDepth);
  ASSERT_TRUE(parsed.has_value());
  std::string seen;
  for (JsonMembers members(parsed->root()); const auto member = members.next();) {
    seen += member->name.string() + "=" + std::string(member->value.text()) + ";";
  }
  EXPECT_EQ(seen, R"(b=1;a=[{}];b={"c":[]};)");
  EXPECT_FALSE(JsonMembers(parsed->root().member("a")).next().has_value());
}

TEST(JsonIn, FindsMembersInOnePass) {
  const std::string text =
      R"( {"a":1,"b":{"a":2,"c":[",}"]},"n":null,"a":"last","\u0064\u0022":true,"":[]} )";
  const auto parsed = parse_json(text, kDepth);
  ASSERT_TRUE(parsed.has_value());
  const auto [a, b, n, d, empty, none] = parsed->root().members("a", "b", "n", "d\"", "", "c");
  EXPECT_EQ(a.text(), R"("last")") << "of equal names the last wins";
  EXPECT_EQ(b.text(), R"({"a":2,"c":[",}"]})");
  EXPECT_TRUE(n.is(Kind::null));
  EXPECT_FALSE(n) << "null counts as missing";
  EXPECT_EQ(d.text(), "true") << "names are compared without their escapes";
  EXPECT_TRUE(empty.is(Kind::array));
  EXPECT_TRUE(none.is(Kind::missing));
  EXPECT_FALSE(none);
  EXPECT_TRUE(empty.member("a").is(Kind::missing)) << "an array has no members";
  EXPECT_FALSE(JsonElements(b).next().has_value()) << "an object has no elements";
}

TEST(JsonIn, NumbersAsTheyAreAsked) {
  struct Row {
    std::string_view text;
    std::optional<int64_t> integer;
    std::optional<double> number;
  };
  const Row rows[] = {
      {"0", 0, 0.0},
      {"-0", 0, 0.0},
      {"-17", -17, -17.0},
      {"9223372036854775807", INT64_MAX, 9223372036854775807.0},
      {"9223372036854775808", std::nullopt, 9223372036854775808.0},
      {"1.0", std::nullopt, 1.0},
      {"1e2", std::nullopt, 100.0},
      {"1e999", std::nullopt, std::nullopt},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    const auto parsed = parse_json(row.text, kDepth);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->root().integer(), row.integer);
    EXPECT_EQ(parsed->root().number(), row.number);
  }
}

}  // namespace
}  // namespace wafcheck::formats
