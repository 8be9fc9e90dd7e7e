#include "formats/html/script_json.h"

#include <algorithm>

#include "formats/json/escape.h"
#include "parser/base/escape.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline html {
namespace {

/// LINE SEPARATOR and PARAGRAPH SEPARATOR, which are line ends to a script.
constexpr std::string_view kLineEnds[] = {"\u2028", "\u2029"};

/// The escape of a character that a script must not hold; empty: it may stand as it is.
std::string_view script_escape(std::string_view character) {
  if (character == "<") return "\\u003c";
  if (character == kLineEnds[0]) return "\\u2028";
  if (character == kLineEnds[1]) return "\\u2029";
  return {};
}

}  // namespace

std::string script_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    const size_t plain = std::min(json.find_first_of("<\xE2"), json.size());
    out += json.substr(0, plain);
    json.remove_prefix(plain);
    if (json.empty()) break;
    const size_t length = std::max<size_t>(utf8_length(json), 1);
    const std::string_view character = json.substr(0, length);
    const std::string_view escape = script_escape(character);
    out += escape.empty() ? character : escape;
    json.remove_prefix(length);
  }
  return out;
}

void append_script_string(std::string& out, std::string_view bytes) {
  out += '"';
  while (!bytes.empty()) {
    const size_t length = utf8_length(bytes);
    const std::string_view character = bytes.substr(0, std::max<size_t>(length, 1));
    if (length == 0) {
      out += "\\udc";
      append_hex(out, bytes.front());
    } else if (const std::string_view escape = script_escape(character); !escape.empty()) {
      out += escape;
    } else if (length == 1) {
      append_escaped_byte(out, bytes.front());
    } else {
      out += character;
    }
    bytes.remove_prefix(character.size());
  }
  out += '"';
}

ScriptArray& ScriptArray::null() {
  if (out_.size() > 1) out_ += ',';
  out_ += "null";
  return *this;
}

ScriptArray& ScriptArray::string(std::string_view bytes) {
  if (out_.size() > 1) out_ += ',';
  append_script_string(out_, bytes);
  end_ = out_.size();
  return *this;
}

ScriptArray& ScriptArray::raw(std::string_view json) {
  if (out_.size() > 1) out_ += ',';
  out_ += json;
  end_ = out_.size();
  return *this;
}

std::string ScriptArray::text() const {
  return out_.substr(0, end_) + ']';
}

}  // namespace wafcheck::formats::inline html
