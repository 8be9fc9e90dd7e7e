#pragma once
// JSON as writers of logs make it: its strings may hold bytes that are no UTF-8.

#include <memory>
#include <string>
#include <string_view>

#include "formats/json/reader.h"
#include "formats/json/value.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline traffic {

/// A JSON document that keeps such bytes: read strings through string().
class ByteJson {
 public:
  /// As parse_json(), but that a byte that is no UTF-8 is taken as it stands.
  static Result<ByteJson> parse(std::string text, size_t depth);

  JsonValue root() const { return document_.root(); }
  /// The bytes of a string; of a number, its text; of anything else nothing.
  std::string string(JsonValue value) const;
  /// Whether `text` holds U+FFFD: what some writers put in place of such bytes.
  static bool has_replacement(std::string_view text) {
    return text.find("\xEF\xBF\xBD") != std::string_view::npos;
  }

 private:
  std::unique_ptr<std::string> text_;  ///< the document views it
  JsonDocument document_;
  bool mapped_ = false;  ///< whether bytes stand for themselves by a character of their own
};

}  // namespace wafcheck::formats::inline traffic
