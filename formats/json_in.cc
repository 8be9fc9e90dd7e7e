#include "formats/json_in.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "formats/utf8.h"

namespace wafcheck::formats {
namespace {

/// The part of the library's message that is about the text: without its own prefix, and without
/// the token it had read so far, which may be as long as the document.
std::string tidy(std::string_view what) {
  const size_t syntax = what.find("syntax error ");
  if (syntax != std::string_view::npos) what.remove_prefix(syntax);
  std::string_view expected;
  const size_t token = what.find("; last read: '");
  if (token != std::string_view::npos) {
    const size_t tail = what.rfind("; expected ");
    if (tail != std::string_view::npos && tail > token) expected = what.substr(tail);
    what = what.substr(0, token);
  }
  return excerpt(what, 160) + excerpt(expected, 80);
}

}  // namespace

Result<nlohmann::json> parse_json(std::string_view text) {
  try {
    return nlohmann::json::parse(text.begin(), text.end());
  } catch (const nlohmann::json::parse_error& error) {
    // `byte` counts the bytes read, the faulty one included; 0 is before the first.
    return fail(tidy(error.what()), std::min(error.byte > 0 ? error.byte - 1 : 0, text.size()));
  } catch (const nlohmann::json::exception& error) {
    return fail(tidy(error.what()));
  }
}

nlohmann::json* json_member(nlohmann::json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string_view json_kind(const nlohmann::json& value) {
  switch (value.type()) {
    case nlohmann::json::value_t::object:
      return "an object";
    case nlohmann::json::value_t::array:
      return "an array";
    case nlohmann::json::value_t::string:
      return "a string";
    case nlohmann::json::value_t::boolean:
      return "a boolean";
    case nlohmann::json::value_t::null:
      return "null";
    default:
      return "a number";
  }
}

}  // namespace wafcheck::formats
