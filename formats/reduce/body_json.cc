#include "formats/json/reader.h"
#include "formats/reduce/bodies.h"

namespace wafcheck::formats::inline reduce {
namespace {

constexpr size_t kJsonDepth = 200;

/// What stands between the quotes, escapes and all.
Piece quoted_piece(JsonValue string, std::string target) {
  const std::string_view text = string.text();
  Piece piece = value_piece(text.substr(1, text.size() - 2), std::move(target));
  piece.before = piece.after = "\"";
  return piece;
}

/// `target` is that of the value, as engines name members: "ARGS:json.a.b".
Piece json_value_piece(JsonValue value, const std::string& target) {
  Piece piece;
  piece.separator = ",";
  switch (value.kind()) {
    case JsonValue::Kind::object:
      piece.before = "{";
      piece.after = "}";
      for (JsonMembers members(value); const auto member = members.next();) {
        Piece pair, name = quoted_piece(member->name, "ARGS_NAMES");
        name.fixed = name.is_name = true;
        name.least = name.text.empty() ? 0 : 1;
        name.after = "\":";
        pair.parts.push_back(std::move(name));
        pair.parts.push_back(json_value_piece(member->value, target + '.' + member->name.string()));
        pair.parts.back().fixed = true;
        piece.parts.push_back(std::move(pair));
      }
      break;
    case JsonValue::Kind::array:
      piece.before = "[";
      piece.after = "]";
      for (JsonElements elements(value); const auto element = elements.next();) {
        piece.parts.push_back(json_value_piece(*element, target));
      }
      break;
    case JsonValue::Kind::string:
      piece = quoted_piece(value, target);
      break;
    default:
      piece = value_piece(value.text(), target);
      piece.least = 1;
  }
  piece.stands_alone = true;
  return piece;
}

}  // namespace

std::optional<Piece> json_piece(std::string_view text) {
  const auto document = parse_json(text, kJsonDepth);
  if (!document) return std::nullopt;
  return json_value_piece(document->root(), "ARGS:json");
}

}  // namespace wafcheck::formats::inline reduce
