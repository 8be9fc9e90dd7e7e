#include "engine/transformations/bytes.h"
#include "engine/transformations/hex.h"
#include "engine/transformations/transformation.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

// The nibble arithmetic of an engine that does not validate: letters by their low bits, the rest
// by distance from '0'.
unsigned unchecked_nibble(char c) {
  const unsigned byte = static_cast<unsigned char>(c);
  return byte >= 'A' ? (byte & 0xdf) - 'A' + 10 : byte - '0';
}

}  // namespace

/// Pairs of hexadecimal digits to bytes. Semantics::hex_decode says what an invalid digit or an odd
/// length does: nothing is decoded, or any byte counts as a digit and an odd one is dropped.
/// Size: in.size() / 2. Source: seclang reference, section 5.3.
bool hexDecode(std::string_view in, std::string& out, const TransformationContext& context) {
  if (in.empty()) return false;
  if (context.semantics.hex_decode == parser::HexDecode::unchanged_when_invalid &&
      (in.size() % 2 != 0 || !hex_at(in, 0, in.size()))) {
    return false;
  }
  write_bytes(out, in.size() / 2, [in](char* to) {
    for (size_t i = 0; i + 1 < in.size(); i += 2) {
      *to++ = static_cast<char>(unchecked_nibble(in[i]) * 16 + unchecked_nibble(in[i + 1]));
    }
    return to;
  });
  return true;
}

}  // namespace wafcheck::engine::transformations
