#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"
#include "engine/transformations/utf8.h"
#include "parser/ascii.h"

namespace wafcheck::engine::transformations {
namespace {

constexpr ByteSet kAscii = ByteSet::where(is_space);
constexpr ByteSet kAsciiAndA0 =
    ByteSet::where([](unsigned char c) { return is_space(c) || c == 0xa0; });

// The length of the white space at `at`, 0 when there is none.
size_t space_length(std::string_view in, size_t at, parser::Whitespace mode) {
  if (mode == parser::Whitespace::ascii) return kAscii[in[at]];
  if (mode == parser::Whitespace::ascii_and_a0) return kAsciiAndA0[in[at]];
  const CodePoint point = decode_utf8(in, at);
  if (point.valid) return is_unicode_space(point.value) ? point.length : 0;
  return in[at] == '\xa0';
}

}  // namespace

/// Turns each run of white space into one space; Semantics::compress_whitespace says what counts.
/// Size: at most in.size(). Source: seclang reference, section 5.3.
bool compressWhitespace(std::string_view in, std::string& out,
                        const TransformationContext& context) {
  const parser::Whitespace mode = context.semantics.compress_whitespace;
  // Single spaces stay: the first byte to change is another kind of blank, or a blank after one.
  size_t first = 0;
  bool in_run = false;
  for (; first < in.size(); ++first) {
    const bool blank = space_length(in, first, mode) > 0;
    if (blank && (in_run || in[first] != ' ')) break;
    in_run = blank;
  }
  if (first == in.size()) return false;

  write_bytes(out, in.size(), [&](char* to) {
    to = put(to, in.substr(0, first));
    for (size_t i = first; i < in.size();) {
      const size_t blank = space_length(in, i, mode);
      if (blank == 0) {
        *to++ = in[i++];
      } else if (!in_run) {
        *to++ = ' ';
      }
      in_run = blank > 0;
      i += blank;
    }
    return to;
  });
  return true;
}

}  // namespace wafcheck::engine::transformations
