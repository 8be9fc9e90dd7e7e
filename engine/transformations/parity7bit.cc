// parityEven7bit, parityOdd7bit and parityZero7bit. The ones are counted before bit 7 is replaced,
// an old bit 7 among them: for bytes below 0x80 that is parity proper.

#include <array>
#include <bit>

#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {
namespace {

using Table = std::array<char, 256>;

template <typename TopBit>
constexpr Table table_of(TopBit top_bit) {
  Table table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    table[byte] = static_cast<char>((byte & 0x7f) | (top_bit(std::popcount(byte)) ? 0x80 : 0));
  }
  return table;
}

constexpr Table kEven = table_of([](int ones) { return ones % 2 == 1; });
constexpr Table kOdd = table_of([](int ones) { return ones % 2 == 0; });
constexpr Table kZero = table_of([](int) { return false; });

bool map_bytes(std::string_view in, std::string& out, const Table& table) {
  write_bytes(out, in.size(), [&](char* to) {
    for (const char c : in) *to++ = table[static_cast<unsigned char>(c)];
    return to;
  });
  return out != in;
}

}  // namespace

/// Sets bit 7 of each byte that has an odd number of ones and clears it in the rest.
/// Size: in.size().
bool parityEven7bit(std::string_view in, std::string& out, const TransformationContext&) {
  return map_bytes(in, out, kEven);
}

/// Sets bit 7 of each byte that has an even number of ones and clears it in the rest.
/// Size: in.size().
bool parityOdd7bit(std::string_view in, std::string& out, const TransformationContext&) {
  return map_bytes(in, out, kOdd);
}

/// Clears bit 7 of each byte. Size: in.size().
bool parityZero7bit(std::string_view in, std::string& out, const TransformationContext&) {
  return map_bytes(in, out, kZero);
}

}  // namespace wafcheck::engine::transformations
