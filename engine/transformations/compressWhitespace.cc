#include "engine/transformations/bytes.h"
#include "engine/transformations/code_points.h"
#include "engine/transformations/transformation.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

constexpr ByteSet kAscii = ByteSet::where(is_space);
constexpr ByteSet kAsciiAndA0 =
    ByteSet::where([](unsigned char c) { return is_space(c) || c == 0xa0; });
constexpr ByteSet kLatin =
    ByteSet::where([](unsigned char c) { return is_space(c) || c == 0x85 || c == 0xa0; });

struct Piece {
  size_t length;  ///< bytes
  bool blank;
};

// What stands at `at`: a byte, or a character.
Piece piece_at(std::string_view in, size_t at, parser::Whitespace mode) {
  switch (mode) {
    case parser::Whitespace::ascii:
      return {1, kAscii[in[at]]};
    case parser::Whitespace::ascii_and_a0:
      return {1, kAsciiAndA0[in[at]]};
    case parser::Whitespace::latin_bytes:
      return {1, kLatin[in[at]]};
    case parser::Whitespace::latin_code_points:
      break;
  }
  const CodePoint point = decode_utf8(in, at);
  if (!point.valid) return {1, in[at] == '\xa0'};
  return {point.length, point.value < 0x100 && kLatin[static_cast<char>(point.value)]};
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
  while (first < in.size()) {
    const Piece piece = piece_at(in, first, mode);
    if (piece.blank && (in_run || in[first] != ' ')) break;
    in_run = piece.blank;
    first += piece.length;
  }
  if (first == in.size()) return false;

  write_bytes(out, in.size(), [&](char* to) {
    to = put(to, in.substr(0, first));
    for (size_t i = first; i < in.size();) {
      const Piece piece = piece_at(in, i, mode);
      if (!piece.blank) {
        to = put(to, in.substr(i, piece.length));
      } else if (!in_run) {
        *to++ = ' ';
      }
      in_run = piece.blank;
      i += piece.length;
    }
    return to;
  });
  return true;
}

}  // namespace wafcheck::engine::transformations
