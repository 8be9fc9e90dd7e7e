#include "formats/json/writer.h"

#include <fmt/format.h>

#include "formats/json/escape.h"
#include "formats/json/scan.h"
#include "parser/base/base64.h"
#include "parser/base/escape.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline json {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  out.push_back('"');
  for (size_t at = 0;;) {
    const size_t stop = find_stop<StringStop>(text, at);
    out.append(text, at, stop - at);
    if (stop == text.size()) break;
    append_escaped_byte(out, text[stop]);
    at = stop + 1;
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
  end_key();
}

void JsonWriter::plain_key(std::string_view name) {
  comma();
  out_.push_back('"');
  out_.append(name);
  out_.push_back('"');
  end_key();
}

void JsonWriter::end_key() {
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

void JsonWriter::bytes_of(std::string_view name, std::string_view value) {
  string(value);
  if (is_valid_utf8(value)) return;
  key(std::string(name) + "_base64");
  string(base64_encode(value));
}

}  // namespace wafcheck::formats::inline json
