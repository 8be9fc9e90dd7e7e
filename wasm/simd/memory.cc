// memchr() and memcmp() sixteen bytes at a time, in the place of the C library's, which look at one
// or four. It has them where a module has vectors.

#include <wasm_simd128.h>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace wafcheck::wasm::inline simd {
namespace {

constexpr size_t kStep = sizeof(v128_t);

/// A bit for each byte that two vectors share.
uint32_t same(v128_t a, v128_t b) {
  return wasm_i8x16_bitmask(wasm_i8x16_eq(a, b));
}

}  // namespace
}  // namespace wafcheck::wasm::inline simd

using namespace wafcheck::wasm;

extern "C" {

void* memchr(const void* text, int wanted, size_t size) {
  const auto* at = static_cast<const unsigned char*>(text);
  const auto byte = static_cast<unsigned char>(wanted);
  for (const v128_t all = wasm_u8x16_splat(byte); size >= kStep; size -= kStep, at += kStep) {
    const uint32_t found = same(wasm_v128_load(at), all);
    if (found != 0) return const_cast<unsigned char*>(at) + std::countr_zero(found);
  }
  for (; size != 0; --size, ++at) {
    if (*at == byte) return const_cast<unsigned char*>(at);
  }
  return nullptr;
}

int memcmp(const void* left, const void* right, size_t size) {
  const auto* a = static_cast<const unsigned char*>(left);
  const auto* b = static_cast<const unsigned char*>(right);
  for (; size >= kStep; size -= kStep, a += kStep, b += kStep) {
    const uint32_t other = ~same(wasm_v128_load(a), wasm_v128_load(b)) & 0xffff;
    if (other == 0) continue;
    const int at = std::countr_zero(other);
    return a[at] - b[at];
  }
  for (; size != 0; --size, ++a, ++b) {
    if (*a != *b) return *a - *b;
  }
  return 0;
}

}  // extern "C"
