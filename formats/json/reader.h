#pragma once
// JSON text in: checked as a whole, then read where it stands (formats/json/value.h).

#include <cstddef>
#include <string_view>
#include <vector>

#include "formats/json/value.h"
#include "parser/base/result.h"

namespace wafcheck::formats::inline json {

/// A text that parse_json() has accepted. The text must outlive it; a document may be moved while
/// values of it are in use.
class JsonDocument {
 public:
  JsonValue root() const { return {text_, containers_}; }

 private:
  friend Result<JsonDocument> parse_json(std::string_view text, size_t depth);
  std::string_view text_;
  std::vector<JsonContainer> containers_;
};

/// Checks one JSON document (RFC 8259; whitespace around it and a byte order mark before it are
/// fine), its brackets nested at most `depth` deep. Strings must be valid UTF-8, surrogates come in
/// pairs. The error's message says what is wrong or was expected, `at` is where in `text` that is;
/// 0 for the depth. Linear time. Memory is bounded by the depth and 16 MiB of records: containers
/// after the first million have none, and reading past them takes longer.
Result<JsonDocument> parse_json(std::string_view text, size_t depth);

}  // namespace wafcheck::formats::inline json
