#include <algorithm>

#include "engine/transformations/escapes.h"
#include "engine/transformations/hex.h"
#include "engine/transformations/transformation.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {

/// Undoes the escapes of ANSI C: letters, `\xHH`, one to three octal digits; any other `\` before a
/// byte is dropped, at the end it stays.
/// Size: at most in.size(). Source: seclang reference, section 5.3.
bool escapeSeqDecode(std::string_view in, std::string& out, const TransformationContext& context) {
  return replace_escapes(in, out, [&](size_t from, char& to) {
    const char c = in[from];
    if ((c == 'x' || c == 'X') && hex_at(in, from + 1, 2)) {
      to = static_cast<char>(hex_number(in.substr(from + 1, 2)));
      return from + 3;
    }
    if (const size_t digits = octal_digits(in, from); digits > 0) {
      const unsigned value = octal_number(in.substr(from, digits));
      to = static_cast<char>(context.semantics.octal_saturates ? std::min(value, 255u) : value);
      return from + digits;
    }
    to = control_escape(c);
    return from + 1;
  });
}

}  // namespace wafcheck::engine::transformations
