#include "engine/transformations/base64_joiner.h"
#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {

/// Bytes to RFC 4648 base64 with padding. Size: four bytes for each three begun.
bool base64Encode(std::string_view in, std::string& out, const TransformationContext&) {
  if (in.empty()) return false;
  const auto byte = [in](size_t i) -> unsigned {
    return i < in.size() ? static_cast<unsigned char>(in[i]) : 0;
  };
  write_bytes(out, (in.size() + 2) / 3 * 4, [&](char* to) {
    for (size_t i = 0; i < in.size(); i += 3) {
      const unsigned bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
      *to++ = kBase64Alphabet[bits >> 18];
      *to++ = kBase64Alphabet[bits >> 12 & 63];
      *to++ = i + 1 < in.size() ? kBase64Alphabet[bits >> 6 & 63] : '=';
      *to++ = i + 2 < in.size() ? kBase64Alphabet[bits & 63] : '=';
    }
    return to;
  });
  return true;
}

}  // namespace wafcheck::engine::transformations
