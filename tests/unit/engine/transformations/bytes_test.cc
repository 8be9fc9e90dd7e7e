#include "engine/transformations/bytes.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace wafcheck::engine::transformations {
namespace {

std::string without(const ByteSet& set, std::string_view in,
                    char* (ByteSet::*put)(char*, std::string_view) const) {
  std::string out;
  write_bytes(out, in.size(), [&](char* to) { return (set.*put)(to, in); });
  return out;
}

TEST(ByteSet, PutsTheSameOthersByBlocksAndByteByByte) {
  std::mt19937 random(7);
  for (size_t size = 0; size < 300; ++size) {
    const unsigned share = random() % 8;
    std::array<bool, 256> chosen{};
    for (bool& one : chosen) one = random() % 8 < share;
    const ByteSet set = ByteSet::where([&](unsigned char c) { return chosen[c]; });
    std::string in(size, '\0');
    for (char& c : in) c = static_cast<char>(random());
    EXPECT_EQ(without(set, in, &ByteSet::put_others),
              without(set, in, &ByteSet::put_others_bytewise))
        << size;
  }
}

}  // namespace
}  // namespace wafcheck::engine::transformations
