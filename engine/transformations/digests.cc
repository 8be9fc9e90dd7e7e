// md5 (RFC 1321) and sha1 (RFC 3174): two digests over the same padded blocks of 64 bytes.

#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {
namespace {

using Block = std::span<const unsigned char, 64>;

uint32_t little_endian(const unsigned char* from) {
  return uint32_t{from[0]} | uint32_t{from[1]} << 8 | uint32_t{from[2]} << 16 |
         uint32_t{from[3]} << 24;
}
uint32_t big_endian(const unsigned char* from) {
  return uint32_t{from[3]} | uint32_t{from[2]} << 8 | uint32_t{from[1]} << 16 |
         uint32_t{from[0]} << 24;
}

struct Md5 {
  static constexpr bool kBigEndian = false;
  std::array<uint32_t, 4> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

  void add(Block block) {
    // floor(2^32 * |sin(i + 1)|), RFC 1321, section 3.4.
    static constexpr std::array<uint32_t, 64> kSines{
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613,
        0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193,
        0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d,
        0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
        0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122,
        0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
        0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244,
        0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
        0xeb86d391};
    static constexpr int kShifts[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

    auto [a, b, c, d] = state;
    for (unsigned i = 0; i < 64; ++i) {
      const unsigned round = i / 16;
      const uint32_t mixed = round == 0   ? (b & c) | (~b & d)
                             : round == 1 ? (b & d) | (c & ~d)
                             : round == 2 ? b ^ c ^ d
                                          : c ^ (b | ~d);
      const unsigned word = round == 0   ? i
                            : round == 1 ? 5 * i + 1
                            : round == 2 ? 3 * i + 5
                                         : 7 * i;
      const uint32_t sum = a + mixed + kSines[i] + little_endian(&block[word % 16 * 4]);
      a = d;
      d = c;
      c = b;
      b += std::rotl(sum, kShifts[round][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  }
};

struct Sha1 {
  static constexpr bool kBigEndian = true;
  std::array<uint32_t, 5> state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

  void add(Block block) {
    std::array<uint32_t, 80> words;
    for (size_t i = 0; i < 16; ++i) words[i] = big_endian(&block[4 * i]);
    for (size_t i = 16; i < 80; ++i) {
      words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    }
    static constexpr uint32_t kConstants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};

    auto [a, b, c, d, e] = state;
    for (size_t i = 0; i < 80; ++i) {
      const size_t round = i / 20;
      const uint32_t mixed = round == 0   ? (b & c) | (~b & d)
                             : round == 2 ? (b & c) | (b & d) | (c & d)
                                          : b ^ c ^ d;
      const uint32_t sum = std::rotl(a, 5) + mixed + e + words[i] + kConstants[round];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = sum;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
  }
};

// Feeds `in` and the padding (one bit, zeros, the length in bits), writes the raw digest.
template <typename Digest>
bool digest(std::string_view in, std::string& out) {
  Digest digest;
  const auto* bytes = reinterpret_cast<const unsigned char*>(in.data());
  const size_t whole = in.size() / 64 * 64;
  for (size_t at = 0; at < whole; at += 64) digest.add(Block(bytes + at, 64));

  std::array<unsigned char, 128> tail{};
  const size_t rest = in.size() - whole;
  in.copy(reinterpret_cast<char*>(tail.data()), rest, whole);
  tail[rest] = 0x80;
  const size_t padded = rest < 56 ? 64 : 128;
  for (size_t i = 0; i < 8; ++i) {
    const auto part = static_cast<unsigned char>(uint64_t{in.size()} * 8 >> 8 * i);
    tail[Digest::kBigEndian ? padded - 1 - i : padded - 8 + i] = part;
  }
  for (size_t at = 0; at < padded; at += 64) digest.add(Block(&tail[at], 64));

  write_bytes(out, digest.state.size() * 4, [&](char* to) {
    for (const uint32_t word : digest.state) {
      for (unsigned i = 0; i < 4; ++i) {
        *to++ = static_cast<char>(word >> 8 * (Digest::kBigEndian ? 3 - i : i));
      }
    }
    return to;
  });
  return out != in;
}

}  // namespace

/// The MD5 digest, 16 raw bytes.
bool md5(std::string_view in, std::string& out, const TransformationContext&) {
  return digest<Md5>(in, out);
}

/// The SHA-1 digest, 20 raw bytes.
bool sha1(std::string_view in, std::string& out, const TransformationContext&) {
  return digest<Sha1>(in, out);
}

}  // namespace wafcheck::engine::transformations
