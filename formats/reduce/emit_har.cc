#include <algorithm>

#include "formats/json/writer.h"
#include "formats/reduce/emit.h"
#include "parser/base/ascii.h"
#include "parser/base/base64.h"
#include "parser/base/iso8601.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline reduce {
namespace {

void write_har_headers(JsonWriter& json, const std::vector<Header>& headers) {
  json.key("cookies");
  json.begin_array();
  json.end_array();
  json.key("headers");
  json.begin_array();
  for (const auto& [name, value] : headers) {
    json.begin_object();
    json.member("name", name);
    json.member("value", value);
    json.end_object();
  }
  json.end_array();
}

void write_har_sizes(JsonWriter& json, size_t body_bytes) {
  json.key("headersSize");
  json.number(-1);
  json.key("bodySize");
  json.number(body_bytes);
}

void write_har_text(JsonWriter& json, std::string_view bytes) {
  const bool is_text = is_valid_utf8(bytes);
  json.member("text", is_text ? bytes : base64_encode(bytes));
  if (!is_text) json.member("encoding", "base64");
}

std::string_view media_type(const std::vector<Header>& headers) {
  const auto type = std::ranges::find_if(
      headers, [](const Header& header) { return iequals(header.first, "Content-Type"); });
  return type == headers.end() ? std::string_view() : type->second;
}

void write_har_request(JsonWriter& json, const Request& request) {
  const auto host = std::ranges::find_if(
      request.headers, [](const Header& header) { return iequals(header.first, "Host"); });
  const bool is_path = request.uri.starts_with('/');
  json.begin_object();
  json.member("method", request.method);
  json.member("url", !is_path                        ? request.uri
                     : host == request.headers.end() ? "http://localhost" + request.uri
                                                     : "http://" + host->second + request.uri);
  json.member("httpVersion", request.protocol);
  write_har_headers(json, request.headers);
  json.key("queryString");
  json.begin_array();
  json.end_array();
  if (!request.body.empty()) {
    json.key("postData");
    json.begin_object();
    json.member("mimeType", media_type(request.headers));
    write_har_text(json, request.body);
    json.end_object();
  }
  write_har_sizes(json, request.body.size());
  json.end_object();
}

/// HAR wants one: status 0 says that there was none.
void write_har_response(JsonWriter& json, const std::optional<Response>& answer) {
  const Response response = answer.value_or(Response{0, {}, "HTTP/1.1", {}, {}});
  json.begin_object();
  json.key("status");
  json.number(response.status);
  json.member("statusText", response.reason);
  json.member("httpVersion", response.protocol);
  write_har_headers(json, response.headers);
  json.key("content");
  json.begin_object();
  json.key("size");
  json.number(response.body.size());
  json.member("mimeType", media_type(response.headers));
  if (!response.body.empty()) write_har_text(json, response.body);
  json.end_object();
  json.member("redirectURL", "");
  write_har_sizes(json, response.body.size());
  json.end_object();
}

bool is_text(const std::vector<Header>& headers) {
  return std::ranges::all_of(headers, [](const Header& header) {
    return is_valid_utf8(header.first) && is_valid_utf8(header.second);
  });
}

}  // namespace

Result<std::string> har_document(const Exchange& exchange) {
  const Request& request = exchange.request;
  if (!is_valid_utf8(request.uri)) return fail("its target is no UTF-8");
  if (!is_text(request.headers) || (exchange.response && !is_text(exchange.response->headers))) {
    return fail("a header is no UTF-8");
  }
  std::string out;
  JsonWriter json(out, 2);
  json.begin_object();
  json.key("log");
  json.begin_object();
  json.member("version", "1.2");
  json.key("creator");
  json.begin_object();
  json.member("name", "wafcheck");
  json.member("version", WAFCHECK_VERSION);
  json.end_object();
  json.key("entries");
  json.begin_array();
  json.begin_object();
  json.member("startedDateTime", format_iso8601(exchange.time_us.value_or(0)));
  json.key("time");
  json.number(0);
  json.key("request");
  write_har_request(json, request);
  json.key("response");
  write_har_response(json, exchange.response);
  json.key("cache");
  json.begin_object();
  json.end_object();
  json.key("timings");
  json.begin_object();
  for (const std::string_view timing : {"send", "wait", "receive"}) {
    json.key(timing);
    json.number(0);
  }
  json.end_object();
  json.end_object();
  json.end_array();
  json.end_object();
  json.end_object();
  return out + "\n";
}

}  // namespace wafcheck::formats::inline reduce
