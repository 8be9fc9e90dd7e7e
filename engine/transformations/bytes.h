#pragma once
// What the transformations share: byte sets to look before writing, and bounded writing.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace wafcheck::engine::transformations {

/// A set of byte values as a table of 256 answers.
class ByteSet {
 public:
  template <typename Predicate>
  static constexpr ByteSet where(Predicate holds) {
    ByteSet set;
    for (size_t c = 0; c < 256; ++c) set.has_[c] = holds(static_cast<unsigned char>(c));
    return set;
  }
  static constexpr ByteSet of(std::string_view bytes) {
    return where([bytes](unsigned char c) { return bytes.contains(static_cast<char>(c)); });
  }
  constexpr bool operator[](char c) const { return has_[static_cast<unsigned char>(c)]; }

  /// The first position at or after `from` whose byte is in the set; in.size() when there is none.
  constexpr size_t find(std::string_view in, size_t from = 0) const {
    while (from < in.size() && !(*this)[in[from]]) ++from;
    return from;
  }

  /// Writes the bytes that are not in the set at `to`, where all of `in` has room, and returns the
  /// end. By blocks where the processor has AVX-512 VBMI2.
  char* put_others(char* to, std::string_view in) const;
  /// The same on any processor.
  char* put_others_bytewise(char* to, std::string_view in) const {
    for (const char c : in) {
      *to = c;
      to += !(*this)[c];
    }
    return to;
  }

 private:
  std::array<bool, 256> has_{};
};

/// Whether no byte is above 127: then the Unicode form of a transformation is its ASCII form.
inline bool is_all_ascii(std::string_view in) {
  size_t at = 0;
  for (uint64_t word = 0; at + sizeof word <= in.size(); at += sizeof word) {
    std::memcpy(&word, in.data() + at, sizeof word);
    if ((word & 0x8080808080808080) != 0) return false;
  }
  for (; at < in.size(); ++at) {
    if (static_cast<unsigned char>(in[at]) > 127) return false;
  }
  return true;
}

/// Fills `out` through a plain pointer: `write` gets room for `bound` bytes and returns its end.
template <typename Write>
void write_bytes(std::string& out, size_t bound, Write write) {
  out.resize_and_overwrite(bound,
                           [&](char* to, size_t) { return static_cast<size_t>(write(to) - to); });
}

/// Writes `bytes` at `to` and returns the end.
inline char* put(char* to, std::string_view bytes) {
  return to + bytes.copy(to, bytes.size());
}

/// The low byte of a UTF-16 code unit, full-width ASCII (U+FF01-U+FF5E) folded to ASCII.
constexpr char low_byte_folded(unsigned code_unit) {
  const bool full_width = code_unit >= 0xff01 && code_unit <= 0xff5e;
  return static_cast<char>((code_unit & 0xff) + (full_width ? 0x20 : 0));
}

}  // namespace wafcheck::engine::transformations
