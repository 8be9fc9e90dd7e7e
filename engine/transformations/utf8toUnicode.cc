#include <algorithm>

#include "engine/transformations/bytes.h"
#include "engine/transformations/code_points.h"
#include "engine/transformations/hex.h"
#include "engine/transformations/transformation.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}

// `%u` and at least four lower-case hexadecimal digits.
char* put_unicode(char* to, char32_t value) {
  *to++ = '%';
  *to++ = 'u';
  unsigned shift = value > 0xfffff ? 20 : value > 0xffff ? 16 : 12;
  for (;; shift -= 4) {
    *to++ = kHexDigits[value >> shift & 15];
    if (shift == 0) return to;
  }
}

char* rewrite_valid(std::string_view in, char* to) {
  for (size_t i = 0; i < in.size();) {
    const CodePoint point = decode_utf8(in, i);
    if (is_ascii(in[i])) {
      *to++ = in[i];
    } else {
      to = put_unicode(to, point.value);
    }
    i += point.length;
  }
  return to;
}

// A sequence that is well formed but for its value: overlong, surrogate or too large.
struct Sequence {
  char32_t value;
  size_t length;
};

size_t length_by_lead(unsigned lead) {
  return (lead & 0xe0) == 0xc0 ? 2 : (lead & 0xf0) == 0xe0 ? 3 : (lead & 0xf8) == 0xf0 ? 4 : 1;
}

Sequence read_loosely(std::string_view in, size_t at) {
  const unsigned lead = static_cast<unsigned char>(in[at]);
  const size_t length = length_by_lead(lead);
  if (in.size() - at < length) return {0, 0};
  char32_t value = lead & (0x7fu >> length);
  for (size_t i = at + 1; i < at + length; ++i) {
    const unsigned tail = static_cast<unsigned char>(in[i]);
    if ((tail & 0xc0) != 0x80) return {0, 0};
    value = value << 6 | (tail & 0x3f);
  }
  return {value, length};
}

// What libmodsecurity makes of invalid UTF-8: a byte that begins no sequence stays, a lead byte
// without its tail is dropped like NUL, a lead byte above F4 stays before what it yields, that of
// an overlong form or a surrogate after it.
char* rewrite_loosely(std::string_view in, char* to, bool last_nul) {
  for (size_t i = 0; i < in.size();) {
    const unsigned lead = static_cast<unsigned char>(in[i]);
    if (length_by_lead(lead) == 1) {
      if (in[i] != '\0' || (last_nul && i + 1 == in.size())) *to++ = in[i];
      ++i;
      continue;
    }
    if (lead > 0xf4) *to++ = in[i];
    const auto [value, length] = read_loosely(in, i);
    if (length == 0) {
      ++i;
      continue;
    }
    to = put_unicode(to, value);
    const char32_t least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
    if (value < least || (value >= 0xd800 && value <= 0xdfff)) *to++ = in[i];
    i += length;
  }
  return to;
}

}  // namespace

/// Each UTF-8 sequence of several bytes to `%uhhhh`, ASCII stays. Invalid bytes and NUL: see the
/// cases. Size: at most 6 bytes for each that is not ASCII. Source: seclang reference, section 5.3.
bool utf8toUnicode(std::string_view in, std::string& out, const TransformationContext& context) {
  const auto high = in.size() - static_cast<size_t>(std::ranges::count_if(in, is_ascii));
  const bool strict = context.semantics.utf8_invalid_as_fffd;
  if (high == 0 && (strict || !in.contains('\0'))) return false;
  write_bytes(out, in.size() + 5 * high, [&](char* to) {
    return strict ? rewrite_valid(in, to)
                  : rewrite_loosely(in, to, context.semantics.utf8_last_nul);
  });
  return out != in;
}

bool has_utf8_sequence(std::string_view in) {
  for (size_t i = 0; i < in.size(); ++i) {
    const bool lead = length_by_lead(static_cast<unsigned char>(in[i])) > 1;
    if (lead && read_loosely(in, i).length != 0) return true;
  }
  return false;
}

}  // namespace wafcheck::engine::transformations
