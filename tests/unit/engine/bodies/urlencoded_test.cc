#include "engine/bodies/urlencoded.h"
#include "parser/language/semantics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace wafcheck::engine {
namespace {

using namespace std::string_view_literals;
using parser::Profile;
using testing::ElementsAre;

constexpr Profile kAll[] = {Profile::standard, Profile::modsecurity2, Profile::modsecurity3,
                            Profile::coraza};

std::string show(const std::vector<NameValue>& members) {
  std::string shown;
  for (const NameValue& member : members) {
    shown.append("[").append(member.name).append("=").append(member.value).append("]");
  }
  return shown;
}

struct TargetCase {
  std::string_view name;
  Profile profile;
  std::string_view raw, uri, filename, basename, query;
};

class Target : public testing::TestWithParam<TargetCase> {};

TEST_P(Target, ShowsItsParts) {
  const TargetCase& c = GetParam();
  Arena arena;
  const RequestTarget target = parse_target(c.raw, parser::semantics_of(c.profile), arena);
  EXPECT_EQ(target.raw, c.raw);
  EXPECT_EQ(target.uri, c.uri);
  EXPECT_EQ(target.filename, c.filename);
  EXPECT_EQ(target.basename, c.basename);
  EXPECT_EQ(target.query, c.query);
}

constexpr auto kStandard = Profile::standard;
constexpr auto kV2 = Profile::modsecurity2;
constexpr auto kV3 = Profile::modsecurity3;
constexpr auto kCoraza = Profile::coraza;

constexpr std::string_view kLong = "/a%20b/c+d.php?x=%41+b&x=2&&y&=z&w=%zz#frag";
constexpr std::string_view kLongQuery = "x=%41+b&x=2&&y&=z&w=%zz";

const TargetCase kTargets[] = {
    // modsecurity3 decodes the whole target.
    {"v3_long", kV3, kLong, "/a b/c+d.php?x=A+b&x=2&&y&=z&w=%zz", "/a b/c+d.php", "c+d.php",
     kLongQuery},
    {"v3_absolute", kV3, "http://ex.com/p/q?x=1", "/p/q?x=1", "http://ex.com/p/q", "q", "x=1"},
    {"v3_host_only", kV3, "http://ex.com", "http://ex.com", "http://ex.com", "ex.com", ""},
    {"v3_host_and_query", kV3, "http://h?x=1", "http://h?x=1", "http://h", "h", "x=1"},
    {"v3_asterisk", kV3, "*", "*", "*", "", ""},
    {"v3_directory", kV3, "/a/b/", "/a/b/", "/a/b/", "", ""},
    {"v3_two_questions", kV3, "/a?b?c=d;e=f", "/a?b?c=d;e=f", "/a", "a", "b?c=d;e=f"},
    {"v3_decoded_once", kV3, "/%2561?%2561=%2561", "/%61?%61=%61", "/%61", "%61", "%2561=%2561"},
    {"v3_authority_form", kV3, "ex.com:443", "ex.com:443", "ex.com:443", "", ""},
    {"v3_nul", kV3, "/p%00q?a=%00b", "/p\0q?a=\0b"sv, "/p\0q"sv, "p\0q"sv, "a=%00b"},
    {"v3_double_slash", kV3, "//x//y?=&", "//x//y?=&", "//x//y", "y", "=&"},
    {"v3_backslash", kV3, "/a\\b%5cc", "/a\\b\\c", "/a\\b\\c", "c", ""},
    {"v3_fragment_before_query", kV3, "/a#f?q", "/a", "/a", "a", ""},
    {"v3_escaped_fragment", kV3, "/a%23b?x%23y", "/a#b?x#y", "/a#b", "a#b", "x%23y"},
    {"v3_relative", kV3, "foo/bar?x", "foo/bar?x", "foo/bar", "bar", "x"},
    {"v3_empty", kV3, "", "", "", "", ""},

    // The default shows the URI as sent and the file name decoded.
    {"long", kStandard, kLong, kLong.substr(0, kLong.find('#')), "/a b/c+d.php", "c+d.php",
     kLongQuery},
    {"absolute", kStandard, "http://ex.com/p/q?x=1", "/p/q?x=1", "/p/q", "q", "x=1"},
    {"absolute_https_port", kStandard, "HTTPS://h:1/a//b", "/a//b", "/a//b", "b", ""},
    {"host_only", kStandard, "http://ex.com", "/", "/", "", ""},
    {"host_and_query", kStandard, "http://h?x=1", "/?x=1", "/", "", "x=1"},
    {"host_and_fragment", kStandard, "http://h/p#/q?r", "/p", "/p", "p", ""},
    {"asterisk", kStandard, "*", "*", "*", "", ""},
    {"directory", kStandard, "/a/b/", "/a/b/", "/a/b/", "", ""},
    {"two_questions", kStandard, "/a?b?c=d;e=f", "/a?b?c=d;e=f", "/a", "a", "b?c=d;e=f"},
    {"decoded_once", kStandard, "/%2561?%2561=1", "/%2561?%2561=1", "/%61", "%61", "%2561=1"},
    {"authority_form", kStandard, "ex.com:443", "ex.com:443", "ex.com:443", "", ""},
    {"nul", kStandard, "/p%00q?a=%00b", "/p%00q?a=%00b", "/p\0q"sv, "p\0q"sv, "a=%00b"},
    {"raw_nul", kStandard, "/p\0q?a\0=b"sv, "/p\0q?a\0=b"sv, "/p\0q"sv, "p\0q"sv, "a\0=b"sv},
    {"no_scheme", kStandard, "1http://h/p", "1http://h/p", "1http://h/p", "p", ""},
    {"one_slash_after_scheme", kStandard, "http:/x", "http:/x", "http:/x", "x", ""},
    {"url_in_query", kStandard, "/r?to=http://h/p", "/r?to=http://h/p", "/r", "r", "to=http://h/p"},
    {"url_in_first_query", kStandard, "?to=http://h/p", "?to=http://h/p", "", "", "to=http://h/p"},
    {"broken_escape", kStandard, "/a%2", "/a%2", "/a%2", "a%2", ""},
    // What has blinded other engines.
    {"control_byte", kStandard, "/a\x01?q=\x7f", "/a\x01?q=\x7f", "/a\x01", "a\x01", "q=\x7f"},
    {"double_slash", kStandard, "//admin/x", "//admin/x", "//admin/x", "x", ""},
    {"escaped_question", kStandard, "/path%3Fattack?b", "/path%3Fattack?b", "/path?attack",
     "path?attack", "b"},
    {"invalid_utf8", kStandard, "/\xff\xfe?\xc0", "/\xff\xfe?\xc0", "/\xff\xfe", "\xff\xfe",
     "\xc0"},
    {"only_question", kStandard, "?", "?", "", "", ""},

    {"v2_escape", kV2, "/%41/%42", "/%41/%42", "/%41/%42", "%42", ""},
    {"v2_absolute", kV2, "http://h/p", "/p", "/p", "p", ""},
    {"v2_backslash", kV2, "/a\\b", "/a\\b", "/a\\b", "b", ""},
    {"coraza_escape", kCoraza, "/%41", "/%41", "/A", "A", ""},
    {"coraza_absolute", kCoraza, "http://h/p?q#f", "http://h/p?q", "/p", "p", "q"},
    {"coraza_directory", kCoraza, "/a/b/", "/a/b/", "/a/b/", "/a/b/", ""},
};

INSTANTIATE_TEST_SUITE_P(Cases, Target, testing::ValuesIn(kTargets),
                         [](const auto& row) { return std::string(row.param.name); });

struct ArgumentsCase {
  std::string_view name, text, members;
  bool invalid;
};

class Urlencoded : public testing::TestWithParam<ArgumentsCase> {};

TEST_P(Urlencoded, SplitsAndDecodes) {
  Arena arena;
  const Arguments got =
      parse_urlencoded(GetParam().text, '&', 100, parser::semantics_of(kStandard), arena);
  EXPECT_EQ(show(got.members), GetParam().members);
  EXPECT_EQ(got.invalid_encoding, GetParam().invalid);
  EXPECT_FALSE(got.limit_reached);
}

const ArgumentsCase kArguments[] = {
    {"empty", "", "", false},
    {"long", kLongQuery, "[x=A b][x=2][=][y=][=z][w=%zz]", true},
    {"one_pair", "x=1", "[x=1]", false},
    {"first_equals", "b?c=d;e=f", "[b?c=d;e=f]", false},
    {"decoded_once", "%2561=%2561", "[%61=%61]", false},
    {"nul", "a=%00b", "[a=\0b]"sv, false},
    {"empty_pair_and_separator", "=&", "[=]", false},
    {"separator", "&", "[=]", false},
    {"two_separators", "&&", "[=][=]", false},
    {"trailing_separator", "a=b&", "[a=b]", false},
    {"equals_in_value", "a=b=c", "[a=b=c]", false},
    {"only_equals", "==", "[==]", false},
    {"escaped_separators", "a%3Db=c%26", "[a=b=c&]", false},
    {"plus", "+a+=+b+", "[ a = b ]", false},
    {"invalid_value", "a=%4&b=1", "[a=%4][b=1]", true},
    {"invalid_name", "%4=1", "[%4=1]", true},
    {"percent_last", "a=%", "[a=%]", true},
    {"percent_before_escape", "a=%%41", "[a=%A]", true},
    {"half_hex", "a=%4g%41", "[a=%4gA]", true},
    {"no_unicode_escape", "a=%u0041", "[a=%u0041]", true},
    {"high_bytes", "\xff=%FF%fe", "[\xff=\xff\xfe]", false},
    {"control_bytes", "c\x02=\x03", "[c\x02=\x03]", false},
};

INSTANTIATE_TEST_SUITE_P(Cases, Urlencoded, testing::ValuesIn(kArguments),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(UrlencodedProfiles, CorazaSkipsEmptyPieces) {
  for (const Profile profile : kAll) {
    Arena arena;
    const auto got = parse_urlencoded("?a&&b", '&', 9, parser::semantics_of(profile), arena);
    EXPECT_EQ(show(got.members), profile == kCoraza ? "[?a=][b=]" : "[?a=][=][b=]");
  }
}

TEST(UrlencodedLimits, ReportsWhatIsLeftOut) {
  Arena arena;
  const auto& semantics = parser::semantics_of(kStandard);
  const Arguments cut = parse_urlencoded("a=1&b=2&c=3", '&', 2, semantics, arena);
  EXPECT_EQ(show(cut.members), "[a=1][b=2]");
  EXPECT_TRUE(cut.limit_reached);
  const Arguments whole = parse_urlencoded("a=1&b=2", '&', 2, semantics, arena);
  EXPECT_EQ(show(whole.members), "[a=1][b=2]");
  EXPECT_FALSE(whole.limit_reached);
}

TEST(UrlencodedLimits, LongRunsOfSeparators) {
  Arena arena;
  const std::string text(5'000'000, '&');
  const Arguments cut = parse_urlencoded(text, '&', 1000, parser::semantics_of(kStandard), arena);
  EXPECT_EQ(cut.members.size(), 1000u);
  EXPECT_TRUE(cut.limit_reached);
  const Arguments none = parse_urlencoded(text, '&', 1000, parser::semantics_of(kCoraza), arena);
  EXPECT_TRUE(none.members.empty());
  EXPECT_FALSE(none.limit_reached);
}

TEST(UrlencodedSeparator, IsAnyByte) {
  Arena arena;
  const auto got = parse_urlencoded("a=1&2;b=3", ';', 9, parser::semantics_of(kStandard), arena);
  EXPECT_EQ(show(got.members), "[a=1&2][b=3]");
}

TEST(PercentDecode, ReturnsTheTextItselfWhenNothingChanges) {
  Arena arena;
  const std::string_view text = "a+b%zz";
  bool invalid = false;
  EXPECT_EQ(percent_decode(text, false, arena, &invalid).data(), text.data());
  EXPECT_TRUE(invalid);
}

TEST(PercentDecode, LeavesThePlusUnlessAsked) {
  Arena arena;
  EXPECT_EQ(percent_decode("a+%41", false, arena), "a+A");
  EXPECT_EQ(percent_decode("a+%41", true, arena), "a A");
}

struct CookieCase {
  std::string_view name, header;
  int version;
  std::string_view cookies, coraza;
};

class Cookies : public testing::TestWithParam<CookieCase> {};

TEST_P(Cookies, AreSplit) {
  const CookieCase& c = GetParam();
  Arena arena;
  for (const Profile profile : kAll) {
    const auto got = parse_cookies(c.header, ';', c.version, parser::semantics_of(profile), arena);
    EXPECT_EQ(show(got), profile == kCoraza ? c.coraza : c.cookies);
  }
}

const CookieCase kCookies[] = {
    {"empty", "", 0, "", ""},
    {"pair", "a=b", 0, "[a=b]", "[a=b]"},
    {"blanks", "c ; x= y", 0, "[c =][x= y]", "[c=][x= y]"},
    {"blanks_around_equals", " a = b ; c=d", 0, "[a = b ][c=d]", "[a= b][c=d]"},
    {"empty_pieces", ";;a=b;;", 0, "[a=b]", "[a=b]"},
    {"empty_name", "=x; y=z", 0, "[y=z]", "[y=z]"},
    {"only_equals", "=", 0, "", ""},
    {"only_blank", " ", 0, "", ""},
    {"no_equals", "a; b", 0, "[a=][b=]", "[a=][b=]"},
    {"equals_in_value", "a=b=c", 0, "[a=b=c]", "[a=b=c]"},
    {"equals_twice", "a==", 0, "[a==]", "[a==]"},
    {"quotes_are_data", "a=\"b;c\"; d=e", 0, "[a=\"b][c\"=][d=e]", "[a=\"b][c\"=][d=e]"},
    {"not_decoded", "a=%41+", 0, "[a=%41+]", "[a=%41+]"},
    {"repeated", "a=1; a=2; A=3", 0, "[a=1][a=2][A=3]", "[a=1][a=2][A=3]"},
    {"comma_is_data", "a=b,c=d; e", 0, "[a=b,c=d][e=]", "[a=b,c=d][e=]"},
    {"control_bytes_stay", "a\x01=\x02;\tb=1", 0, "[a\x01=\x02][b=1]", "[a\x01=\x02][b=1]"},
    {"nul", "a\0b=\0"sv, 0, "[a\0b=\0]"sv, "[a\0b=\0]"sv},
    {"dollar_is_data", "$Version=1; a=\"b\"", 0, "[$Version=1][a=\"b\"]", "[$Version=1][a=\"b\"]"},

    {"rfc2109", "$Version=\"1\"; a=\"b\"; $Path=\"/\"", 1, "[$Version=1][a=b][$a_Path=/]",
     "[$Version=1][a=b][$a_Path=/]"},
    {"rfc2109_comma", "a=1, b = 2", 1, "[a=1][b=2]", "[a=1][b=2]"},
    {"rfc2109_quoted_separator", "a=\"b;c,d\\\"e\"; f=g", 1, "[a=b;c,d\"e][f=g]",
     "[a=b;c,d\"e][f=g]"},
    {"rfc2109_open_quote", "a=\"b; c=d", 1, "[a=b; c=d]", "[a=b; c=d]"},
    {"rfc2109_text_after_quote", "a=\"b\"x; c=d", 1, "[a=bx][c=d]", "[a=bx][c=d]"},
    {"rfc2109_lone_backslash", "a=\"b\\", 1, "[a=b\\]", "[a=b\\]"},
    {"rfc2109_no_value", "a; b=; =c", 1, "[a=][b=]", "[a=][b=]"},
};

INSTANTIATE_TEST_SUITE_P(Cases, Cookies, testing::ValuesIn(kCookies),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(CookieLimits, LongHeaders) {
  Arena arena;
  const auto& semantics = parser::semantics_of(kStandard);
  EXPECT_TRUE(parse_cookies(std::string(3'000'000, ';'), ';', 0, semantics, arena).empty());
  EXPECT_TRUE(parse_cookies(std::string(3'000'000, '='), ';', 0, semantics, arena).empty());
  std::string attributes = std::string(500'000, 'n') + "=1";
  for (int i = 0; i < 100'000; ++i) attributes += ";$a";
  EXPECT_EQ(parse_cookies(attributes, ';', 1, semantics, arena).size(), 100'001u);
}

}  // namespace
}  // namespace wafcheck::engine
