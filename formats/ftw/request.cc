// The bytes of a stage's request, as the regression runner of CRS sends them.

#include <fmt/format.h>

#include <algorithm>

#include "formats/ftw/codec.h"
#include "formats/ftw/ftw.h"
#include "formats/ftw/template.h"
#include "formats/traffic/http_message.h"
#include "parser/base/ascii.h"

namespace wafcheck::formats::inline ftw {

namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";
constexpr std::string_view kMultipart = "multipart/form-data;";

template <typename Holds>
bool any_content_type(const std::vector<Header>& headers, Holds holds) {
  for (const Header& header : headers) {
    if (iequals(header.first, "Content-Type") && holds(header.second)) return true;
  }
  return false;
}

bool is_form(std::string_view value) {
  return iequals(value, kForm);
}

bool is_multipart(std::string_view value) {
  for (size_t at = 0; at + kMultipart.size() <= value.size(); ++at) {
    if (istarts_with(value.substr(at), kMultipart)) return true;
  }
  return false;
}

/// Escapes names and values, not the `=` and `&` between them. An `&` at the very end goes.
std::string encode_form(std::string_view body) {
  std::string encoded;
  while (!body.empty()) {
    const size_t end = std::min(body.find('&'), body.size());
    const std::string_view piece = body.substr(0, end);
    const size_t equals = piece.find('=');
    encoded += query_escape(piece.substr(0, equals));
    if (equals != piece.npos) encoded += '=' + query_escape(piece.substr(equals + 1));
    encoded += '&';
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  encoded.pop_back();
  return encoded;
}

std::string with_crlf(std::string_view body) {
  std::string result;
  result.reserve(body.size() + body.size() / 16);
  for (const char c : body) {
    if (c == '\n') result += '\r';
    result += c;
  }
  return result;
}

// go-ftw's expression is ^POST|PUT|PATCH|DELETE$: the anchors bind to the outer two only.
bool wants_content_length(std::string_view method) {
  return method.starts_with("POST") || method.find("PUT") != method.npos ||
         method.find("PATCH") != method.npos || method.ends_with("DELETE");
}

Result<std::string> body_of(const FtwInput& input) {
  if (input.data) {
    FtwExpansion expansion = expand_ftw_template(*input.data, input.payload);
    if (expansion.too_long) return fail("data: " + expansion.error);
    return std::move(expansion.text);
  }
  if (!input.encoded_data) return std::string();
  auto decoded = ftw_base64_decode(*input.encoded_data);
  if (!decoded) return fail("encoded_data: expected base64");
  return *std::move(decoded);
}

}  // namespace

Result<std::string> build_request(const FtwInput& input) {
  if (input.encoded_request && !input.encoded_request->empty()) {
    if (input.data && !input.data->empty()) {
      return fail("expected either data or encoded_request, found both");
    }
    auto decoded = ftw_base64_decode(*input.encoded_request);
    if (!decoded) return fail("encoded_request: expected base64");
    return *std::move(decoded);
  }
  Result<std::string> body = body_of(input);
  if (!body) return body;

  std::vector<Header> headers(input.headers.begin(), input.headers.end());
  if (input.ordered_headers) headers = *input.ordered_headers;

  if (input.autocomplete_headers && !body->empty()) {
    if (!has_header(headers, "Content-Type")) headers.emplace_back("Content-Type", kForm);
    const bool unescaped = body->find_first_of("%+") == body->npos;
    if (unescaped && any_content_type(headers, is_form)) *body = encode_form(*body);
  }
  if (any_content_type(headers, is_multipart)) *body = with_crlf(*body);
  if (input.autocomplete_headers) {
    if (!has_header(headers, "Connection")) headers.emplace_back("Connection", "close");
    if (!has_header(headers, "Content-Length") &&
        (!body->empty() || wants_content_length(input.method))) {
      headers.emplace_back("Content-Length", std::to_string(body->size()));
    }
  }

  std::string bytes = input.method + ' ' + input.uri + ' ' + input.version + "\r\n";
  for (const auto& [name, value] : headers) {
    bytes += name;
    bytes += ": ";
    bytes += value;
    bytes += "\r\n";
  }
  bytes += "\r\n";
  bytes += *body;
  return bytes;
}

}  // namespace wafcheck::formats::inline ftw
