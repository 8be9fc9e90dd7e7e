#pragma once
// The values of a JSON document, read where they stand in its text. Nothing is built of them, so
// that a document costs no more memory than what is taken out of it, however many small values it
// holds.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wafcheck::formats::inline json {

/// What is recorded of one object or array, so that a reader can step over it.
struct JsonContainer {
  size_t size = 0;   ///< of its text in bytes, brackets included
  size_t inner = 0;  ///< how many containers inside it are recorded: they follow it
};

/// One value of a JsonDocument (formats/json/reader.h), which must outlive it.
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

  /// The members of those names, in one pass over the object; of equal names the last. None of them
  /// is there where the value is no object.
  template <typename... Names>
  std::array<JsonValue, sizeof...(Names)> members(const Names&... names) const {
    const std::array<std::string_view, sizeof...(Names)> wanted{names...};
    std::array<JsonValue, sizeof...(Names)> values;
    find(wanted, values);
    return values;
  }
  JsonValue member(std::string_view name) const { return members(name)[0]; }

 private:
  friend class JsonItems;
  friend class JsonDocument;
  JsonValue(std::string_view text, std::span<const JsonContainer> containers)
      : text_(text), containers_(containers) {}
  void find(std::span<const std::string_view> names, std::span<JsonValue> values) const;

  std::string_view text_;
  /// Of a container: its own record and those of the containers in it; empty where there are none.
  std::span<const JsonContainer> containers_;
};

/// Walks over the text between the brackets of an object or array. The base of what follows.
class JsonItems {
 protected:
  JsonItems(JsonValue value, JsonValue::Kind kind);
  bool at_end() const { return rest_.empty(); }
  JsonValue take();
  void pass_separator();  ///< the colon or comma ahead, with the blanks around it

 private:
  std::string_view rest_;
  std::span<const JsonContainer> containers_;  ///< of the values ahead
};

/// The elements of an array, one after the other.
class JsonElements : JsonItems {
 public:
  /// None where `array` is no array.
  explicit JsonElements(JsonValue array) : JsonItems(array, JsonValue::Kind::array) {}
  std::optional<JsonValue> next();
};
size_t count_elements(JsonValue array);

/// The members of an object in the order of the text, equal names each for itself.
class JsonMembers : JsonItems {
 public:
  struct Member {
    JsonValue name, value;
  };
  /// None where `object` is no object.
  explicit JsonMembers(JsonValue object) : JsonItems(object, JsonValue::Kind::object) {}
  std::optional<Member> next();
};

/// The first name that two members of an object have; empty: there is none, or it is no object.
std::string repeated_member(JsonValue object);

/// "a string", "an array" … for messages.
std::string_view json_kind(JsonValue value);

}  // namespace wafcheck::formats::inline json
