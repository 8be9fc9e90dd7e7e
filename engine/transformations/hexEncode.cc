#include "engine/transformations/bytes.h"
#include "engine/transformations/hex.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {

/// Bytes to lower-case hexadecimal. Size: 2 * in.size().
bool hexEncode(std::string_view in, std::string& out, const TransformationContext&) {
  if (in.empty()) return false;
  write_bytes(out, 2 * in.size(), [in](char* to) {
    for (const char c : in) {
      const unsigned byte = static_cast<unsigned char>(c);
      *to++ = kHexDigits[byte >> 4];
      *to++ = kHexDigits[byte & 15];
    }
    return to;
  });
  return true;
}

}  // namespace wafcheck::engine::transformations
