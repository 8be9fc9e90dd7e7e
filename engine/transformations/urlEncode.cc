#include <algorithm>

#include "engine/transformations/bytes.h"
#include "engine/transformations/hex.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {
namespace {

constexpr ByteSet kEncoded =
    ByteSet::where([](unsigned char c) { return !is_alnum(c) && c != '*'; });

}  // namespace

/// Letters, digits and '*' stay, a space becomes '+', any other byte `%hh`.
/// Size: at most 3 * in.size().
bool urlEncode(std::string_view in, std::string& out, const TransformationContext&) {
  const auto encoded = std::ranges::count_if(in, [](char c) { return kEncoded[c]; });
  if (encoded == 0) return false;
  write_bytes(out, in.size() + 2 * static_cast<size_t>(encoded), [in](char* to) {
    for (const char c : in) {
      if (!kEncoded[c]) {
        *to++ = c;
      } else if (c == ' ') {
        *to++ = '+';
      } else {
        const unsigned byte = static_cast<unsigned char>(c);
        *to++ = '%';
        *to++ = kHexDigits[byte >> 4];
        *to++ = kHexDigits[byte & 15];
      }
    }
    return to;
  });
  return true;
}

}  // namespace wafcheck::engine::transformations
