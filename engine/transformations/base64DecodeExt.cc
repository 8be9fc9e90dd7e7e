#include "engine/transformations/base64_joiner.h"
#include "engine/transformations/bytes.h"
#include "engine/transformations/code_points.h"
#include "engine/transformations/transformation.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

// Padding is skipped like any other byte outside the alphabet, except where it would close a quad
// of one digit: that empties the result.
// With `last_nine`, a 9 (the digit 61, which is the code of '=') that is the last byte does so too.
char* decode_forgiving(std::string_view in, char* const to, bool last_nine) {
  Base64Joiner joiner(to);
  for (size_t i = 0; i < in.size(); ++i) {
    const int value = base64_value(in[i]);
    if (value >= 0) {
      joiner.add(value);
    } else if (in[i] == '=' && joiner.held() == 1 && !in.substr(i + 1).starts_with('=')) {
      return to;
    }
  }
  if (last_nine && joiner.held() == 1 && in.ends_with('9')) return to;
  return joiner.finish();
}

// White space and dots are skipped; any other byte outside the alphabet ends the text.
char* decode_up_to_fault(std::string_view in, char* to) {
  Base64Joiner joiner(to);
  for (const char c : in) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '.' || is_space(byte) || is_unicode_space(byte)) continue;
    const int value = base64_value(c);
    if (value < 0) break;
    joiner.add(value);
  }
  return joiner.finish();
}

// Both alphabets of RFC 4648; '=' ends the text.
char* decode_both_alphabets(std::string_view in, char* to) {
  Base64Joiner joiner(to);
  for (const char c : in.substr(0, in.find('='))) {
    const int value = base64_value_of_both(c);
    if (value >= 0) joiner.add(value);
  }
  return joiner.finish();
}

}  // namespace

/// Base64 to bytes for untidy input: bytes outside the alphabet are skipped, padding is optional.
/// Size: at most three bytes for each four. Source: seclang reference, section 5.3.
bool base64DecodeExt(std::string_view in, std::string& out, const TransformationContext& context) {
  const std::string_view whole = in;
  if (context.semantics.base64_nul_ends) in = in.substr(0, in.find('\0'));
  write_bytes(out, in.size() / 4 * 3 + 3, [&](char* to) {
    if (context.semantics.base64_both_alphabets) return decode_both_alphabets(in, to);
    return context.semantics.base64 == parser::Base64::lenient
               ? decode_up_to_fault(in, to)
               : decode_forgiving(in, to, context.semantics.base64_last_nine);
  });
  return out != whole;
}

}  // namespace wafcheck::engine::transformations
