#pragma once
// Directives in JSON: an array of strings.

#include <string>
#include <string_view>

#include "formats/json/value.h"
#include "parser/base/result.h"

namespace wafcheck::wasm::inline core {

/// A text of the elements, a line each; `where` names the array in errors.
Result<std::string> directives_of(formats::JsonValue array, std::string_view where);

/// What is wrong with a text that is no JSON, with its line and column.
std::string syntax_error(std::string_view json, const Error& error);

}  // namespace wafcheck::wasm::inline core
