#include "formats/har_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "formats/base64.h"
#include "formats/iso8601.h"
#include "formats/json_in.h"
#include "formats/utf8.h"
#include "parser/ascii.h"

namespace wafcheck::formats {
namespace {

using nlohmann::json;

std::unexpected<Error> wrong_kind(std::string_view path, std::string_view wanted,
                                  const json& value) {
  return fail(fmt::format("{} must be {}, not {}", path, wanted, json_kind(value)));
}

/// The string member `name`, moved out; empty where it is missing or null. Tools write numbers
/// where a string is meant (ports, header values): those count as text.
Result<std::string> text_member(json& object, const char* name, std::string_view path) {
  json* value = json_member(object, name);
  if (value == nullptr) return std::string();
  if (value->is_number() || value->is_boolean()) return value->dump();
  if (!value->is_string()) return wrong_kind(fmt::format("{}.{}", path, name), "a string", *value);
  return std::move(value->get_ref<std::string&>());
}

std::string* find_header(std::vector<Header>& headers, std::string_view name) {
  const auto found = std::ranges::find_if(
      headers, [&](const Header& header) { return iequals(header.first, name); });
  return found == headers.end() ? nullptr : &found->second;
}

/// Reads `headers` of a message. HTTP/2 pseudo-headers are taken out; `authority` receives
/// `:authority`.
Result<std::vector<Header>> read_headers(json& message, std::string_view path,
                                         const TrafficLimits& limits, std::string& authority) {
  std::vector<Header> headers;
  json* list = json_member(message, "headers");
  if (list == nullptr) return headers;
  const std::string list_path = fmt::format("{}.headers", path);
  if (!list->is_array()) return wrong_kind(list_path, "an array", *list);
  if (list->size() > limits.headers) {
    return fail(fmt::format("{} headers, the limit is {}", list->size(), limits.headers));
  }
  headers.reserve(list->size() + 1);
  for (size_t i = 0; i < list->size(); ++i) {
    json& item = (*list)[i];
    const std::string item_path = fmt::format("{}[{}]", list_path, i);
    if (!item.is_object()) return wrong_kind(item_path, "an object", item);
    auto name = text_member(item, "name", item_path);
    if (!name) return std::unexpected(std::move(name.error()));
    auto value = text_member(item, "value", item_path);
    if (!value) return std::unexpected(std::move(value.error()));
    if (name->size() + value->size() > limits.header_bytes) {
      return fail(fmt::format("{} is over the limit of {} bytes", item_path, limits.header_bytes));
    }
    if (name->starts_with(':')) {
      if (iequals(*name, ":authority")) authority = std::move(*value);
      continue;
    }
    headers.emplace_back(std::move(*name), std::move(*value));
  }
  return headers;
}

Result<std::string> decode_body(std::string text, std::string_view encoding,
                                std::string_view path) {
  if (!iequals(encoding, "base64")) return text;
  auto bytes = base64_decode_lenient(text);
  if (!bytes)
    return fail(
        fmt::format("{}: {} at its byte {}", path, bytes.error().message, bytes.error().at));
  return std::move(*bytes);
}

Result<std::vector<HarParam>> read_params(json& list) {
  std::vector<HarParam> params;
  if (!list.is_array()) return wrong_kind("request.postData.params", "an array", list);
  params.reserve(list.size());
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string path = fmt::format("request.postData.params[{}]", i);
    json& item = list[i];
    if (!item.is_object()) return wrong_kind(path, "an object", item);
    HarParam& param = params.emplace_back();
    param.is_file = json_member(item, "fileName") != nullptr;
    const std::pair<const char*, std::string HarParam::*> fields[] = {
        {"name", &HarParam::name},
        {"value", &HarParam::value},
        {"fileName", &HarParam::file_name},
        {"contentType", &HarParam::content_type}};
    for (const auto& [name, field] : fields) {
      auto text = text_member(item, name, path);
      if (!text) return std::unexpected(std::move(text.error()));
      param.*field = std::move(*text);
    }
  }
  return params;
}

/// The boundary parameter of a Content-Type; empty: none.
std::string boundary_of(std::string_view content_type) {
  size_t at = content_type.find(';');
  while (at != std::string_view::npos) {
    const size_t end = content_type.find(';', at + 1);
    const std::string_view parameter = trim_blanks(
        content_type.substr(at + 1, end == std::string_view::npos ? end : end - at - 1));
    if (istarts_with(parameter, "boundary=")) {
      std::string_view value = parameter.substr(9);
      if (value.starts_with('"')) {
        value.remove_prefix(1);
        value = value.substr(0, value.find('"'));
      }
      return std::string(value);
    }
    at = end;
  }
  return {};
}

/// A boundary that occurs in none of the fields; the same for the same fields. One pass: it ends in
/// one `x` more than any run that follows its stem.
std::string make_boundary(const std::vector<HarParam>& params) {
  constexpr std::string_view kStem = "wafcheck-form-boundary";
  size_t longest = 0;
  for (const HarParam& param : params) {
    for (const std::string* field : {&param.name, &param.value, &param.file_name}) {
      size_t at = 0;
      while ((at = field->find(kStem, at)) != std::string::npos) {
        at += kStem.size();
        const size_t end = std::min(field->find_first_not_of('x', at), field->size());
        longest = std::max(longest, end - at + 1);
        at = end;
      }
    }
  }
  return std::string(kStem) + std::string(longest, 'x');
}

/// Encodes form fields as their Content-Type says, and completes that header with the boundary
/// where it has none.
std::string encode_params(const std::vector<HarParam>& params, std::string& content_type) {
  const std::string_view type =
      trim_blanks(std::string_view(content_type).substr(0, content_type.find(';')));
  if (istarts_with(type, "multipart/")) {
    std::string boundary = boundary_of(content_type);
    if (boundary.empty()) {
      boundary = make_boundary(params);
      content_type += "; boundary=" + boundary;
    }
    return encode_multipart(params, boundary);
  }
  if (iequals(type, "text/plain")) {
    std::string body;
    for (const HarParam& param : params) body += param.name + "=" + param.value + "\r\n";
    return body;
  }
  return encode_urlencoded(params);
}

/// Gives a body without Content-Type the one that the HAR knows of: without it the body would not
/// be looked into.
void complete_content_type(std::vector<Header>& headers, const std::string& type,
                           std::string_view path, std::vector<std::string>& notes) {
  if (type.empty() || find_header(headers, "Content-Type") != nullptr) return;
  headers.emplace_back("Content-Type", type);
  notes.push_back(fmt::format("Content-Type taken from {}", path));
}

Result<void> read_post_data(json& post, Request& request, std::vector<std::string>& notes) {
  constexpr std::string_view kPath = "request.postData";
  if (!post.is_object()) return wrong_kind(kPath, "an object", post);
  auto type = text_member(post, "mimeType", kPath);
  if (!type) return std::unexpected(std::move(type.error()));
  auto text = text_member(post, "text", kPath);
  if (!text) return std::unexpected(std::move(text.error()));
  if (!text->empty()) {
    const char* key = json_member(post, "encoding") != nullptr ? "encoding" : "_encoding";
    auto encoding = text_member(post, key, kPath);
    if (!encoding) return std::unexpected(std::move(encoding.error()));
    auto body = decode_body(std::move(*text), *encoding, "request.postData.text");
    if (!body) return std::unexpected(std::move(body.error()));
    request.body = std::move(*body);
  } else if (json* list = json_member(post, "params")) {
    auto params = read_params(*list);
    if (!params) return std::unexpected(std::move(params.error()));
    if (!params->empty()) {
      std::string* header = find_header(request.headers, "Content-Type");
      request.body = encode_params(*params, header != nullptr ? *header : *type);
    }
  }
  if (!request.body.empty()) {
    complete_content_type(request.headers, *type, "request.postData.mimeType", notes);
  }
  return {};
}

Result<void> read_request(json& entry, const TrafficLimits& limits, Exchange& exchange) {
  json* in = json_member(entry, "request");
  if (in == nullptr) return fail("request is missing");
  if (!in->is_object()) return wrong_kind("request", "an object", *in);
  Request& request = exchange.request;

  for (const char* name : {"method", "url"}) {
    const json* value = json_member(*in, name);
    const std::string path = fmt::format("request.{}", name);
    if (value == nullptr) return fail(path + " is missing");
    if (!value->is_string()) return wrong_kind(path, "a string", *value);
    if (value->get_ref<const std::string&>().empty()) return fail(path + " is empty");
  }
  request.method = std::move((*in)["method"].get_ref<std::string&>());
  const std::string& url = (*in)["url"].get_ref<const std::string&>();
  auto split = split_url(url, request.method);
  if (!split) return std::unexpected(std::move(split.error()));
  request.uri = std::move(split->target);
  if (split->port != 0) exchange.server = Endpoint{"", split->port};

  auto version = text_member(*in, "httpVersion", "request");
  if (!version) return std::unexpected(std::move(version.error()));
  request.protocol = har_protocol(*version);

  std::string authority;
  auto headers = read_headers(*in, "request", limits, authority);
  if (!headers) return std::unexpected(std::move(headers.error()));
  request.headers = std::move(*headers);
  if (find_header(request.headers, "Host") == nullptr) {
    std::string& host = authority.empty() ? split->host : authority;
    if (!host.empty()) request.headers.emplace(request.headers.begin(), "Host", std::move(host));
  }

  if (json* post = json_member(*in, "postData")) {
    if (auto read = read_post_data(*post, request, exchange.notes); !read) return read;
  }
  const json* size = json_member(*in, "bodySize");
  if (request.body.empty() && size != nullptr && size->is_number() && size->get<double>() >= 1) {
    exchange.notes.push_back(
        fmt::format("the HAR does not hold the request body of {} bytes", size->dump()));
  }
  return {};
}

Result<void> read_content(json& content, Response& response, std::vector<std::string>& notes) {
  constexpr std::string_view kPath = "response.content";
  if (!content.is_object()) return wrong_kind(kPath, "an object", content);
  auto text = text_member(content, "text", kPath);
  if (!text) return std::unexpected(std::move(text.error()));
  auto encoding = text_member(content, "encoding", kPath);
  if (!encoding) return std::unexpected(std::move(encoding.error()));
  auto type = text_member(content, "mimeType", kPath);
  if (!type) return std::unexpected(std::move(type.error()));
  auto body = decode_body(std::move(*text), *encoding, "response.content.text");
  if (!body) return std::unexpected(std::move(body.error()));
  response.body = std::move(*body);
  if (!response.body.empty() && *type != "x-unknown") {
    complete_content_type(response.headers, *type, "response.content.mimeType", notes);
  }
  return {};
}

/// Some writers fold repeated Set-Cookie headers into one value with line feeds.
void split_set_cookie(std::vector<Header>& headers) {
  const auto folded = [](const Header& header) {
    return iequals(header.first, "Set-Cookie") && header.second.find('\n') != std::string::npos;
  };
  if (std::ranges::none_of(headers, folded)) return;
  std::vector<Header> flat;
  for (Header& header : headers) {
    if (!folded(header)) {
      flat.push_back(std::move(header));
      continue;
    }
    std::string_view rest = header.second;
    while (!rest.empty()) {
      const std::string_view cookie = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), cookie.size() + 1));
      flat.emplace_back(header.first, trim_blanks(cookie));
    }
  }
  headers = std::move(flat);
}

/// Leaves `exchange.response` unset where there was none: no member, or status 0 (a request that
/// was blocked or broken off).
Result<void> read_response(json& entry, const TrafficLimits& limits, Exchange& exchange) {
  json* in = json_member(entry, "response");
  if (in == nullptr) return {};
  if (!in->is_object()) return wrong_kind("response", "an object", *in);
  const json* status = json_member(*in, "status");
  if (status == nullptr) return {};
  if (!status->is_number()) return wrong_kind("response.status", "a number", *status);
  const double code = status->get<double>();
  if (code < 1) return {};
  if (code > 999) return fail(fmt::format("response.status {} is no HTTP status", status->dump()));

  Response response;
  response.status = static_cast<int>(code);
  auto reason = text_member(*in, "statusText", "response");
  if (!reason) return std::unexpected(std::move(reason.error()));
  response.reason = std::move(*reason);
  auto version = text_member(*in, "httpVersion", "response");
  if (!version) return std::unexpected(std::move(version.error()));
  response.protocol = version->empty() ? exchange.request.protocol : har_protocol(*version);
  std::string authority;
  auto headers = read_headers(*in, "response", limits, authority);
  if (!headers) return std::unexpected(std::move(headers.error()));
  response.headers = std::move(*headers);
  split_set_cookie(response.headers);
  if (json* content = json_member(*in, "content")) {
    if (auto read = read_content(*content, response, exchange.notes); !read) return read;
  }
  exchange.response = std::move(response);
  return {};
}

std::string without_brackets(std::string ip) {
  if (ip.size() >= 2 && ip.front() == '[' && ip.back() == ']') return ip.substr(1, ip.size() - 2);
  return ip;
}

Result<void> read_addresses(json& entry, Exchange& exchange) {
  auto server = text_member(entry, "serverIPAddress", "entry");
  if (!server) return std::unexpected(std::move(server.error()));
  if (!server->empty()) {
    if (!exchange.server) exchange.server.emplace();
    exchange.server->ip = without_brackets(std::move(*server));
  }
  auto client = text_member(entry, "_clientIPAddress", "entry");
  if (!client) return std::unexpected(std::move(client.error()));
  auto connection = text_member(entry, "connection", "entry");
  if (!connection) return std::unexpected(std::move(connection.error()));
  // `connection` is a port or any other mark of the connection; only a port is of use.
  uint32_t port = 0;
  const bool digits = std::ranges::all_of(
      *connection, [](char c) { return is_digit(static_cast<unsigned char>(c)); });
  if (digits && connection->size() <= 5) {
    for (const char c : *connection) port = port * 10 + static_cast<uint32_t>(c - '0');
  }
  if (port > 65535) port = 0;
  if (!client->empty() || port != 0) {
    exchange.client = Endpoint{without_brackets(std::move(*client)), static_cast<uint16_t>(port)};
  }
  return {};
}

}  // namespace

Result<Exchange> decode_har_entry(json& entry, const TrafficLimits& limits) {
  Exchange exchange;
  if (!entry.is_object()) return wrong_kind("entry", "an object", entry);
  if (auto read = read_request(entry, limits, exchange); !read) {
    return std::unexpected(std::move(read.error()));
  }
  if (auto read = read_response(entry, limits, exchange); !read) {
    return std::unexpected(std::move(read.error()));
  }
  if (auto read = read_addresses(entry, exchange); !read) {
    return std::unexpected(std::move(read.error()));
  }
  auto started = text_member(entry, "startedDateTime", "entry");
  if (!started) return std::unexpected(std::move(started.error()));
  if (!started->empty()) {
    exchange.time_us = parse_iso8601(*started);
    if (!exchange.time_us) {
      exchange.notes.push_back(
          fmt::format("startedDateTime \"{}\" is no ISO 8601 time", excerpt(*started)));
    }
  }
  return exchange;
}

}  // namespace wafcheck::formats
