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

struct BytePieces {
  const ByteSet& blanks;
  Piece operator()(std::string_view in, size_t at) const { return {1, blanks[in[at]]}; }
};

struct CharacterPieces {
  Piece operator()(std::string_view in, size_t at) const {
    const CodePoint point = decode_utf8(in, at);
    if (!point.valid) return {1, in[at] == '\xa0'};
    return {point.length, point.value < 0x100 && kLatin[static_cast<char>(point.value)]};
  }
};

/// `piece_at` tells what stands at a place: a byte, or a character.
template <typename Pieces>
bool compress(std::string_view in, std::string& out, Pieces piece_at) {
  // Single spaces stay: the first byte to change is another kind of blank, or a blank after one.
  size_t first = 0;
  bool in_run = false;
  while (first < in.size()) {
    const Piece piece = piece_at(in, first);
    if (piece.blank && (in_run || in[first] != ' ')) break;
    in_run = piece.blank;
    first += piece.length;
  }
  if (first == in.size()) return false;

  write_bytes(out, in.size(), [&](char* to) {
    to = put(to, in.substr(0, first));
    for (size_t i = first; i < in.size();) {
      const Piece piece = piece_at(in, i);
      if (!piece.blank && piece.length == 1) {
        *to++ = in[i];
      } else if (!piece.blank) {
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

}  // namespace

/// Turns each run of white space into one space; Semantics::compress_whitespace says what counts.
/// Size: at most in.size(). Source: seclang reference, section 5.3.
bool compressWhitespace(std::string_view in, std::string& out,
                        const TransformationContext& context) {
  switch (context.semantics.compress_whitespace) {
    case parser::Whitespace::ascii:
      return compress(in, out, BytePieces{kAscii});
    case parser::Whitespace::ascii_and_a0:
      return compress(in, out, BytePieces{kAsciiAndA0});
    case parser::Whitespace::latin_bytes:
      return compress(in, out, BytePieces{kLatin});
    case parser::Whitespace::latin_code_points:
      break;
  }
  return compress(in, out, CharacterPieces());
}

}  // namespace wafcheck::engine::transformations
