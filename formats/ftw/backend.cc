// The backend behind CRS's regression tests: it answers 200 to anything, and reflects a response
// that the request describes. The defaults of the server it is written with (Go's) are kept where
// rules can see them: Content-Type is sniffed, Content-Length is there.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "formats/ftw/codec.h"
#include "formats/ftw/ftw.h"
#include "formats/json/reader.h"
#include "formats/json/writer.h"
#include "formats/traffic/http_message.h"
#include "formats/traffic/http_reasons.h"
#include "parser/base/ascii.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline ftw {

namespace {

using Kind = JsonValue::Kind;

constexpr size_t kMaxReflections = 10'000;
constexpr size_t kSniffed = 512;  // bytes of a body that Content-Type is guessed from

// --- Content-Type of a body, after WHATWG's MIME Sniffing standard

struct Signature {
  std::string_view start, type;
};
using namespace std::string_view_literals;
constexpr Signature kSignatures[] = {
    {"%PDF-"sv, "application/pdf"sv},
    {"%!PS-Adobe-"sv, "application/postscript"sv},
    {"\xFE\xFF"sv, "text/plain; charset=utf-16be"sv},
    {"\xFF\xFE"sv, "text/plain; charset=utf-16le"sv},
    {"\xEF\xBB\xBF"sv, "text/plain; charset=utf-8"sv},
    {"GIF87a"sv, "image/gif"sv},
    {"GIF89a"sv, "image/gif"sv},
    {"\x89PNG\r\n\x1A\n"sv, "image/png"sv},
    {"\xFF\xD8\xFF"sv, "image/jpeg"sv},
    {"PK\x03\x04"sv, "application/zip"sv},
    {"\x1F\x8B\x08"sv, "application/x-gzip"sv},
};

// A tag counts when a blank or `>` follows it; a comment always.
constexpr std::string_view kHtmlTags[] = {
    "<!DOCTYPE HTML", "<HTML", "<HEAD",  "<SCRIPT", "<IFRAME", "<H1",   "<DIV", "<FONT",
    "<TABLE",         "<A",    "<STYLE", "<TITLE",  "<B",      "<BODY", "<BR",  "<P"};

bool starts_html(std::string_view text) {
  if (text.starts_with("<!--")) return true;
  for (const std::string_view tag : kHtmlTags) {
    if (!istarts_with(text, tag) || text.size() == tag.size()) continue;
    if (text[tag.size()] == ' ' || text[tag.size()] == '>') return true;
  }
  return false;
}

bool is_binary(unsigned char c) {
  return c < 0x09 || c == 0x0B || (c >= 0x0E && c <= 0x1A) || (c >= 0x1C && c <= 0x1F);
}

std::string_view sniff(std::string_view body) {
  body = body.substr(0, kSniffed);
  const std::string_view text =
      body.substr(std::min(body.find_first_not_of("\t\n\f\r "), body.size()));
  if (starts_html(text)) return "text/html; charset=utf-8";
  if (text.starts_with("<?xml")) return "text/xml; charset=utf-8";
  for (const auto& [start, type] : kSignatures) {
    if (body.starts_with(start)) return type;
  }
  for (const char c : text) {
    if (is_binary(static_cast<unsigned char>(c))) return "application/octet-stream";
  }
  return "text/plain; charset=utf-8";
}

// --- responses -----------------------------------------------------------------------------------

/// Adds what the server adds by itself.
Response finished(int status, std::vector<Header> headers, std::string body) {
  Response response;
  response.status = status;
  response.reason = http_reason(status).phrase;
  response.headers = std::move(headers);
  if (status < 200 || status == 204 || status == 304) return response;  // never have a body
  if (!body.empty() && !has_header(response.headers, "Content-Type") &&
      !has_header(response.headers, "Content-Encoding")) {
    response.headers.emplace_back("Content-Type", sniff(body));
  }
  if (!has_header(response.headers, "Content-Length")) {
    response.headers.emplace_back("Content-Length", std::to_string(body.size()));
  }
  response.body = std::move(body);
  return response;
}

Response bad_request(std::string message) {
  return finished(400, {}, std::move(message));
}

// --- reflection ----------------------------------------------------------------------------------

/// Bytes that are no UTF-8 become U+FFFD, so that they do not make the JSON unreadable.
std::string as_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const size_t length = utf8_length(bytes);
    text += length == 0 ? "\xEF\xBF\xBD"sv : bytes.substr(0, length);
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return text;
}

/// A member of `object`: the one of that name, or else of one that differs in case only; missing
/// where there is none or it is null.
JsonValue member(JsonValue object, std::string_view name) {
  JsonValue value = object.member(name);
  if (!value.is(Kind::missing)) return value ? value : JsonValue();
  for (JsonMembers members(object); const auto each = members.next();) {
    if (iequals(each->name.string(), name)) return each->value ? each->value : JsonValue();
  }
  return {};
}

/// A string member; false where it is something else. An absent one leaves `into`.
bool read_string(JsonValue object, std::string_view name, std::string& into) {
  const JsonValue value = member(object, name);
  if (!value) return true;
  if (!value.is(Kind::string)) return false;
  into = value.string();
  return true;
}

/// Headers come out sorted by name; of equal names the last counts.
bool read_headers(JsonValue spec, std::vector<Header>& headers) {
  const JsonValue values = member(spec, "headers");
  if (!values) return true;
  if (!values.is(Kind::object)) return false;
  std::map<std::string, JsonValue> sorted;
  for (JsonMembers members(values); const auto each = members.next();) {
    sorted.insert_or_assign(each->name.string(), each->value);
  }
  for (const auto& [name, text] : sorted) {
    if (!text.is(Kind::string)) return false;
    if (!is_token(name)) continue;  // the server drops these too
    std::string value = text.string();
    for (char& c : value) {
      if (c == '\r' || c == '\n') c = ' ';
    }
    headers.emplace_back(name, std::move(value));
  }
  return true;
}

/// What a spec describes; no value where its JSON does not have the right shape.
std::optional<Response> reflect(JsonValue spec) {
  if (spec.is(Kind::null)) return finished(200, {}, {});
  if (!spec.is(Kind::object)) return std::nullopt;
  std::vector<Header> headers;
  std::string body, encoded_body, log_message;
  const JsonValue status = member(spec, "status");
  const auto code = status ? status.is(Kind::number) ? status.integer() : std::nullopt : 0;
  if (!code || !read_headers(spec, headers) || !read_string(spec, "body", body) ||
      !read_string(spec, "encodedBody", encoded_body) ||
      !read_string(spec, "logMessage", log_message)) {
    return std::nullopt;
  }
  if (*code != 0 && (*code < 100 || *code >= 600)) {
    return bad_request(fmt::format("Invalid status code: {}", *code));
  }
  if (body.empty() && !encoded_body.empty()) {
    auto decoded = ftw_base64_decode(encoded_body);
    if (!decoded) return bad_request("invalid base64 encoding of response body");
    body = *std::move(decoded);
  }
  return finished(*code == 0 ? 200 : static_cast<int>(*code), std::move(headers), std::move(body));
}

constexpr size_t kJsonDepth = 200;

Response invalid_json() {
  return bad_request("Invalid JSON in request body");
}

Response reflection(std::string_view body) {
  const std::string text = as_utf8(body);
  const auto spec = parse_json(text, kJsonDepth);
  if (!spec) return invalid_json();
  return reflect(spec->root()).value_or(invalid_json());
}

// --- capabilities --------------------------------------------------------------------------------

struct Capability {
  const char *path, *method, *content_type, *description;
};
constexpr Capability kCapabilities[] = {
    {"/*", "any", "any", "Any other request is answered with status 200 and no body."},
    {"/capabilities", "GET", "-", "Lists the endpoints."},
    {"/reflect", "POST", "application/json",
     "Answers as the body says: status, headers, body or encodedBody, logMessage."},
    {"/configure_reflection", "POST", "application/json",
     "Makes other endpoints answer so: the fields of /reflect, and endpoints with method and url."},
    {"/inspect", "any", "any", "Accepts a request to be looked at in the log."},
    {"/reset", "PUT", "any", "Forgets configured endpoints."},
};

bool query_says(std::string_view query, std::string_view wanted) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    if (query.substr(0, end) == wanted) return true;
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return false;
}

Response capabilities(std::string_view query) {
  const bool quiet = query_says(query, "quiet=true");
  std::string document;
  JsonWriter json(document, query_says(query, "pretty=true") ? 2 : 0);
  json.begin_object();
  json.key("endpoints");
  json.begin_array();
  for (const Capability& row : kCapabilities) {
    json.begin_object();
    json.member("path", row.path);
    if (!quiet) {
      json.texts("methods", std::array{row.method});
      json.member("contentType", row.content_type);
      json.member("description", row.description);
    }
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return finished(200, {{"Content-Type", "application/json"}}, std::move(document));
}

}  // namespace

Response FtwBackend::configure(std::string_view body) {
  const std::string text = as_utf8(body);
  const auto document = parse_json(text, kJsonDepth);
  if (!document || !document->root().is(Kind::object)) return invalid_json();
  auto answer = reflect(document->root());
  const JsonValue endpoints = member(document->root(), "endpoints");
  if (!answer || (endpoints && !endpoints.is(Kind::array))) return invalid_json();
  const auto shared = std::make_shared<const Response>(*std::move(answer));
  if (!endpoints) return finished(200, {}, {});
  if (count_elements(endpoints) > kMaxReflections - reflections_.size()) {
    return bad_request(fmt::format("More than {} endpoints", kMaxReflections));
  }
  for (JsonElements elements(endpoints); const auto endpoint = elements.next();) {
    std::string method, url;
    if (!endpoint->is(Kind::object) || !read_string(*endpoint, "method", method) ||
        !read_string(*endpoint, "url", url)) {
      return invalid_json();
    }
    reflections_[{std::move(method), std::move(url)}] = shared;
  }
  return finished(200, {}, {});
}

Response FtwBackend::respond(const Request& request) {
  const std::string_view uri = request.uri;
  const size_t question = std::min(uri.find('?'), uri.size());
  const std::string_view path = uri.substr(0, question);
  const auto is = [&](std::string_view endpoint) {
    return path == endpoint || (path.starts_with(endpoint) && path[endpoint.size()] == '/');
  };
  const bool post = request.method == "POST";
  if (post && is("/reflect")) return reflection(request.body);
  if (post && is("/configure_reflection")) return configure(request.body);
  if (request.method == "PUT" && is("/reset")) {
    reset();
    return finished(200, {}, {});
  }
  if (is("/capabilities")) return capabilities(uri.substr(std::min(question + 1, uri.size())));
  const auto reflection = reflections_.find({request.method, request.uri});
  return reflection == reflections_.end() ? finished(200, {}, {}) : *reflection->second;
}

}  // namespace wafcheck::formats::inline ftw
