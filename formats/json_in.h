#pragma once
// JSON text in: checked once, then read where it stands. Nothing is built, so that a document costs
// no more memory than what is taken out of it, however many small values it holds.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "parser/result.h"

namespace wafcheck::formats {

/// One value in the text of a document that parse_json() has accepted; the text must outlive it.
class JsonValue {
 public:
  enum class Kind : uint8_t { missing, null, boolean, number, string, object, array };

  JsonValue() = default;  ///< a member that is not there
  Kind kind() const;
  /// Whether there is anything: a member that is JSON null counts as missing.
  explicit operator bool() const { return kind() > Kind::null; }
  bool is(Kind wanted) const { return kind() == wanted; }
  /// As it stands in the document.
  std::string_view text() const { return text_; }

  /// Of a string: its bytes, without quotes and escapes; UTF-8.
  std::string string() const;
  /// Of a number: the integer it is; none where it is written as a fraction, or too large.
  std::optional<int64_t> integer() const;
  /// Of a number; none where it is beyond what a double can hold.
  std::optional<double> number() const;

  /// The members of those names, in one pass over the value; of equal ones the last. None of them
  /// is there where the value is no object.
  template <typename... Names>
  std::array<JsonValue, sizeof...(Names)> members(const Names&... names) const {
    const std::array<std::string_view, sizeof...(Names)> wanted{names...};
    std::array<JsonValue, sizeof...(Names)> found;
    find(wanted, found);
    return found;
  }
  JsonValue member(std::string_view name) const { return members(name)[0]; }

 private:
  friend class JsonElements;
  friend Result<JsonValue> parse_json(std::string_view text, size_t depth);
  explicit JsonValue(std::string_view text) : text_(text) {}
  void find(std::span<const std::string_view> names, std::span<JsonValue> found) const;

  std::string_view text_;
};

/// The elements of an array, one after the other.
class JsonElements {
 public:
  /// None where `array` is no array.
  explicit JsonElements(JsonValue array);
  std::optional<JsonValue> next();

 private:
  std::string_view rest_;
};
size_t count_elements(JsonValue array);

/// Checks one JSON document (RFC 8259; whitespace around it and a byte order mark before it are
/// fine), its brackets nested at most `depth` deep. Strings must be valid UTF-8. The error's
/// message says what was found and expected, `at` is where in `text`; 0 for the depth. Linear time;
/// memory bounded by the depth.
Result<JsonValue> parse_json(std::string_view text, size_t depth);

/// "a string", "an array" … for messages.
std::string_view json_kind(JsonValue value);

}  // namespace wafcheck::formats
