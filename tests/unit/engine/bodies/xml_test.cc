#include "engine/bodies/xml.h"
#include "parser/language/semantics.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "tests/scratch.h"

namespace wafcheck::engine {
namespace {

using namespace std::string_view_literals;
using parser::Profile;

constexpr std::string_view kFailed = "XML: Failed parsing document.";

struct Selected {
  std::string members;  // each in brackets
  bool truncated = false;
};

Selected select(const XmlDocument& document, const std::string& xpath,
                Profile profile = Profile::standard,
                const std::vector<std::pair<std::string, std::string>>& namespaces = {}) {
  Arena arena;
  Selected selected;
  const auto found =
      document.select(xpath, namespaces, parser::semantics_of(profile), arena, &selected.truncated);
  if (!found) return {"error: " + found.error().message, false};
  for (const std::string_view member : *found) {
    selected.members.append("[").append(member).append("]");
  }
  return selected;
}

struct Case {
  std::string_view name;
  Profile profile;
  std::string_view text;
  std::string xpath;
  std::string_view members;
};

class Xml : public testing::TestWithParam<Case> {};

TEST_P(Xml, IsSelected) {
  XmlDocument document;
  EXPECT_TRUE(document.parse(GetParam().text, {})) << document.error();
  EXPECT_TRUE(document.well_formed());
  EXPECT_EQ(document.error(), "");
  const Selected got = select(document, GetParam().xpath, GetParam().profile);
  EXPECT_EQ(got.members, GetParam().members);
  EXPECT_FALSE(got.truncated);
}

constexpr auto kStandard = Profile::standard;
constexpr auto kV2 = Profile::modsecurity2;
constexpr auto kV3 = Profile::modsecurity3;
constexpr auto kCoraza = Profile::coraza;

constexpr std::string_view kMixed = "<a> x<b>y</b>z</a>";
constexpr std::string_view kEntity =
    "<!DOCTYPE a [<!ENTITY e \"E\">]><a>1&e;2<b k=\"v&e;\">3&e;4</b></a>";
constexpr std::string_view kNested =
    "<!DOCTYPE a [<!ENTITY e \"E<i>&f;</i><!--c--> \"><!ENTITY f \"F\">]><a>&e;|&e;</a>";

const Case kCases[] = {
    {"text", kStandard, kMixed, "/*", "[ xyz]"},
    {"v2_text", kV2, kMixed, "/*", "[ xyz]"},
    {"v3_text", kV3, kMixed, "/*", "[ xyz]"},
    {"element", kStandard, kMixed, "//b", "[y]"},
    {"element_text", kStandard, kMixed, "//b/text()", "[y]"},
    {"text_nodes_in_order", kStandard, kMixed, "//text()", "[ x][y][z]"},
    {"attributes", kStandard, "<a k=\"1\"><b l='2' m=\"\"/></a>", "//@*", "[1][2][]"},
    {"nothing", kStandard, kMixed, "//c", ""},
    {"number", kStandard, kMixed, "count(//b)", "[1]"},
    {"boolean", kStandard, kMixed, "//b = 'y'", "[true]"},
    {"string", kStandard, kMixed, "concat(//b, '!')", "[y!]"},
    {"cdata_and_comments", kStandard, "<a><![CDATA[<c>]]><!--no--><?pi x?>t</a>", "/*", "[<c>t]"},
    {"comment", kStandard, "<a><!--yes--></a>", "//comment()", "[yes]"},
    {"character_references", kStandard, "<a>&#65;&#x42;&lt;&amp;</a>", "/*", "[AB<&]"},
    {"utf16", kStandard, "\xff\xfe<\0a\0>\0\xe9\0<\0/\0a\0>\0"sv, "/*", "[\xc3\xa9]"},
    {"latin1", kStandard, "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>", "/*",
     "[\xc3\xa9]"},
    {"empty_element", kStandard, "<foo></foo>", "/*", "[]"},

    // Entities are expanded in a string value, but are no text nodes.
    {"entity", kStandard, kEntity, "/*", "[1E23E4]"},
    {"entity_in_attribute", kStandard, kEntity, "//@*", "[vE]"},
    {"entity_below", kStandard, kEntity, "//b", "[3E4]"},
    {"entity_is_no_text", kStandard, kEntity, "//b/text()", "[3][4]"},
    {"nested_entities", kStandard, kNested, "/*", "[EF |EF ]"},
    {"external_entity", kStandard,
     "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>1&e;2</a>", "/*", "[12]"},
    {"external_subset", kStandard, "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a>1</a>", "/*",
     "[1]"},
    {"external_parameter_entity", kStandard,
     "<!DOCTYPE a [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/x\">%p;]><a>1</a>", "/*", "[1]"},

    {"coraza_text", kCoraza, "<a> x <b>y</b> <c/> z</a>", "/*", "[x][y][z]"},
    {"coraza_attributes", kCoraza, "<a k=\" 1 \"/>", "//@*", "[ 1 ]"},
    {"coraza_element", kCoraza, kMixed, "//b", ""},
};

INSTANTIATE_TEST_SUITE_P(Cases, Xml, testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(XmlNamespaces, ComeWithTheQuery) {
  XmlDocument document;
  ASSERT_TRUE(document.parse("<a xmlns=\"urn:u\"><b>k</b></a>", {}));
  EXPECT_EQ(select(document, "//b").members, "");
  EXPECT_EQ(select(document, "//p:b", kStandard, {{"p", "urn:u"}}).members, "[k]");
  EXPECT_EQ(select(document, "/*/namespace::*[. = 'urn:u']").members, "[urn:u]");
}

TEST(XmlNamespaces, AnUnknownPrefixIsAnError) {
  XmlDocument document;
  ASSERT_TRUE(document.parse("<a/>", {}));
  EXPECT_TRUE(select(document, "//p:b").members.starts_with("error: "));
}

TEST(XmlMalformed, WhatCouldBeRecoveredIsSearchable) {
  XmlDocument document;
  EXPECT_FALSE(document.parse("<a><b>1</b><b>2", {}));
  EXPECT_TRUE(document.parsed());
  EXPECT_FALSE(document.well_formed());
  EXPECT_EQ(document.error(), kFailed);
  EXPECT_TRUE(select(document, "//b").members.starts_with("[1]"));
}

TEST(XmlMalformed, TextBehindAFaultIsFound) {
  XmlDocument document;
  EXPECT_FALSE(document.parse("<a>&undefined;<b>evil</b></a>", {}));
  EXPECT_EQ(document.error(), kFailed);
  EXPECT_EQ(select(document, "//b").members, "[evil]");
}

TEST(XmlMalformed, HasNoMembersWithoutADocument) {
  for (const std::string_view text : {""sv, " "sv, "text"sv, "\0<a/>"sv, "{\"a\":1}"sv}) {
    XmlDocument document;
    EXPECT_FALSE(document.parse(text, {})) << text;
    EXPECT_EQ(document.error(), kFailed);
    EXPECT_FALSE(document.well_formed());
    EXPECT_EQ(select(document, "/*").members, "");
  }
}

TEST(XmlMalformed, ADocumentCanBeParsedAgain) {
  XmlDocument document;
  EXPECT_FALSE(document.parse("<a>", {}));
  EXPECT_TRUE(document.parse("<b>1</b>", {}));
  EXPECT_EQ(document.error(), "");
  EXPECT_EQ(select(document, "/*").members, "[1]");
  XmlDocument fresh;
  EXPECT_FALSE(fresh.parsed());
  EXPECT_EQ(select(fresh, "/*").members, "");
}

TEST(XmlMalformed, NothingIsWrittenToStandardError) {
  testing::internal::CaptureStderr();
  XmlDocument document;
  EXPECT_FALSE(document.parse("<a><b></a>&x;", {}));
  select(document, "//[");
  select(document, "nosuch()");
  EXPECT_FALSE(document.validate_schema("/nonexistent.xsd"));
  EXPECT_FALSE(document.validate_dtd("/nonexistent.dtd"));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(XmlMalformed, ThreadsParseSideBySide) {
  std::vector<std::thread> threads;
  std::array<int, 4> failures{};
  for (int& failed : failures) {
    threads.emplace_back([&failed] {
      for (int i = 0; i < 200; ++i) {
        XmlDocument good, broken;
        if (!good.parse("<a>1</a>", {}) || select(good, "/*").members != "[1]") ++failed;
        if (broken.parse("<a><b></a>", {}) || broken.error() != kFailed) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, (std::array<int, 4>{}));
}

std::string nested(size_t depth) {
  std::string text;
  for (size_t i = 0; i < depth; ++i) text += "<a>";
  text += "x";
  for (size_t i = 0; i < depth; ++i) text += "</a>";
  return text;
}

TEST(XmlLimits, Depth) {
  Limits limits;
  limits.xml_depth = 5;
  XmlDocument document;
  EXPECT_TRUE(document.parse(nested(5), limits));
  EXPECT_FALSE(document.parse(nested(6), limits));
  EXPECT_EQ(document.error(), "XML: Elements are nested deeper than 5.");
  EXPECT_TRUE(document.parse(nested(250), {}));
  EXPECT_FALSE(document.parse(nested(300'000), {}));
}

constexpr std::string_view kLaughs[] = {
    "<a>&e9;</a>",
    "<a k=\"&e9;\"/>",
    "<a>&e1;&e2;&e3;&e4;&e5;&e6;&e7;&e8;&e9;</a>",
};

TEST(XmlLimits, ExponentialEntitiesAreRefused) {
  for (const std::string_view base : {"ha", ""}) {
    std::string subset = "<!DOCTYPE a [<!ENTITY e0 \"" + std::string(base) + "\">";
    for (int i = 1; i < 10; ++i) {
      subset += "<!ENTITY e" + std::to_string(i) + " \"";
      for (int j = 0; j < 10; ++j) subset += "&e" + std::to_string(i - 1) + ";";
      subset += "\">";
    }
    for (const std::string_view text : kLaughs) {
      XmlDocument document;
      EXPECT_FALSE(document.parse(subset + "]>" + std::string(text), {}));
      EXPECT_NE(document.error(), "");
      EXPECT_LE(select(document, "/*").members.size(), 10'000'002u);
      EXPECT_LE(select(document, "string(/*/@k)").members.size(), 10'000'002u);
    }
  }
}

TEST(XmlLimits, QuadraticEntitiesAreRefused) {
  std::string text = "<!DOCTYPE a [<!ENTITY e \"" + std::string(100'000, 'x') + "\">]><a>";
  for (int i = 0; i < 10'000; ++i) text += "&e;";
  XmlDocument document;
  EXPECT_FALSE(document.parse(text + "</a>", {}));
  EXPECT_NE(document.error(), "");
  EXPECT_LE(select(document, "/*").members.size(), 10'000'002u);
}

TEST(XmlLimits, EntitiesThatReferToThemselves) {
  XmlDocument document;
  EXPECT_FALSE(
      document.parse("<!DOCTYPE a [<!ENTITY e \"&f;\"><!ENTITY f \"&e;\">]><a>&e;</a>", {}));
  EXPECT_NE(document.error(), "");
  EXPECT_LE(select(document, "/*").members.size(), 10'000'002u);
}

TEST(XmlLimits, MembersOfAQuery) {
  XmlDocument document;
  Limits limits;
  limits.xpath_members = 2;
  ASSERT_TRUE(document.parse("<a><b>1</b><b>2</b><b>3</b></a>", limits));
  const Selected got = select(document, "//b");
  EXPECT_EQ(got.members, "[1][2]");
  EXPECT_TRUE(got.truncated);
  const Selected coraza = select(document, "/*", kCoraza);
  EXPECT_EQ(coraza.members, "[1][2]");
  EXPECT_TRUE(coraza.truncated);
}

TEST(XmlLimits, BytesOfAQuery) {
  // Every level repeats the text below it.
  std::string text;
  for (int i = 0; i < 200; ++i) text += "<a>";
  text += std::string(200'000, 'x');
  for (int i = 0; i < 200; ++i) text += "</a>";
  XmlDocument document;
  ASSERT_TRUE(document.parse(text, {}));
  const Selected got = select(document, "//*");
  EXPECT_TRUE(got.truncated);
  EXPECT_LE(got.members.size(), 10'000'000u + 400u);
  EXPECT_GE(got.members.size(), 5'000'000u);
}

TEST(XmlLimits, AnEndlessXpathEndsInAnError) {
  std::string text = "<a>";
  for (int i = 0; i < 20'000; ++i) text += "<b/>";
  XmlDocument document;
  ASSERT_TRUE(document.parse(text + "</a>", {}));
  EXPECT_TRUE(select(document, "count(//b[count(//b[count(//b) > 0]) > 0])")
                  .members.starts_with("error: "));
}

std::string show(const std::vector<NameValue>& members) {
  std::string shown;
  for (const NameValue& member : members) {
    shown.append("[").append(member.name).append("=").append(member.value).append("]");
  }
  return shown;
}

struct LeafCase {
  std::string_view name, text, members;
};

class XmlLeaves : public testing::TestWithParam<LeafCase> {};

TEST_P(XmlLeaves, AreArguments) {
  XmlDocument document;
  ASSERT_TRUE(document.parse(GetParam().text, {}));
  Arena arena;
  bool truncated = true;
  EXPECT_EQ(show(document.leaves(100, arena, &truncated)), GetParam().members);
  EXPECT_FALSE(truncated);
}

const LeafCase kLeaves[] = {
    {"root", "<foo>x</foo>", "[xml.foo=x]"},
    {"empty_root", "<foo></foo>", "[xml.foo=]"},
    {"children", "<r><a>1</a><b><c>2</c><d/></b><a>3</a></r>",
     "[xml.r.a=1][xml.r.b.c=2][xml.r.b.d=][xml.r.a=3]"},
    {"local_names", "<p:r xmlns:p='u'><p:a k='no'>1</p:a></p:r>", "[xml.r.a=1]"},
    {"mixed_content", "<r>t<a>1</a>u</r>", "[xml.r.a=1]"},
    {"comments_and_blanks", "<!--x--><r>\n <!--y--> <a>1</a>\n</r><!--z-->", "[xml.r.a=1]"},
    {"entity", "<!DOCTYPE r [<!ENTITY e 'E'>]><r><a>1&e;</a></r>", "[xml.r.a=1E]"},
};

INSTANTIATE_TEST_SUITE_P(Cases, XmlLeaves, testing::ValuesIn(kLeaves),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(XmlLeavesLimits, AreReported) {
  XmlDocument document;
  Arena arena;
  bool truncated = false;
  EXPECT_EQ(show(document.leaves(9, arena, &truncated)), "");
  EXPECT_FALSE(truncated);
  ASSERT_TRUE(document.parse("<r><a>1</a><a>2</a></r>", {}));
  EXPECT_EQ(show(document.leaves(1, arena, &truncated)), "[xml.r.a=1]");
  EXPECT_TRUE(truncated);
}

TEST(XmlLeavesLimits, LongNamesAreBounded) {
  const std::string name(40'000, 'n');
  std::string text = "<" + name + ">";
  for (int i = 0; i < 1000; ++i) text += "<b/>";
  XmlDocument document;
  ASSERT_TRUE(document.parse(text + "</" + name + ">", {}));
  Arena arena;
  bool truncated = false;
  const auto members = document.leaves(1000, arena, &truncated);
  EXPECT_TRUE(truncated);
  EXPECT_LE(members.size() * name.size(), 10'000'000u);
}

class XmlValidation : public testing::Test {
 protected:
  std::string write(std::string_view name, std::string_view text) {
    const auto path = std::filesystem::path(testing::TempDir()) / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  static Result<bool> with_schema(std::string_view text, const std::string& path) {
    XmlDocument document;
    document.parse(text, {});
    return document.validate_schema(path);
  }
  static Result<bool> with_dtd(std::string_view text, const std::string& path) {
    XmlDocument document;
    document.parse(text, {});
    return document.validate_dtd(path);
  }
};

constexpr std::string_view kSchema =
    "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">"
    "<xs:element name=\"a\" type=\"xs:integer\"/></xs:schema>";

TEST_F(XmlValidation, Schema) {
  const std::string path = write("wafcheck_valid.xsd", kSchema);
  EXPECT_EQ(with_schema("<a>1</a>", path).value(), true);
  EXPECT_EQ(with_schema("<a>x</a>", path).value(), false);
  EXPECT_EQ(with_schema("<b>1</b>", path).value(), false);
  EXPECT_EQ(with_schema("<a>1", path).value(), false);
  EXPECT_EQ(with_schema("", path).value(), false);
  EXPECT_EQ(with_schema("<!DOCTYPE a [<!ENTITY e '1'>]><a>&e;</a>", path).value(), false);
}

TEST_F(XmlValidation, Dtd) {
  const std::string path = write("wafcheck_valid.dtd", "<!ELEMENT a (b*)><!ELEMENT b EMPTY>");
  EXPECT_EQ(with_dtd("<a><b/><b/></a>", path).value(), true);
  EXPECT_EQ(with_dtd("<a>x</a>", path).value(), false);
  EXPECT_EQ(with_dtd("<c/>", path).value(), false);
  EXPECT_EQ(with_dtd("<a>", path).value(), false);
  EXPECT_EQ(with_dtd("", path).value(), false);
}

TEST_F(XmlValidation, ASchemaIncludesWhatIsBesideItOnly) {
  const std::string head = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">";
  const std::string element = head + "<xs:element name=\"a\" type=\"xs:integer\"/></xs:schema>";
  const tests::ScratchDirectory scratch;
  std::filesystem::create_directories(scratch / "in/below");
  scratch.write("outside.xsd", element);
  scratch.write("in/beside.xsd", element);
  scratch.write("in/below/it.xsd", element);
  std::filesystem::create_symlink("../outside.xsd", scratch / "in/link.xsd");
  const std::pair<std::string, bool> rows[] = {{"beside.xsd", true},
                                               {"below/it.xsd", true},
                                               {"below/../beside.xsd", true},
                                               {"../outside.xsd", false},
                                               {"%2e%2e/outside.xsd", false},
                                               {"below/../../outside.xsd", false},
                                               {"link.xsd", false},
                                               {scratch / "outside.xsd", false},
                                               {"file://" + (scratch / "outside.xsd"), false}};
  for (const auto& [included, loads] : rows) {
    scratch.write("in/main.xsd",
                  head + "<xs:include schemaLocation=\"" + included + "\"/></xs:schema>");
    const Result<bool> valid = with_schema("<a>1</a>", scratch / "in/main.xsd");
    EXPECT_EQ(valid.has_value() && *valid, loads) << included;
  }
}

TEST_F(XmlValidation, AFileThatCannotBeLoadedIsAnError) {
  for (const std::string& path :
       {std::string("/nonexistent"), write("wafcheck_broken.xsd", "<xs:schema"),
        std::string("http://127.0.0.1:1/x")}) {
    const Result<bool> schema = with_schema("<a/>", path);
    ASSERT_FALSE(schema) << path;
    EXPECT_TRUE(schema.error().message.starts_with("cannot load schema " + path))
        << schema.error().message;
  }
  const Result<bool> dtd = with_dtd("<a/>", "/nonexistent");
  ASSERT_FALSE(dtd);
  EXPECT_TRUE(dtd.error().message.starts_with("cannot load DTD /nonexistent"))
      << dtd.error().message;
}

}  // namespace
}  // namespace wafcheck::engine
