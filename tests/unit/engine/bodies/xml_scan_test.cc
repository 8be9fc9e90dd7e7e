#include "engine/bodies/xml_scan.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "engine/bodies/xml.h"

namespace wafcheck::engine {
namespace {

using namespace std::string_view_literals;

constexpr size_t kMany = 10'000;

std::string attributes(size_t count, std::string_view form = " a{}=''") {
  std::string text;
  for (size_t at = 0; at < count; ++at) text += fmt::format(fmt::runtime(form), at);
  return text;
}

std::string utf16(std::string_view ascii, bool big_endian) {
  std::string text(big_endian ? "\xFE\xFF" : "\xFF\xFE");
  for (const char byte : ascii) {
    text += big_endian ? std::string{'\0', byte} : std::string{byte, '\0'};
  }
  return text;
}

struct Row {
  std::string_view name;
  std::string body;
  std::string_view error;  ///< how it begins; empty: the document is within all limits
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

constexpr std::string_view kAttributes = "XML: An element has more than 512 attributes.";
constexpr std::string_view kNodes = "XML: It has more than 1000000 elements";
constexpr std::string_view kDeclarations = "XML: Its declarations take more than 65536 bytes.";
constexpr std::string_view kEncoding = "XML: Its encoding is not known";
constexpr std::string_view kNamespaces = "XML: More than 512 namespaces are in scope.";

std::vector<Row> rows() {
  const std::string many = attributes(kMany);
  const std::string tag = "<a" + many + "/>";
  const std::string dtd = "<!DOCTYPE a [";
  std::string scopes, depth;
  for (int level = 0; level < 4; ++level) {
    scopes += fmt::format("<a{}>", attributes(200, fmt::format(" xmlns:n{}x{{}}='u'", level)));
    depth += "</a>";
  }
  std::string texts = "<a>";
  for (int at = 0; at < 700'000; ++at) texts += "<b/>t";
  return {
      {"few_attributes", "<a" + attributes(512) + "/>", ""},
      {"attributes", tag, kAttributes},
      {"attributes_below", "<a><b>" + tag + "</b></a>", kAttributes},
      {"namespaces", "<a" + attributes(kMany, " xmlns:n{}='u'") + "/>", kAttributes},
      {"namespaces_in_scope", scopes + depth, kNamespaces},
      {"spaces_around_equals", "<a" + attributes(kMany, "\n a{} = \"\"") + "/>", kAttributes},
      {"greater_in_quotes", "<a" + attributes(kMany, " a{}='>'") + "/>", kAttributes},
      {"equals_in_quotes", "<a b='" + std::string(kMany, '=') + "'/>", ""},
      {"equals_in_text", "<a>" + std::string(kMany, '=') + "</a>", ""},
      {"equals_in_text_after_an_element", "<a><b/>" + std::string(kMany, '=') + "</a>", ""},
      {"equals_in_a_comment", "<a><!-- <b " + std::string(kMany, '=') + "--></a>", ""},
      {"equals_in_cdata", "<a><![CDATA[ if (a<b" + std::string(kMany, '=') + "]]></a>", ""},
      {"equals_in_an_instruction", "<a><?p <b " + std::string(kMany, '=') + "?></a>", ""},
      {"nodes", texts + "</a>", kNodes},

      // Where libxml2 leaves what looks like a comment, it reads what is in it.
      {"a_comment_with_a_control_byte", "<a><!-- \x01" + tag + "--></a>", kAttributes},
      {"cdata_with_a_control_byte", "<a><![CDATA[ \x01" + tag + "]]></a>", kAttributes},
      {"cdata_with_bytes_that_are_no_utf8", "<a><![CDATA[ \xff" + tag + "]]></a>", kAttributes},
      {"an_instruction_without_a_name", "<a><? " + tag + "?></a>", kAttributes},
      {"a_comment_without_an_end", "<a><!-- " + tag, kAttributes},
      // Here it gives up the tag, and what follows is a comment to both.
      {"a_comment_in_an_attribute", "<a><b c='<!--'>" + tag + "<b c='-->'/></a>", ""},
      {"many_comments_without_an_end",
       std::string("<a>") +
           [] {
             std::string begins;
             for (size_t at = 0; at < 400'000; ++at) begins += "<!--";
             return begins;
           }(),
       "XML: More than 1000 comments"},

      // Elements in a DTD.
      {"a_dtd", dtd + "<!ENTITY e '1'>]><a>&e;</a>", ""},
      {"an_entity", dtd + "<!ENTITY e \"<b" + attributes(600) + "/>\">]><a>&e;</a>", kAttributes},
      {"an_entity_of_references",
       dtd + "<!ENTITY e \"&#60;b" + attributes(600, " a{}&#61;''") + "/>\">]><a>&e;</a>",
       kAttributes},
      {"an_entity_of_hexadecimal_references",
       dtd + "<!ENTITY e \"&#60;b" + attributes(600, " a{}&#x0003d;''") + "/>\">]><a>&e;</a>",
       kAttributes},
      {"a_comment_in_an_entity", dtd + "<!ENTITY e '<!--'>]><a>" + tag + "--></a>", kAttributes},
      {"declarations", dtd + "<!ATTLIST a" + attributes(kMany, " a{} CDATA #IMPLIED") + ">]><a/>",
       kDeclarations},
      {"default_attributes", dtd + "<!ATTLIST a" + attributes(3000, " a{} CDATA ''") + ">]><a/>",
       kAttributes},
      {"a_parameter_entity", dtd + "<!ENTITY % p ''>%p;]><a>" + std::string(70'000, 'x') + "</a>",
       kDeclarations},

      // Encodings.
      {"utf16_le", utf16(tag, false), kAttributes},
      {"utf16_be", utf16(tag, true), kAttributes},
      {"utf16_without_a_mark",
       utf16("<?xml version='1.0' encoding='UTF-16'?>" + tag, false).substr(2), kAttributes},
      {"utf16_within", utf16("<a" + attributes(512) + ">\x7f</a>", false), ""},
      {"latin1", "<?xml version='1.0' encoding='ISO-8859-1'?>" + tag, kAttributes},
      {"utf7", "<?xml version='1.0' encoding='UTF-7'?><a/>", kEncoding},
      {"utf7_without_a_version", "<?xml encoding=\"UTF-7\"?><a/>", kEncoding},
      {"ebcdic", "\x4C\x6F\xA7\x94\x93", kEncoding},
      {"utf16_that_becomes_another", utf16("<?xml version='1.0' encoding='IBM037'?><a/>", true),
       kEncoding},
  };
}

class XmlScan : public testing::TestWithParam<Row> {};

/// The verdict is that of the whole parser: with the limits, no row gets far into libxml2.
TEST_P(XmlScan, SaysWhichLimit) {
  XmlDocument document;
  document.parse(GetParam().body, {});
  EXPECT_EQ(document.over_limit(), !GetParam().error.empty()) << document.error();
  if (!GetParam().error.empty()) {
    EXPECT_EQ(document.error().substr(0, GetParam().error.size()), GetParam().error);
    EXPECT_FALSE(document.well_formed());
  }
}

INSTANTIATE_TEST_SUITE_P(Bodies, XmlScan, testing::ValuesIn(rows()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(XmlScanLimits, AreThoseThatAreSet) {
  Limits limits;
  limits.xml_attributes = 2;
  XmlDocument document;
  EXPECT_TRUE(document.parse("<a b='1' c='2'/>", limits));
  EXPECT_FALSE(document.parse("<a b='1' c='2' d='3'/>", limits));
  limits.xml_nodes = 3;
  EXPECT_TRUE(document.parse("<a><b/></a>", limits));
  EXPECT_FALSE(document.parse("<a><b/><c/><d/></a>", limits));
}

}  // namespace
}  // namespace wafcheck::engine
