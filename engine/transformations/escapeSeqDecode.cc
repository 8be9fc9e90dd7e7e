#include <algorithm>

#include "engine/transformations/bytes.h"
#include "engine/transformations/escapes.h"
#include "engine/transformations/hex.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {

/// Undoes the escapes of ANSI C: letters, `\xHH`, one to three octal digits; any other `\` before a
/// byte is dropped, at the end it stays.
/// Size: at most in.size(). Source: seclang reference, section 5.3.
bool escapeSeqDecode(std::string_view in, std::string& out, const TransformationContext& context) {
  size_t escape = in.find('\\');
  if (escape == std::string_view::npos) return false;

  write_bytes(out, in.size(), [&](char* to) {
    size_t from = 0;
    for (; escape != std::string_view::npos && escape + 1 < in.size();
         escape = in.find('\\', from)) {
      to = put(to, in.substr(from, escape - from));
      from = escape + 1;
      const char c = in[from];
      if ((c == 'x' || c == 'X') && hex_at(in, from + 1, 2)) {
        *to++ = static_cast<char>(hex_number(in.substr(from + 1, 2)));
        from += 3;
      } else if (const size_t digits = octal_digits(in, from); digits > 0) {
        const unsigned value = octal_number(in.substr(from, digits));
        *to++ =
            static_cast<char>(context.semantics.octal_saturates ? std::min(value, 255u) : value);
        from += digits;
      } else {
        *to++ = control_escape(c);
        ++from;
      }
    }
    return put(to, in.substr(from));
  });
  return out != in;
}

}  // namespace wafcheck::engine::transformations
