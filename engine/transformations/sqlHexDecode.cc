#include "engine/transformations/bytes.h"
#include "engine/transformations/hex.h"
#include "engine/transformations/transformation.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {

/// Decodes SQL hexadecimal literals in place: `0x` and every pair of digits after it.
/// Size: at most in.size(). Source: seclang reference, section 5.3.
bool sqlHexDecode(std::string_view in, std::string& out, const TransformationContext& context) {
  const std::string_view text = context.semantics.nul_ends_text ? in.substr(0, in.find('\0')) : in;
  write_bytes(out, text.size(), [text](char* to) {
    size_t i = 0;
    while (i < text.size()) {
      const bool literal = text[i] == '0' && i + 1 < text.size() && (text[i + 1] | 0x20) == 'x' &&
                           hex_at(text, i + 2, 2);
      if (!literal) {
        *to++ = text[i++];
        continue;
      }
      for (i += 2; hex_at(text, i, 2); i += 2) {
        *to++ = static_cast<char>(hex_number(text.substr(i, 2)));
      }
    }
    return to;
  });
  return out.size() != in.size();  // a literal always shrinks
}

}  // namespace wafcheck::engine::transformations
