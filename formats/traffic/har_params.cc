// Form fields of a HAR (`postData.params`) as the body that carried them.

#include "formats/traffic/har_entry.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

std::string encoded(std::string_view bytes) {
  return form_encoded(bytes, [](char byte) {
    return is_alnum(static_cast<unsigned char>(byte)) || byte == '-' || byte == '_' ||
           byte == '.' || byte == '*';
  });
}

/// A name inside a quoted string of Content-Disposition, as browsers write it.
std::string quoted(std::string_view name) {
  const auto is_plain = [](char byte) { return byte != '"' && byte != '\r' && byte != '\n'; };
  return '"' + percent_encoded(name, is_plain) + '"';
}

}  // namespace

/// Source: WHATWG URL, application/x-www-form-urlencoded serializing.
std::string encode_urlencoded(const std::vector<HarParam>& params) {
  std::string body;
  for (const HarParam& param : params) {
    if (!body.empty()) body += '&';
    body += encoded(param.name) + '=' + encoded(param.value);
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
    body += quoted(param.name);
    if (param.is_file) {
      body += "; filename=";
      body += quoted(param.file_name);
    }
    if (!param.content_type.empty()) body += "\r\nContent-Type: " + param.content_type;
    body += "\r\n\r\n" + param.value + "\r\n";
  }
  body += "--";
  body += boundary;
  return body + "--\r\n";
}

}  // namespace wafcheck::formats::inline traffic
