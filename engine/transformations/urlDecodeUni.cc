#include "engine/transformations/bytes.h"
#include "engine/transformations/hex.h"
#include "engine/transformations/transformation.h"
#include "engine/transformations/unicode_map.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

constexpr ByteSet kCoded = ByteSet::of("%+");

char byte_of(unsigned code_unit, const UnicodeMap* map) {
  if (map != nullptr && (*map)[code_unit] >= 0) return static_cast<char>((*map)[code_unit]);
  return low_byte_folded(code_unit);
}

}  // namespace

/// As urlDecode, and `%uHHHH` to the byte that the Unicode map has for it; without one to the low
/// byte, full-width ASCII folded. An invalid `%u` stays.
/// Size: at most in.size(). Source: seclang reference, section 5.3.
bool urlDecodeUni(std::string_view in, std::string& out, const TransformationContext& context) {
  const size_t first = kCoded.find(in);
  if (first == in.size()) return false;

  const UnicodeMap* map = context.unicode_map;
  if (context.semantics.built_in_unicode_map) map = &coraza_best_fit();
  write_bytes(out, in.size(), [&](char* to) {
    to = put(to, in.substr(0, first));
    for (size_t i = first; i < in.size(); ++i) {
      if (in[i] == '+') {
        *to++ = ' ';
      } else if (in[i] != '%') {
        *to++ = in[i];
      } else if (hex_at(in, i + 1, 2)) {
        *to++ = static_cast<char>(hex_number(in.substr(i + 1, 2)));
        i += 2;
      } else if (i + 1 < in.size() && (in[i + 1] | 0x20) == 'u' && hex_at(in, i + 2, 4)) {
        *to++ = byte_of(hex_number(in.substr(i + 2, 4)), map);
        i += 5;
      } else {
        *to++ = in[i];
      }
    }
    return to;
  });
  return out != in;
}

}  // namespace wafcheck::engine::transformations
