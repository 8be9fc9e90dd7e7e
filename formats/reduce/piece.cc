#include "formats/reduce/piece.h"

#include <algorithm>

#include "formats/privacy/hidden.h"

namespace wafcheck::formats::inline reduce {
namespace {

void append_piece(const Piece& piece, std::string& out);

void append_inner(const Piece& piece, std::string& out) {
  out += piece.text;
  bool first = true;
  for (const Piece& part : piece.parts) {
    if (!std::exchange(first, false)) out += piece.separator;
    append_piece(part, out);
  }
}

void append_piece(const Piece& piece, std::string& out) {
  out += piece.before;
  append_inner(piece, out);
  out += piece.after;
}

void add_values(Piece& piece, std::vector<Piece*>& values) {
  if (piece.parts.empty() && !piece.text.empty()) values.push_back(&piece);
  for (Piece& part : piece.parts) add_values(part, values);
}

}  // namespace

std::string bytes_of(const Piece& piece) {
  std::string out;
  append_piece(piece, out);
  return out;
}

std::string inner_bytes_of(const Piece& piece) {
  std::string out;
  append_inner(piece, out);
  return out;
}

std::vector<Piece*> values_of(Piece& piece) {
  std::vector<Piece*> values;
  add_values(piece, values);
  return values;
}

void mark_secrets(Piece& piece, const Masks& masks) {
  for (Piece* const value : values_of(piece)) {
    const std::string& text = value->text;
    value->secret.assign(text.size(), false);
    const std::string shown = masks.hide(value->target, text);
    for (size_t i = 0; i < text.size(); ++i) value->secret[i] = shown[i] != text[i];
    // A token may be hidden behind percent-encoding.
    if (text.find_first_of("%+") == std::string::npos) continue;
    std::vector<size_t> where;
    const std::string decoded = form_decoded(text, &where);
    const std::string shown_decoded = masks.hide(value->target, decoded);
    for (size_t i = 0; i < decoded.size(); ++i) {
      if (shown_decoded[i] == decoded[i]) continue;
      for (size_t at = where[i]; at < where[i + 1]; ++at) value->secret[at] = true;
    }
  }
}

Piece value_piece(std::string_view text, std::string target) {
  Piece piece;
  piece.text = text;
  piece.target = std::move(target);
  return piece;
}

Piece pair_piece(std::string_view text, std::string_view target) {
  const size_t equals = std::min(text.find('='), text.size());
  Piece pair, name = value_piece(text.substr(0, equals), std::string(target) + "_NAMES");
  name.fixed = name.is_name = true;
  name.least = std::min<size_t>(equals, 1);
  pair.parts.push_back(std::move(name));
  if (equals == text.size()) return pair;
  Piece value = value_piece(text.substr(equals + 1),
                            std::string(target) + ':' + form_decoded(text.substr(0, equals)));
  value.before = "=";
  pair.parts.push_back(std::move(value));
  return pair;
}

Piece pairs_piece(std::string_view text, char separator, std::string_view target) {
  Piece pairs;
  pairs.separator = separator;
  for (size_t at = 0; at <= text.size();) {
    size_t end = std::min(text.find(separator, at), text.size());
    pairs.parts.push_back(pair_piece(text.substr(at, end - at), target));
    at = end + 1;
  }
  return pairs;
}

}  // namespace wafcheck::formats::inline reduce
