#pragma once
// JSON text in, behind one small function: positions and short messages instead of exceptions.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "parser/result.h"

namespace wafcheck::formats {

/// Parses one JSON document. Strings must be valid UTF-8; of equal keys the last wins. The error's
/// message says what was found and expected, `at` is where in `text`. The caller bounds the depth.
Result<nlohmann::json> parse_json(std::string_view text);

/// The member `name` of `object`; null where `object` is no object, lacks it, or it is JSON null.
nlohmann::json* json_member(nlohmann::json& object, const char* name);

/// "a string", "an array" … for messages.
std::string_view json_kind(const nlohmann::json& value);

}  // namespace wafcheck::formats
