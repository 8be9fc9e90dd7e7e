#include "engine/transformations/bytes.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace wafcheck::engine::transformations {

#if defined(__x86_64__)

namespace {

constexpr size_t kBlock = 64;

/// Writes what is kept of whole blocks, and moves `in` behind them.
__attribute__((target("avx512f,avx512bw,avx512vbmi,avx512vbmi2"))) char* put_blocks(
    char* to, std::string_view& in, const std::array<bool, 256>& dropped) {
  __m512i table[4];
  for (size_t part = 0; part < 4; ++part) {
    table[part] = _mm512_loadu_si512(dropped.data() + part * kBlock);
  }
  size_t at = 0;
  for (; at + kBlock <= in.size(); at += kBlock) {
    const __m512i block = _mm512_loadu_si512(in.data() + at);
    const __m512i answers = _mm512_mask_blend_epi8(
        _mm512_movepi8_mask(block), _mm512_permutex2var_epi8(table[0], block, table[1]),
        _mm512_permutex2var_epi8(table[2], block, table[3]));
    const __mmask64 kept = _mm512_testn_epi8_mask(answers, answers);
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi8(kept, block));
    to += __builtin_popcountll(kept);
  }
  in.remove_prefix(at);
  return to;
}

}  // namespace

char* ByteSet::put_others(char* to, std::string_view in) const {
  static const bool blocks =
      __builtin_cpu_supports("avx512vbmi") != 0 && __builtin_cpu_supports("avx512vbmi2") != 0;
  if (blocks) to = put_blocks(to, in, has_);
  return put_others_bytewise(to, in);
}

#else

char* ByteSet::put_others(char* to, std::string_view in) const {
  return put_others_bytewise(to, in);
}

#endif

}  // namespace wafcheck::engine::transformations
