#include <algorithm>

#include "engine/transformations/bytes.h"
#include "engine/transformations/escapes.h"
#include "engine/transformations/hex.h"
#include "engine/transformations/transformation.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

// Three octal digits above \377 would not fit a byte: then only two belong to the escape.
size_t octal_length(std::string_view in, size_t at) {
  const size_t digits = octal_digits(in, at);
  return digits == 3 && in[at] > '3' ? 2 : digits;
}

}  // namespace

/// Undoes JavaScript escapes: `\uHHHH` to its low byte (full-width ASCII folded), `\xHH`, one to
/// three octal digits, letters; any other `\` before a byte is dropped, at the end it stays.
/// Size: at most in.size(). Source: seclang reference, section 5.3.
bool jsDecode(std::string_view in, std::string& out, const TransformationContext& context) {
  return replace_escapes(in, out, [&](size_t from, char& to) {
    const char c = in[from];
    if (c == 'u' && hex_at(in, from + 1, 4)) {
      to = low_byte_folded(hex_number(in.substr(from + 1, 4)));
      return from + 5;
    }
    if (c == 'x' && hex_at(in, from + 1, 2)) {
      to = static_cast<char>(hex_number(in.substr(from + 1, 2)));
      return from + 3;
    }
    if (is_octal(c) && context.semantics.octal_off_by_one) {
      to = '\0';  // the digit and whatever follows it are lost
      return std::min(from + 2, in.size());
    }
    if (const size_t digits = octal_length(in, from); digits > 0) {
      to = static_cast<char>(octal_number(in.substr(from, digits)));
      return from + digits;
    }
    to = control_escape(c);
    return from + 1;
  });
}

}  // namespace wafcheck::engine::transformations
