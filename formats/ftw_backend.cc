// The backend behind CRS's regression tests: it answers 200 to anything, and reflects a response
// that the request describes. The defaults of the server it is written with (Go's) are kept where
// rules can see them: Content-Type is sniffed, Content-Length is there.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "formats/ftw.h"
#include "formats/ftw_codec.h"
#include "formats/http_message.h"
#include "formats/http_reasons.h"
#include "parser/ascii.h"
#include "parser/utf8.h"

namespace wafcheck::formats {

namespace {

using Json = nlohmann::json;

constexpr size_t kMaxReflections = 10'000;
constexpr size_t kSniffed = 512;  // bytes of a body that Content-Type is guessed from

// --- Content-Type of a body, after WHATWG's MIME Sniffing standard
// --------------------------------

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

/// A member, whatever the case of its name; null where there is none or it is null.
const Json* member(const Json& object, std::string_view name) {
  if (const auto exact = object.find(name); exact != object.end()) {
    return exact->is_null() ? nullptr : &*exact;
  }
  for (auto it = object.begin(); it != object.end(); ++it) {
    if (iequals(it.key(), name)) return it->is_null() ? nullptr : &*it;
  }
  return nullptr;
}

/// A string member; false where it is something else. An absent one leaves `into`.
bool read_string(const Json& object, std::string_view name, std::string& into) {
  const Json* value = member(object, name);
  if (!value) return true;
  if (!value->is_string()) return false;
  into = value->get_ref<const std::string&>();
  return true;
}

bool read_headers(const Json& spec, std::vector<Header>& headers) {
  const Json* values = member(spec, "headers");
  if (!values) return true;
  if (!values->is_object()) return false;
  for (auto it = values->begin(); it != values->end(); ++it) {
    if (!it->is_string()) return false;
    if (!is_token(it.key())) continue;  // the server drops these too
    std::string value = it->get_ref<const std::string&>();
    for (char& c : value) {
      if (c == '\r' || c == '\n') c = ' ';
    }
    headers.emplace_back(it.key(), std::move(value));
  }
  return true;
}

/// What a spec describes; no value where its JSON does not have the right shape.
std::optional<Response> reflect(const Json& spec) {
  if (spec.is_null()) return finished(200, {}, {});
  if (!spec.is_object()) return std::nullopt;
  std::vector<Header> headers;
  std::string body, encoded_body, log_message;
  const Json* status = member(spec, "status");
  if (status && !status->is_number_integer()) return std::nullopt;
  if (!read_headers(spec, headers) || !read_string(spec, "body", body) ||
      !read_string(spec, "encodedBody", encoded_body) ||
      !read_string(spec, "logMessage", log_message)) {
    return std::nullopt;
  }
  const int64_t code = status ? status->get<int64_t>() : 0;
  if (code != 0 && (code < 100 || code >= 600)) {
    return bad_request(fmt::format("Invalid status code: {}", code));
  }
  if (body.empty() && !encoded_body.empty()) {
    auto decoded = ftw_base64_decode(encoded_body);
    if (!decoded) return bad_request("invalid base64 encoding of response body");
    body = *std::move(decoded);
  }
  return finished(code == 0 ? 200 : static_cast<int>(code), std::move(headers), std::move(body));
}

Json parse_json(std::string_view body) {
  return Json::parse(as_utf8(body), nullptr, false);
}

Response invalid_json() {
  return bad_request("Invalid JSON in request body");
}

Response reflection(std::string_view body) {
  const Json spec = parse_json(body);
  if (spec.is_discarded()) return invalid_json();
  return reflect(spec).value_or(invalid_json());
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
  nlohmann::ordered_json endpoints = nlohmann::ordered_json::array();
  for (const Capability& row : kCapabilities) {
    nlohmann::ordered_json endpoint = {{"path", row.path}};
    if (!quiet) {
      endpoint["methods"] = {row.method};
      endpoint["contentType"] = row.content_type;
      endpoint["description"] = row.description;
    }
    endpoints.push_back(std::move(endpoint));
  }
  const nlohmann::ordered_json document = {{"endpoints", std::move(endpoints)}};
  return finished(200, {{"Content-Type", "application/json"}},
                  document.dump(query_says(query, "pretty=true") ? 2 : -1));
}

}  // namespace

Response FtwBackend::configure(std::string_view body) {
  const Json spec = parse_json(body);
  if (!spec.is_object()) return invalid_json();
  auto answer = reflect(spec);
  const Json* endpoints = member(spec, "endpoints");
  if (!answer || (endpoints && !endpoints->is_array())) return invalid_json();
  const auto shared = std::make_shared<const Response>(*std::move(answer));
  if (!endpoints) return finished(200, {}, {});
  if (endpoints->size() > kMaxReflections - reflections_.size()) {
    return bad_request(fmt::format("More than {} endpoints", kMaxReflections));
  }
  for (const Json& endpoint : *endpoints) {
    std::string method, url;
    if (!endpoint.is_object() || !read_string(endpoint, "method", method) ||
        !read_string(endpoint, "url", url)) {
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
  const auto found = reflections_.find({request.method, request.uri});
  return found == reflections_.end() ? finished(200, {}, {}) : *found->second;
}

}  // namespace wafcheck::formats
