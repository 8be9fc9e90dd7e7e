#include "formats/json/writer.h"

#include <fmt/format.h>

#include "parser/base/base64.h"
#include "parser/base/escape.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline json {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char byte : text) {
    switch (byte) {
      case '"':
        out.append("\\\"");
        break;
      case '\\':
        out.append("\\\\");
        break;
      case '\n':
        out.append("\\n");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '\t':
        out.append("\\t");
        break;
      default:
        if (static_cast<unsigned char>(byte) < 0x20) {
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(byte));
        } else {
          out.push_back(byte);
        }
    }
  }
  out.push_back('"');
}

}  // namespace

void JsonWriter::new_line() {
  if (indent_ == 0) return;
  out_.push_back('\n');
  out_.append(depth_ * indent_, ' ');
}

void JsonWriter::comma() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_.push_back(',');
  if (depth_ > 0) new_line();
  first_ = false;
}

void JsonWriter::open(char bracket) {
  comma();
  out_.push_back(bracket);
  ++depth_;
  first_ = true;
}

void JsonWriter::close(char bracket) {
  --depth_;
  if (!first_) new_line();
  out_.push_back(bracket);
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  string(name);
  out_.append(indent_ == 0 ? ":" : ": ");
  after_key_ = true;
}

void JsonWriter::string(std::string_view text) {
  comma();
  if (is_valid_utf8(text)) {
    append_escaped(out_, text);
  } else {
    append_escaped(out_, escape_invalid_utf8(text));
  }
}

void JsonWriter::number(double value, int digits) {
  comma();
  fmt::format_to(std::back_inserter(out_), "{:.{}f}", value, digits);
}

void JsonWriter::boolean(bool value) {
  comma();
  out_.append(value ? "true" : "false");
}

void JsonWriter::null() {
  comma();
  out_.append("null");
}

void JsonWriter::raw(std::string_view json) {
  comma();
  out_.append(json);
}

void JsonWriter::bytes(std::string_view name, std::string_view value) {
  key(name);
  string(value);
  if (is_valid_utf8(value)) return;
  key(std::string(name) + "_base64");
  string(base64_encode(value));
}

}  // namespace wafcheck::formats::inline json
