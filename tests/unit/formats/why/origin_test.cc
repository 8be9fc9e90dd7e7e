#include "formats/why/origin.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "parser/language/semantics.h"

namespace wafcheck::formats {
namespace {

using parser::Transformation;

/// What `found` in the transformed value was made of; "(transformed)" where it is not followed
/// back.
std::string origin_of(std::string_view value, const std::vector<Transformation>& names,
                      std::string_view found) {
  const engine::transformations::TransformationContext context{
      parser::semantics_of(parser::Profile::standard)};
  std::vector<std::string> texts(names.size());
  std::vector<Step> steps;
  std::string_view text = value;
  for (size_t at = 0; at < names.size(); ++at) {
    const auto function = engine::transformations::function_of(names[at]);
    if (!function(text, texts[at], context)) continue;
    text = texts[at];
    steps.emplace_back(names[at], text);
  }
  const size_t at = text.find(found);
  if (at == std::string_view::npos) return "(not found)";
  const Origin origin = trace_back(value, steps, {at, at + found.size()}, context);
  if (origin.undone != steps.size()) return "(transformed)";
  return std::string(value.substr(origin.range.begin, origin.range.end - origin.range.begin));
}

TEST(Origin, IsTheEscapesThatTheBytesWereMadeOf) {
  struct Row {
    std::string_view value;
    std::vector<Transformation> steps;
    std::string_view found, origin;
  };
  using enum Transformation;
  const Row rows[] = {
      {"a SELECT b", {lowercase}, "select", "SELECT"},
      {"x%20%53ELECT%20y", {urlDecodeUni}, "SELECT", "%53ELECT"},
      {"x%2553y", {urlDecodeUni, urlDecodeUni}, "S", "%2553"},
      {"a&#x3c;b>", {htmlEntityDecode}, "<b", "&#x3c;b"},
      {"se/* x */lect", {removeComments}, "select", "se/* x */lect"},
      {"a /* x */ b", {removeComments}, "b", "b"},
      {" a  b ", {removeWhitespace}, "ab", "a  b"},
      {"a \t\n b", {compressWhitespace}, "b", "b"},
      {"\\u0061bc", {jsDecode}, "ab", "\\u0061b"},
      {"YWJjZGVm", {base64Decode}, "de", "ZGVm"},
      {"x%00y", {urlDecode, removeNulls}, "xy", "x%00y"},
      {"/a/../etc/passwd", {normalizePath}, "/etc", "/etc"},
      {"A%3CB", {urlDecodeUni, lowercase}, "<b", "%3CB"},
      {"a%u00e9b", {urlDecodeUni}, "\xe9", "%u00e9"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(origin_of(row.value, row.steps, row.found), row.origin) << row.value;
  }
}

TEST(Origin, IsNotKnownWhereBytesHaveNone) {
  using enum Transformation;
  EXPECT_EQ(origin_of("abc", {length}, "3"), "(transformed)");
  EXPECT_EQ(origin_of("abc", {md5, hexEncode}, "90"), "(transformed)");
}

TEST(Origin, OfALongTextIsNotLookedFor) {
  const std::string text(70'000, 'A');
  EXPECT_EQ(origin_of(text + "B", {Transformation::lowercase}, "b"), "(transformed)");
}

}  // namespace
}  // namespace wafcheck::formats
