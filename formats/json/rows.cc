#include "formats/json/rows.h"

#include <fmt/format.h>

#include <utility>

#include "parser/base/base64.h"

namespace wafcheck::formats::inline json {

uint64_t JsonTaker::number(JsonValue from, std::string_view name) {
  const auto number = from.member(name).integer();
  if (number && *number >= 0) return static_cast<uint64_t>(*number);
  refuse(name, "a count");
  return 0;
}

std::optional<uint64_t> JsonTaker::optional_number(JsonValue from, std::string_view name) {
  return from.member(name) ? std::optional(number(from, name)) : std::nullopt;
}

int64_t JsonTaker::integer(JsonValue from, std::string_view name) {
  const auto number = from.member(name).integer();
  if (!number) refuse(name, "an integer");
  return number.value_or(0);
}

std::optional<int64_t> JsonTaker::optional_integer(JsonValue from, std::string_view name) {
  return from.member(name) ? std::optional(integer(from, name)) : std::nullopt;
}

double JsonTaker::real(JsonValue from, std::string_view name) {
  const auto number = from.member(name).number();
  if (!number) refuse(name, "a number");
  return number.value_or(0);
}

bool JsonTaker::boolean(JsonValue from, std::string_view name) {
  const JsonValue value = from.member(name);
  if (!value.is(JsonValue::Kind::boolean)) refuse(name, "true or false");
  return value.text() == "true";
}

std::string JsonTaker::bytes(JsonValue from, std::string_view name) {
  const JsonValue text = from.member(name);
  if (!text.is(JsonValue::Kind::string)) refuse(name, "a string");
  // Bytes that are no UTF-8 are shown with backslashes.
  const bool plain = text.text().find('\\') == std::string_view::npos;
  const JsonValue encoded = plain ? JsonValue() : from.member(std::string(name) + "_base64");
  if (!encoded) return text.string();
  auto decoded = base64_decode_lenient(encoded.string());
  if (!decoded) refuse(name, "base64");
  return decoded ? std::move(*decoded) : std::string();
}

void JsonTaker::refuse(std::string_view name, std::string_view wanted) {
  if (fault_.empty()) fault_ = fmt::format("\"{}\" is not {}", name, wanted);
}

}  // namespace wafcheck::formats::inline json
