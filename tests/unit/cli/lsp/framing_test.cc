// The base protocol: headers, contents, and what is neither.

#include "cli/lsp/framing.h"

#include <gtest/gtest.h>

#include <sstream>

namespace wafcheck::cli::lsp {
namespace {

Frame frame_of(const std::string& bytes) {
  std::istringstream in(bytes);
  return read_frame(in).value_or(Frame{{}, "the end"});
}

TEST(Framing, ReadsWhatItWrites) {
  std::istringstream in(framed("{}") + framed("") + framed("[1]"));
  EXPECT_EQ(read_frame(in)->content, "{}");
  EXPECT_EQ(read_frame(in)->content, "");
  EXPECT_EQ(read_frame(in)->content, "[1]");
  EXPECT_FALSE(read_frame(in));
}

TEST(Framing, TakesHeadersInAnyCaseAndOrder) {
  EXPECT_EQ(frame_of("Content-Type: x\r\ncontent-length:  2 \r\n\r\nab").content, "ab");
  EXPECT_EQ(frame_of("Content-Length: 2\n\nab").content, "ab");
}

TEST(Framing, GoesOnBehindAHeaderWithoutALength) {
  std::istringstream in("nonsense\r\n\r\n" + framed("{}"));
  EXPECT_EQ(read_frame(in)->fault, "a header is expected, not \"nonsense\"");
  EXPECT_EQ(read_frame(in)->content, "{}");
  EXPECT_EQ(frame_of("Content-Type: x\r\n\r\n").fault, "a message without Content-Length");
}

TEST(Framing, ALaterLengthMakesUpForAFaultyHeader) {
  EXPECT_EQ(frame_of("nonsense\r\nContent-Length: 2\r\n\r\nab").content, "ab");
  EXPECT_EQ(frame_of("nonsense\r\nContent-Length: 2\r\n\r\nab").fault, "");
}

TEST(Framing, SaysWhatIsWrong) {
  EXPECT_EQ(frame_of("Content-Length: x\r\n\r\n").fault,
            "Content-Length takes a number, not \"x\"");
  EXPECT_EQ(frame_of("Content-Length: -1\r\n\r\n").fault,
            "Content-Length takes a number, not \"-1\"");
  EXPECT_EQ(frame_of("Content-Length: 5\r\n\r\nab").fault,
            "the input ends 3 bytes before its message does");
  EXPECT_EQ(frame_of("Content-Length: 5").fault, "the input ends in a header");
}

TEST(Framing, PassesOverWhatIsTooLarge) {
  std::istringstream in("Content-Length: 999999999\r\n\r\nab");
  EXPECT_EQ(read_frame(in)->fault, "a message of 999999999 bytes, more than 134217728");
  EXPECT_FALSE(read_frame(in));
}

}  // namespace
}  // namespace wafcheck::cli::lsp
