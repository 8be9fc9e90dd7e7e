#include "wasm/core/json_lines.h"

#include <fmt/format.h>

#include <algorithm>

namespace wafcheck::wasm::inline core {

Result<std::string> directives_of(formats::JsonValue array, std::string_view where) {
  if (!array.is(formats::JsonValue::Kind::array)) {
    return fail(fmt::format("{} has to be an array of strings, and is {}", where,
                            formats::json_kind(array)));
  }
  std::string text;
  formats::JsonElements elements(array);
  for (size_t at = 0; const auto element = elements.next(); ++at) {
    if (!element->is(formats::JsonValue::Kind::string)) {
      return fail(fmt::format("{}[{}] has to be a string, and is {}", where, at,
                              formats::json_kind(*element)));
    }
    text += element->string() + "\n";
  }
  return text;
}

std::string syntax_error(std::string_view json, const Error& error) {
  const std::string_view before = json.substr(0, std::min(error.at, json.size()));
  const auto line = std::ranges::count(before, '\n') + 1;
  const size_t column = before.size() - (before.rfind('\n') + 1) + 1;
  return fmt::format("line {}, column {}: {}", line, column, error.message);
}

}  // namespace wafcheck::wasm::inline core
