#pragma once
// JSON inside an HTML page: whatever bytes it holds, none of them is markup.

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace wafcheck::formats::inline html {

/// A JSON text that may stand in a <script> element. Its meaning stays the same: what could be
/// markup or end a line of a script is written as an escape.
std::string script_json(std::string_view json);

/// Appends bytes as a JSON string for a <script> element. A byte 0xHH that is not part of valid
/// UTF-8 becomes the code unit U+DCHH, which no text holds, so that nothing is lost.
void append_script_string(std::string& out, std::string_view bytes);

/// Builds a JSON array for a <script> element. Nulls at its end are left out: an array is as short
/// as what it says.
class ScriptArray {
 public:
  ScriptArray& null();
  template <std::integral T>
  ScriptArray& number(T value) {
    return raw(std::to_string(value));
  }
  ScriptArray& string(std::string_view bytes);
  /// JSON that may stand in a script, such as another array.
  ScriptArray& raw(std::string_view json);
  std::string text() const;

 private:
  std::string out_ = "[";
  size_t end_ = 1;  ///< behind the last value that is not null
};

}  // namespace wafcheck::formats::inline html
