#pragma once
// A token of the SQL tokenizer. Its type is the letter that fingerprints are made of:
//
//   k keyword      U union-like    B group by, order by, limit...   E select, insert...
//   T statement    t SQL type      f function                       n bare word
//   1 number       v variable      s string                         o operator
//   & and, or...   A collate       c comment                        X cannot be told apart safely
//   ( ) { } , ; . : \ themselves   ? any other byte

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wafcheck::engine::libinjection {

/// Bytes of a token's value that the method keeps; verdicts depend on the cut.
constexpr size_t kMaxValue = 31;

struct SqlToken {
  char type = 0;
  char open = 0;         ///< opening quote, or 0
  char close = 0;        ///< closing quote, or 0 when the input ended first
  uint8_t at_count = 0;  ///< variables: how many '@' came before
  uint8_t length = 0;
  std::array<char, kMaxValue> bytes{};

  std::string_view value() const { return {bytes.data(), length}; }

  /// Takes the first kMaxValue bytes of `text` as the value.
  void assign(char new_type, std::string_view text) {
    type = new_type;
    length = static_cast<uint8_t>(std::min(text.size(), kMaxValue));
    std::copy_n(text.begin(), length, bytes.begin());
  }
};

/// A set of type letters, made at compile time.
class Letters {
 public:
  consteval Letters(const char* letters) {
    for (; *letters != '\0'; ++letters) bits_[*letters / 64] |= uint64_t{1} << (*letters % 64);
  }
  constexpr bool has(char type) const { return (bits_[type / 64] >> (type % 64) & 1) != 0; }

 private:
  std::array<uint64_t, 2> bits_{};  // types are ASCII
};

inline bool is(const SqlToken& token, Letters letters) {
  return letters.has(token.type);
}

}  // namespace wafcheck::engine::libinjection
