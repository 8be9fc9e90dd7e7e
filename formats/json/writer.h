#pragma once
// Writes JSON straight into a string. What is written may hold any bytes.

#include <concepts>
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::formats::inline json {

class JsonWriter {
 public:
  /// `indent`: of each level, a line a value; 0: all on one line without blanks.
  explicit JsonWriter(std::string& out, size_t indent = 0) : out_(out), indent_(indent) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  /// As string(): header names may hold any bytes, too.
  void key(std::string_view name);
  /// A name that stands in the code: plain ASCII, of which nothing has to be escaped.
  template <size_t N>
  void key(const char (&name)[N]) {
    plain_key({name, N - 1});
  }

  /// Text that is valid UTF-8; other bytes become `\xHH` escapes.
  void string(std::string_view text);
  template <std::integral T>
  void number(T value) {
    comma();
    out_.append(std::to_string(value));
  }
  void number(double value, int digits);
  /// `"key":number`, or null.
  template <std::integral T>
  void number(std::string_view name, const std::optional<T>& value) {
    key(name);
    if (value) {
      number(*value);
    } else {
      null();
    }
  }
  void boolean(bool value);
  void null();
  /// JSON text, such as another writer's output.
  void raw(std::string_view json);

  /// `"key":text`, and `"key_base64"` beside it where the bytes are not valid UTF-8.
  void bytes(std::string_view name, std::string_view value) {
    key(name);
    bytes_of(name, value);
  }
  template <size_t N>
  void bytes(const char (&name)[N], std::string_view value) {
    key(name);
    bytes_of({name, N - 1}, value);
  }
  void member(std::string_view name, std::string_view value) {
    key(name);
    string(value);
  }
  template <size_t N>
  void member(const char (&name)[N], std::string_view value) {
    key(name);
    string(value);
  }
  /// `"key":[text,...]`
  template <std::ranges::input_range Texts>
  void texts(std::string_view name, const Texts& values) {
    key(name);
    begin_array();
    for (const std::string_view value : values) string(value);
    end_array();
  }

 private:
  void plain_key(std::string_view name);
  void end_key();
  void bytes_of(std::string_view name, std::string_view value);
  void open(char bracket);
  void close(char bracket);
  void comma();
  void new_line();

  std::string& out_;
  const size_t indent_;
  size_t depth_ = 0;
  bool first_ = true;       ///< of the values in the container at hand
  bool after_key_ = false;  ///< the value follows on the same line, without a comma
};

}  // namespace wafcheck::formats::inline json
