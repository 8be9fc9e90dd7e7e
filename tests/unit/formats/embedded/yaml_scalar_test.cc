// Scalars of every style: the value's bytes, and where each of them is written.

#include "formats/embedded/yaml_scalar.h"

#include <gtest/gtest.h>

namespace wafcheck::formats {
namespace {

struct Scalar {
  YamlDocument document;
  const YamlNode& value;
  MappedText text;

  explicit Scalar(std::string_view file)
      : document(YamlDocument::stream(file)),
        value(document.node(document.root()->items[1])),
        text(mapped_scalar(file, document, value)) {}
};

struct ScalarCase {
  std::string_view name, file;
};

constexpr ScalarCase kScalars[] = {
    {"literal", "a: |\n  one @X\n\n    two @Y\n"},
    {"literal with its indentation given", "a: |2\n    one @X\n  two @Y\n"},
    {"literal without a final line end", "a: |-\n  one @X\n  two @Y\n"},
    {"literal with blank lines at its end", "a: |+\n  one @X @Y\n\n\n"},
    {"literal that begins with blank lines", "a: |\n\n\n  one @X @Y\n"},
    {"literal of CRLF lines", "a: |\r\n  one @X\r\n  two @Y\r\n"},
    {"literal behind text that is not ASCII",
     "# \xC3\xB6\xC3\xB6\na: |\n  \xC3\xB6 @X\n  two @Y\n"},
    {"literal that ends with the file", "a: |\n  one @X\n  two @Y"},
    {"folded", "a: >\n  one @X\n  two @Y\n\n  three\n    more\n"},
    {"folded without a final line end", "a: >-\n  one @X\n  two @Y\n"},
    {"double quotes", "a: \"one\\n\\\"@X\\\" \\u00e9\\t\\\\ @Y\"\n"},
    {"double quotes over lines", "a: \"one @X\n  two\n\n  @Y \\\n   three\"\n"},
    {"single quotes", "a: 'it''s @X ''@Y'''\n"},
    {"single quotes over lines", "a: 'one @X\n  two @Y'\n"},
    {"plain", "a: one @X two @Y # comment\n"},
    {"plain over lines", "a: one @X\n  two @Y\n"},
    {"JSON", "{\"a\": \"one \\/ @X\\r\\n @Y\", \"b\": 1}\n"},
};

TEST(YamlScalar, KnowsWhereEachByteIsWritten) {
  for (const ScalarCase& c : kScalars) {
    const Scalar scalar(c.file);
    ASSERT_EQ(scalar.text.bytes, scalar.value.text) << c.name;
    ASSERT_EQ(scalar.text.at.size(), scalar.text.bytes.size() + 1) << c.name;
    for (const std::string_view mark : {"@X", "@Y"}) {
      const size_t at = scalar.text.bytes.find(mark);
      ASSERT_NE(at, std::string::npos) << c.name;
      EXPECT_EQ(c.file.substr(scalar.text.at[at], 2), mark) << c.name;
    }
  }
}

struct WriteCase {
  std::string_view name, file, text, following;
  std::optional<std::string> written;
};

TEST(YamlScalar, WritesTextAsTheScalarIsWritten) {
  const WriteCase cases[] = {
      {"literal", "a: |\n   x\n", "1\n2\n", "more", "1\n   2\n   "},
      {"literal, an empty line", "a: |\n   x\n", "1\n\n2", "more", "1\n\n   2"},
      {"literal, at the end", "a: |\n   x\n", "1\n", "", "1\n"},
      {"literal, in front of an empty line", "a: |\n   x\n", "1\n", "\nmore", "1\n"},
      {"double quotes", "a: \"x\"\n", "\"\\\n\t\x01", "", R"(\"\\\n\t\u0001)"},
      {"single quotes", "a: 'x'\n", "it's", "", "it''s"},
      {"single quotes cannot hold a line end", "a: 'x'\n", "1\n2", "", std::nullopt},
      {"folded cannot hold a line end", "a: >\n  x\n", "1\n2", "", std::nullopt},
  };
  for (const WriteCase& c : cases) {
    const YamlDocument document = YamlDocument::stream(c.file);
    const YamlNode& value = document.node(document.root()->items[1]);
    EXPECT_EQ(scalar_writer(c.file, document, value)(c.text, c.following), c.written) << c.name;
  }
}

}  // namespace
}  // namespace wafcheck::formats
