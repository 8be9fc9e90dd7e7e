#pragma once
// Writes JSON straight into a string: what we emit is known in shape, and may hold any bytes.

#include <concepts>
#include <cstdint>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::formats {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  /// As string(): header names may hold any bytes, too.
  void key(std::string_view name);

  /// Text that is valid UTF-8; other bytes become `\xHH` escapes.
  void string(std::string_view text);
  template <std::integral T>
  void number(T value) {
    comma();
    out_.append(std::to_string(value));
  }
  void number(double value, int digits);
  void boolean(bool value);
  void null();
  /// JSON that is ready, such as another writer's output.
  void raw(std::string_view json);

  /// `"key":text`, and `"key_base64"` beside it where the bytes are not valid UTF-8.
  void bytes(std::string_view name, std::string_view value);
  void member(std::string_view name, std::string_view value) { key(name); string(value); }
  /// `"key":[text,...]`
  template <std::ranges::input_range Texts>
  void texts(std::string_view name, const Texts& values) {
    key(name);
    begin_array();
    for (const std::string_view value : values) string(value);
    end_array();
  }

 private:
  void open(char bracket);
  void close(char bracket);
  void comma();

  std::string& out_;
  bool first_ = true;
};

}  // namespace wafcheck::formats
