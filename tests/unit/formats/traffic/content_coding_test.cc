#include "formats/traffic/content_coding.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace wafcheck::formats {
namespace {

/// `bits`: 31 for gzip, 15 for zlib, -15 for raw deflate.
std::string packed(std::string_view text, int bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, bits, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(text.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}
std::string gzip(std::string_view text) {
  return packed(text, 31);
}

constexpr size_t kLimit = 1000;

struct Row {
  std::string_view name;
  std::string coding;
  std::string body;
  std::string decoded;
  std::string note = {};
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class ContentCoding : public testing::TestWithParam<Row> {};

TEST_P(ContentCoding, IsUndone) {
  const Row& row = GetParam();
  Exchange exchange;
  exchange.request.body = row.body;
  if (!row.coding.empty()) exchange.request.headers = {{"content-encoding", row.coding}};
  exchange.response.emplace();
  exchange.response->headers = exchange.request.headers;
  exchange.response->body = row.body;
  decode_bodies(exchange, kLimit);
  EXPECT_EQ(exchange.request.body, row.decoded);
  EXPECT_EQ(exchange.response->body, row.decoded);
  ASSERT_EQ(exchange.notes.size(), row.note.empty() ? 0U : 2U);
  if (!row.note.empty()) {
    EXPECT_EQ(exchange.notes[0], "request body: " + row.note);
    EXPECT_EQ(exchange.notes[1], "response body: " + row.note);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, ContentCoding,
    testing::Values(Row{"gzip", "gzip", gzip("text"), "text"},
                    Row{"x_gzip", "X-GZIP", gzip("text"), "text"},
                    Row{"zlib", "deflate", packed("text", 15), "text"},
                    Row{"raw_deflate", "deflate", packed("text", -15), "text"},
                    Row{"two_members", "gzip", gzip("te") + gzip("xt"), "text"},
                    Row{"twice", "deflate, gzip", gzip(packed("text", 15)), "text"},
                    Row{"identity", "identity", "text", "text"},
                    Row{"no_coding", "", gzip("a"), gzip("a")},
                    Row{"decoded_before", "gzip", "text", "text"},
                    Row{"text_that_is_no_deflate", "deflate", "some text", "some text"},
                    Row{"empty", "gzip", "", ""},
                    Row{"cut", "gzip", gzip(std::string(300, 'x')).substr(0, 10), "",
                        "gzip breaks off or is broken after 0 decoded bytes"},
                    Row{"rubbish_after_it", "gzip", gzip("text") + "rubbish", "text",
                        "gzip breaks off or is broken after 4 decoded bytes"},
                    Row{"bomb", "gzip", gzip(std::string(1'000'000, 'x')), std::string(kLimit, 'x'),
                        "more than 1000 bytes decoded; the rest was left out"},
                    Row{"as_long_as_the_limit", "gzip", gzip(std::string(kLimit, 'x')),
                        std::string(kLimit, 'x')},
                    Row{"brotli", "br", "\x0b\x02\x80text\x03", "\x0b\x02\x80text\x03",
                        "the content coding br is not decoded"},
                    Row{"many", "gzip,gzip,gzip,gzip,gzip,gzip", gzip("text"), gzip("text"),
                        "more than 5 content codings, not decoded"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace wafcheck::formats
