#include "parser/source.h"

#include <gtest/gtest.h>

namespace wafcheck::parser {
namespace {

using namespace std::string_view_literals;

struct PlaceCase {
  std::string_view bytes;
  uint32_t offset;
  uint32_t line;
  uint32_t column;
  std::string_view text;  ///< of that line
};

TEST(Sources, LinesAndColumns) {
  constexpr PlaceCase kCases[] = {
      {"", 0, 1, 1, ""},
      {"", 7, 1, 1, ""},  // past the end counts as the end
      {"ab\ncd\n", 0, 1, 1, "ab"},
      {"ab\ncd\n", 2, 1, 3, "ab"},  // the LF belongs to the line that it ends
      {"ab\ncd\n", 3, 2, 1, "cd"},
      {"ab\ncd\n", 6, 3, 1, ""},
      {"ab\ncd\n", 99, 3, 1, ""},
      {"ab\ncd", 4, 2, 2, "cd"},
      {"ab\ncd", 5, 2, 3, "cd"},
      {"ab\r\ncd\r\n", 1, 1, 2, "ab"},
      {"ab\r\ncd\r\n", 3, 1, 4, "ab"},
      {"ab\r\ncd\r\n", 4, 2, 1, "cd"},
      {"a\rb\n", 2, 1, 3, "a\rb"},  // a CR alone ends nothing
      {"a\r", 1, 1, 2, "a\r"},
      {"\n\n\n", 1, 2, 1, ""},
      {"\r\n", 0, 1, 1, ""},
      {"\0\xff\nx"sv, 1, 1, 2, "\0\xff"sv},
  };
  for (const PlaceCase& row : kCases) {
    SCOPED_TRACE(testing::PrintToString(row.bytes) + " at " + std::to_string(row.offset));
    Sources sources;
    const FileId file = sources.add("a.conf", std::string(row.bytes));
    const Place place = sources.begin_of({file, row.offset, row.offset});
    EXPECT_EQ(place.path, "a.conf");
    EXPECT_EQ(place.line, row.line);
    EXPECT_EQ(place.column, row.column);
    EXPECT_EQ(sources.line_at(file, row.offset), row.text);
  }
}

TEST(Sources, ASpanCoversItsBytes) {
  Sources sources;
  const FileId file = sources.add("a.conf", "ab\ncde");
  const Span span{file, 1, 4};
  EXPECT_EQ(sources.text(span), "b\nc");
  EXPECT_EQ(sources.begin_of(span).line, 1u);
  EXPECT_EQ(sources.begin_of(span).column, 2u);
  EXPECT_EQ(sources.end_of(span).line, 2u);
  EXPECT_EQ(sources.end_of(span).column, 2u);
}

TEST(Sources, SpansOutsideAFileHoldNothing) {
  Sources sources;
  const FileId file = sources.add("a.conf", "abc");
  EXPECT_EQ(sources.text({file, 2, 9}), "c");
  EXPECT_EQ(sources.text({file, 9, 12}), "");
  EXPECT_EQ(sources.text({file, 2, 1}), "");
  EXPECT_EQ(sources.text(Span{}), "");
  EXPECT_EQ(sources.line_at(kNoFile, 0), "");
  EXPECT_EQ(sources.begin_of(Span{}).line, 0u);
  EXPECT_EQ(sources.begin_of(Span{}).path, "");
}

TEST(Sources, AddressesStayValid) {
  Sources sources;
  const FileId first = sources.add("first.conf", "x");
  const std::string_view text = sources.text({first, 0, 1});
  for (int i = 0; i < 1000; ++i) sources.add("more.conf", "y");
  EXPECT_EQ(sources.size(), 1001u);
  EXPECT_EQ(text.data(), sources[first].bytes.data());
  EXPECT_EQ(sources[first].path, "first.conf");
  EXPECT_EQ(sources[1].path, "more.conf");
}

}  // namespace
}  // namespace wafcheck::parser
