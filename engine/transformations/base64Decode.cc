#include "engine/transformations/base64_joiner.h"
#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

// Decodes up to the first byte outside the alphabet, the incomplete last quad included.
char* decode_partial(std::string_view in, bool skip_line_breaks, char* to) {
  Base64Joiner joiner(to);
  for (const char c : in) {
    if (skip_line_breaks && (c == '\r' || c == '\n')) continue;
    const int value = base64_value(c);
    if (value < 0) break;
    joiner.add(value);
  }
  return joiner.finish();
}

// All or nothing, as Mbed TLS has it: line feeds may stand anywhere and blanks before one or at the
// end, at most two '=' close the text, and digits after the last whole quad are dropped. A NUL ends
// the text.
char* decode_strict(std::string_view in, char* const to) {
  in = in.substr(0, in.find('\0'));
  Base64Joiner joiner(to);
  int padding = 0;
  for (size_t i = 0; i < in.size(); ++i) {
    const size_t blanks_from = i;
    while (i < in.size() && in[i] == ' ') ++i;
    if (i == in.size()) break;
    if (in[i] == '\n' || in.substr(i).starts_with("\r\n")) continue;
    if (i != blanks_from) return to;
    if (in[i] == '=') {
      if (++padding > 2) return to;
      continue;
    }
    const int value = base64_value(in[i]);
    if (value < 0 || padding > 0) return to;
    joiner.add(value);
  }
  return joiner.held() + padding >= 4 ? joiner.finish() : joiner.end();
}

}  // namespace

/// RFC 4648 base64 to bytes. What a byte outside the alphabet does is Semantics::base64.
/// Size: at most three bytes for each four. Source: seclang reference, section 5.3.
bool base64Decode(std::string_view in, std::string& out, const TransformationContext& context) {
  const parser::Base64 mode = context.semantics.base64;
  write_bytes(out, in.size() / 4 * 3 + 3, [&](char* to) {
    if (mode == parser::Base64::strict) return decode_strict(in, to);
    return decode_partial(in, mode == parser::Base64::lenient, to);
  });
  return out != in;
}

}  // namespace wafcheck::engine::transformations
