// Form fields of a HAR (`postData.params`) as the body that carried them.

#include "formats/har_entry.h"
#include "parser/ascii.h"

namespace wafcheck::formats {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

void append_percent(std::string& out, char byte) {
  const auto c = static_cast<unsigned char>(byte);
  out += '%';
  out += kHex[c >> 4];
  out += kHex[c & 0xF];
}

void append_form_escaped(std::string& out, std::string_view bytes) {
  for (const char byte : bytes) {
    const auto c = static_cast<unsigned char>(byte);
    if (is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '*') {
      out += byte;
    } else if (c == ' ') {
      out += '+';
    } else {
      append_percent(out, byte);
    }
  }
}

/// A name inside a quoted string of Content-Disposition, as browsers write it.
void append_quoted(std::string& out, std::string_view name) {
  out += '"';
  for (const char c : name) {
    if (c == '"' || c == '\r' || c == '\n') {
      append_percent(out, c);
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

/// Source: WHATWG URL, application/x-www-form-urlencoded serializing.
std::string encode_urlencoded(const std::vector<HarParam>& params) {
  std::string body;
  for (const HarParam& param : params) {
    if (!body.empty()) body += '&';
    append_form_escaped(body, param.name);
    body += '=';
    append_form_escaped(body, param.value);
  }
  return body;
}

/// Source: RFC 7578; WHATWG HTML, multipart/form-data encoding, for the escapes.
std::string encode_multipart(const std::vector<HarParam>& params, std::string_view boundary) {
  std::string body;
  for (const HarParam& param : params) {
    body += "--";
    body += boundary;
    body += "\r\nContent-Disposition: form-data; name=";
    append_quoted(body, param.name);
    if (param.is_file) {
      body += "; filename=";
      append_quoted(body, param.file_name);
    }
    if (!param.content_type.empty()) body += "\r\nContent-Type: " + param.content_type;
    body += "\r\n\r\n" + param.value + "\r\n";
  }
  body += "--";
  body += boundary;
  return body + "--\r\n";
}

}  // namespace wafcheck::formats
