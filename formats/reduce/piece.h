#pragma once
// A request as a tree: what can be taken out of it, and the bytes of its values.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/privacy/masks.h"

namespace wafcheck::formats::inline reduce {

/// A value, or a group of parts. Written as `before`, then the text or the parts with `separator`
/// between them, then `after`.
struct Piece {
  std::string before, after, separator;
  std::string text;          ///< of a value
  std::vector<Piece> parts;  ///< of a group
  std::string target;        ///< of a value: what logs call it, for Masks
  bool fixed = false;        ///< it is not taken out of its group
  size_t least = 0;          ///< so many bytes of the text stay
  bool stands_alone =
      false;             ///< a value of JSON or an element, which may stand in for one around it
  bool is_name = false;  ///< its letters tell what the value is: they are not replaced
  std::vector<bool> secret = {};  ///< of each byte of the text: it is private, and as it was sent
};

/// The bytes of a piece.
std::string bytes_of(const Piece& piece);
/// The same without `before` and `after`.
std::string inner_bytes_of(const Piece& piece);

/// The values below a piece, in order.
std::vector<Piece*> values_of(Piece& piece);

/// Fills `secret` of each value.
void mark_secrets(Piece& piece, const Masks& masks);

// Pieces of the usual encodings. `target`: "ARGS_GET", to which the name is added.

Piece value_piece(std::string_view text, std::string target);
/// "name=value" or "name"; the value can go, the name keeps a byte.
Piece pair_piece(std::string_view text, std::string_view target);
/// "a=1&b=2"
Piece pairs_piece(std::string_view text, char separator, std::string_view target);

}  // namespace wafcheck::formats::inline reduce
