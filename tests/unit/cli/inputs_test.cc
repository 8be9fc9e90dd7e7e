#include "cli/inputs.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include <filesystem>
#include <sstream>

#include "tests/unit/cli/scratch.h"

namespace wafcheck::cli {
namespace {

/// As gzip writes it.
std::string gzipped(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// Bytes that do not compress well, the same each time.
std::string noise(size_t size) {
  std::string bytes;
  uint32_t state = 1;
  while (bytes.size() < size) {
    state = state * 1664525 + 1013904223;
    bytes += static_cast<char>(state >> 24);
  }
  return bytes;
}

struct ReadInput {
  std::string head, bytes, fault;
  bool failed = false;
  uint64_t taken = 0;
};

ReadInput read(std::string_view bytes) {
  std::istringstream in{std::string(bytes)};
  const auto input = InputStream::open("-", in);
  ReadInput read;
  read.head = (*input)->head();
  std::istream& stream = (*input)->stream();
  for (char byte = 0; stream.get(byte);) read.bytes += byte;
  read.failed = stream.bad();
  read.fault = (*input)->fault();
  read.taken = (*input)->taken();
  return read;
}

TEST(Inputs, GzipIsReadAsWhatItHolds) {
  const std::string text = noise(300'000) + std::string(100'000, 'a');
  struct Row {
    std::string_view name;
    std::string bytes, wanted;
  };
  const Row rows[] = {
      {"no gzip", text, text},
      {"one member", gzipped(text), text},
      {"empty", gzipped(""), ""},
      {"several members", gzipped("a\n") + gzipped("") + gzipped(text), "a\n" + text},
      {"zeros after the end", gzipped("a\n") + std::string(1000, '\0'), "a\n"},
      {"zeros between members", gzipped("a") + std::string(3, '\0') + gzipped("b"), "ab"},
      {"only its magic", "\x1F\x8B", "\x1F\x8B"},
      {"gzip in gzip is inflated once", gzipped(gzipped("x")), gzipped("x")},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const ReadInput input = read(row.bytes);
    EXPECT_TRUE(input.bytes == row.wanted) << input.bytes.size();
    EXPECT_EQ(input.head, row.wanted.substr(0, 4096));
    EXPECT_FALSE(input.failed);
    EXPECT_EQ(input.fault, "");
    EXPECT_EQ(input.taken, row.bytes.size()) << "the progress is that of the compressed bytes";
  }
}

TEST(Inputs, DamagedGzipIsAReadErrorAfterWhatCouldBeRead) {
  const std::string text = noise(200'000);
  const std::string whole = gzipped(text);
  std::string flipped = whole;
  flipped[flipped.size() - 6] = static_cast<char>(~flipped[flipped.size() - 6]);
  struct Row {
    std::string_view name;
    std::string bytes;
    size_t least;  ///< bytes that are read
    std::string fault;
  };
  const Row rows[] = {
      {"cut", whole.substr(0, 150'000), 100'000, "the gzip data breaks off at byte 150000"},
      {"cut within the head", gzipped("abc").substr(0, 15), 0,
       "the gzip data breaks off at byte 15"},
      {"cut after its header", whole.substr(0, 10), 0, "the gzip data breaks off at byte 10"},
      {"a wrong checksum", flipped, 200'000, "the gzip data is damaged at byte "},
      {"no header", "\x1F\x8B\x08\xFF" + std::string(20, 'x'), 0, "the gzip data is damaged"},
      {"text after the end", whole + "garbage", 200'000,
       "what follows the gzip data at byte " + std::to_string(whole.size()) + " is none"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const ReadInput input = read(row.bytes);
    EXPECT_TRUE(input.failed);
    EXPECT_THAT(input.fault, ::testing::StartsWith(row.fault));
    EXPECT_GE(input.bytes.size(), row.least);
    EXPECT_TRUE(text.starts_with(input.bytes) || input.bytes == "abc");
  }
}

TEST(Inputs, AWholeInputIsReadOrNothingOfIt) {
  EXPECT_EQ(*InputStream::of("a\0b")->read_whole(), std::string("a"));
  EXPECT_EQ(*InputStream::of(gzipped("text"))->read_whole(), "text");
  const auto cut = InputStream::of(gzipped(noise(9000)).substr(0, 5000))->read_whole();
  ASSERT_FALSE(cut.has_value());
  EXPECT_EQ(cut.error().message, "the gzip data breaks off at byte 5000");
}

class InputsOfDirectories : public Scratch {};

TEST_F(InputsOfDirectories, AreCompressedFilesToo) {
  for (const char* name :
       {"a.har", "b.har.gz", "c.HAR.GZ", "d.gz", "e.har.xz", ".gz", "f.txt.gz"}) {
    write(name, "x");
  }
  std::vector<std::string> passed_over;
  const auto files = expand_input(
      ".", [](std::string_view name) { return name.ends_with(".har") || name.ends_with(".HAR"); },
      &passed_over);
  std::vector<std::string> names;
  for (const InputFile& file : *files) {
    names.push_back(std::filesystem::path(file.path).filename().string());
  }
  EXPECT_THAT(names, ::testing::ElementsAre("a.har", "b.har.gz", "c.HAR.GZ"));
  ASSERT_EQ(passed_over.size(), 1u);
  EXPECT_THAT(passed_over[0], ::testing::EndsWith("e.har.xz (compressed)"));
}

}  // namespace
}  // namespace wafcheck::cli
