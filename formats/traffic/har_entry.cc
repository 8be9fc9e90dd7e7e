#include "formats/traffic/har_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <tuple>
#include <unordered_map>

#include "formats/traffic/gaps.h"
#include "formats/traffic/http_message.h"
#include "parser/base/ascii.h"
#include "parser/base/base64.h"
#include "parser/base/escape.h"
#include "parser/base/iso8601.h"

namespace wafcheck::formats::inline traffic {
namespace {

using Kind = JsonValue::Kind;

constexpr size_t kUrlShown = 40;

std::unexpected<Error> wrong_kind(std::string_view path, std::string_view wanted, JsonValue value) {
  return fail(fmt::format("{} must be {}, not {}", path, wanted, json_kind(value)));
}

/// A string; empty where `value` is missing. Tools write numbers where a string is meant (ports,
/// header values): those count as text. The place of an error is `path`.`name`.
Result<std::string> text_of(JsonValue value, std::string_view path, std::string_view name) {
  switch (value.kind()) {
    case Kind::missing:
    case Kind::null:
      return std::string();
    case Kind::number:
    case Kind::boolean:
      return std::string(value.text());
    case Kind::string:
      return value.string();
    default:
      return wrong_kind(fmt::format("{}.{}", path, name), "a string", value);
  }
}

std::string* find_header(std::vector<Header>& headers, std::string_view name) {
  const auto it = std::ranges::find_if(
      headers, [&](const Header& header) { return iequals(header.first, name); });
  return it == headers.end() ? nullptr : &it->second;
}

/// A header's values where the recorder has them in an array (Polly.JS): each on its own line for
/// Set-Cookie, where a comma is no separator; else joined as one header.
Result<std::string> joined_values(JsonValue list, bool cookies, const std::string& path) {
  std::string joined;
  bool first = true;
  for (JsonElements items(list); const auto item = items.next(); first = false) {
    if (item->kind() > Kind::string) return wrong_kind(path + ".value[]", "a string", *item);
    if (!first) joined += cookies ? "\n" : ", ";
    joined += *text_of(*item, "", "");
  }
  return joined;
}

/// One element of `headers`; `path` only in errors.
Result<Header> read_header(JsonValue item, const std::function<std::string()>& path,
                           const TrafficLimits& limits) {
  if (!item.is(Kind::object)) return wrong_kind(path(), "an object", item);
  const auto fields = item.members("name", "value");
  Header header;
  for (const auto& [in, out] :
       {std::pair(fields[0], &header.first), std::pair(fields[1], &header.second)}) {
    if (in.is(Kind::array) && out == &header.second) {
      auto joined = joined_values(in, iequals(header.first, "Set-Cookie"), path());
      if (!joined) return std::unexpected(std::move(joined.error()));
      header.second = std::move(*joined);
      continue;
    }
    if (in.kind() > Kind::string) {
      return wrong_kind(path() + (out == &header.first ? ".name" : ".value"), "a string", in);
    }
    *out = *text_of(in, "", "");
  }
  if (header.first.size() + header.second.size() > limits.header_bytes) {
    return fail(fmt::format("{} is over the limit of {} bytes", path(), limits.header_bytes));
  }
  return header;
}

/// Notes that an object holds a member twice, of which the last is taken.
void note_repeated(JsonValue object, std::string_view path, std::vector<std::string>& notes) {
  const std::string name = repeated_member(object);
  if (name.empty()) return;
  notes.push_back(
      fmt::format("{} holds \"{}\" more than once: the last was taken", path, excerpt(name)));
}

/// Reads `headers` of a message, which are at `path`. HTTP/2 pseudo-headers are taken out;
/// `authority` receives `:authority`.
Result<std::vector<Header>> read_headers(JsonValue list, std::string_view path,
                                         const TrafficLimits& limits, std::string& authority,
                                         std::vector<std::string>& notes) {
  std::vector<Header> headers;
  if (!list) return headers;
  if (!list.is(Kind::array)) return wrong_kind(path, "an array", list);
  const size_t count = count_elements(list);
  if (count > limits.headers) {
    return fail(fmt::format("{} headers, the limit is {}", count, limits.headers));
  }
  headers.reserve(count + 1);
  size_t index = 0;
  bool repeated = false;  // noted
  const auto item_path = [&] { return fmt::format("{}[{}]", path, index); };
  for (JsonElements items(list); const auto item = items.next(); ++index) {
    auto header = read_header(*item, item_path, limits);
    if (!header) return std::unexpected(std::move(header.error()));
    if (!repeated) {
      const size_t before = notes.size();
      note_repeated(*item, "a header", notes);
      repeated = notes.size() != before;
    }
    if (!header->first.starts_with(':')) {
      headers.push_back(std::move(*header));
    } else if (iequals(header->first, ":authority")) {
      authority = std::move(header->second);
    }
  }
  return headers;
}

/// Some recorders write a header twice, as the page and as the network stack spell it: the second
/// is left out where only the case of its name differs. A header that was sent twice is spelt
/// alike.
void drop_second_spellings(std::vector<Header>& headers, std::vector<std::string>& notes) {
  std::unordered_map<std::string, const Header*> known;
  std::vector<bool> second(headers.size());
  bool any = false;
  for (size_t i = 0; i < headers.size(); ++i) {
    const Header& header = headers[i];
    const auto [first, inserted] = known.try_emplace(lowercase(header.first), &header);
    second[i] =
        !inserted && first->second->first != header.first && first->second->second == header.second;
    any |= second[i];
  }
  if (!any) return;
  std::vector<Header> kept;
  for (size_t i = 0; i < headers.size(); ++i) {
    if (!second[i]) {
      kept.push_back(std::move(headers[i]));
    } else {
      notes.push_back(fmt::format("the header {} stands there in two spellings: taken once",
                                  excerpt(headers[i].first)));
    }
  }
  headers = std::move(kept);
}

/// A body cannot be sent without its length: where the recorder left it out, it is supplied.
void complete_content_length(Request& request, std::vector<std::string>& notes) {
  if (request.body.empty() || find_header(request.headers, "Content-Length") != nullptr ||
      find_header(request.headers, "Transfer-Encoding") != nullptr) {
    return;
  }
  request.headers.emplace_back("Content-Length", std::to_string(request.body.size()));
  notes.emplace_back("Content-Length taken from the body: the HAR has none");
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

Result<std::vector<HarParam>> read_params(JsonValue list) {
  std::vector<HarParam> params;
  if (!list.is(Kind::array)) return wrong_kind("request.postData.params", "an array", list);
  for (JsonElements items(list); const auto item = items.next();) {
    const std::string path = fmt::format("request.postData.params[{}]", params.size());
    if (!item->is(Kind::object)) return wrong_kind(path, "an object", *item);
    const auto [name, value, file_name, type] =
        item->members("name", "value", "fileName", "contentType");
    HarParam& param = params.emplace_back();
    param.is_file = static_cast<bool>(file_name);
    const std::tuple<JsonValue, const char*, std::string*> fields[] = {
        {name, "name", &param.name},
        {value, "value", &param.value},
        {file_name, "fileName", &param.file_name},
        {type, "contentType", &param.content_type}};
    for (const auto& [in, key, out] : fields) {
      auto text = text_of(in, path, key);
      if (!text) return std::unexpected(std::move(text.error()));
      *out = std::move(*text);
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

/// The body that the recorder has may be less than what was sent: files of a form, bytes that are
/// no text, what was over its limit.
void find_request_gaps(const std::vector<HarParam>& params, Exchange& exchange) {
  const Request& request = exchange.request;
  const auto is_lost = [](const HarParam& param) { return param.is_file && param.value.empty(); };
  if (std::ranges::any_of(params, is_lost)) {
    add_gap(exchange.gaps, Gap::request_body_fields);
  }
  if (!params.empty()) return;
  if (request.body.find("\xEF\xBF\xBD") != std::string::npos) {
    add_gap(exchange.gaps, Gap::replaced_bytes);
    return;
  }
  const auto length = std::ranges::find_if(request.headers, [](const Header& header) {
    return iequals(header.first, "Content-Length");
  });
  if (length == request.headers.end() || has_header(request.headers, "Content-Encoding") ||
      has_header(request.headers, "Transfer-Encoding")) {
    return;
  }
  uint64_t sent = 0;
  const std::string_view digits = trim(length->second);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), sent);
  if (error != std::errc() || end != digits.data() + digits.size()) return;
  if (request.body.size() < sent) {
    add_gap(exchange.gaps, request.body.empty() ? Gap::request_body : Gap::request_body_cut);
  }
}

Result<void> read_post_data(JsonValue post, Request& request, std::vector<HarParam>& form,
                            std::vector<std::string>& notes) {
  constexpr std::string_view kPath = "request.postData";
  if (!post.is(Kind::object)) return wrong_kind(kPath, "an object", post);
  const auto [mime_type, content, params, encoding, own_encoding] =
      post.members("mimeType", "text", "params", "encoding", "_encoding");
  note_repeated(post, kPath, notes);
  auto type = text_of(mime_type, kPath, "mimeType");
  if (!type) return std::unexpected(std::move(type.error()));
  auto text = text_of(content, kPath, "text");
  if (!text) return std::unexpected(std::move(text.error()));
  if (!text->empty()) {
    auto name =
        encoding ? text_of(encoding, kPath, "encoding") : text_of(own_encoding, kPath, "_encoding");
    if (!name) return std::unexpected(std::move(name.error()));
    auto body = decode_body(std::move(*text), *name, "request.postData.text");
    if (!body) return std::unexpected(std::move(body.error()));
    request.body = std::move(*body);
  } else if (params) {
    auto fields = read_params(params);
    if (!fields) return std::unexpected(std::move(fields.error()));
    if (!fields->empty()) {
      std::string* header = find_header(request.headers, "Content-Type");
      request.body = encode_params(*fields, header != nullptr ? *header : *type);
      form = std::move(*fields);
    }
  }
  if (!request.body.empty()) {
    complete_content_type(request.headers, *type, "request.postData.mimeType", notes);
  }
  return {};
}

/// A member that must be there and hold text.
Result<std::string> required(JsonValue value, std::string_view name) {
  const std::string path = fmt::format("request.{}", name);
  if (!value) return fail(path + " is missing");
  if (!value.is(Kind::string)) return wrong_kind(path, "a string", value);
  std::string text = value.string();
  if (text.empty()) return fail(path + " is empty");
  return text;
}

Result<void> read_request(JsonValue in, const TrafficLimits& limits, Exchange& exchange) {
  if (!in) return fail("request is missing");
  if (!in.is(Kind::object)) return wrong_kind("request", "an object", in);
  const auto [method, url, version, headers, post, size] =
      in.members("method", "url", "httpVersion", "headers", "postData", "bodySize");
  Request& request = exchange.request;
  note_repeated(in, "request", exchange.notes);

  auto method_text = required(method, "method");
  if (!method_text) return std::unexpected(std::move(method_text.error()));
  request.method = std::move(*method_text);
  const auto url_text = required(url, "url");
  if (!url_text) return std::unexpected(url_text.error());
  auto split = split_url(*url_text, request.method);
  if (!split) return std::unexpected(std::move(split.error()));
  request.uri = std::move(split->target);
  if (split->port != 0) exchange.server = Endpoint{"", split->port};

  const auto version_text = text_of(version, "request", "httpVersion");
  if (!version_text) return std::unexpected(version_text.error());
  request.protocol = har_protocol(*version_text);

  std::string authority;
  auto list = read_headers(headers, "request.headers", limits, authority, exchange.notes);
  if (!list) return std::unexpected(std::move(list.error()));
  request.headers = std::move(*list);
  drop_second_spellings(request.headers, exchange.notes);
  if (find_header(request.headers, "Host") == nullptr) {
    std::string& host = authority.empty() ? split->host : authority;
    if (!host.empty()) request.headers.emplace(request.headers.begin(), "Host", std::move(host));
  }

  std::vector<HarParam> form;
  if (post) {
    if (auto read = read_post_data(post, request, form, exchange.notes); !read) return read;
  }
  find_request_gaps(form, exchange);
  complete_content_length(request, exchange.notes);
  if (request.body.empty() && size.is(Kind::number) && size.number().value_or(0) >= 1) {
    add_gap(exchange.gaps, Gap::request_body);
    exchange.notes.push_back(
        fmt::format("the HAR does not hold the request body of {} bytes", excerpt(size.text())));
  }
  return {};
}

Result<void> read_content(JsonValue content, Response& response, Exchange& exchange) {
  std::vector<std::string>& notes = exchange.notes;
  constexpr std::string_view kPath = "response.content";
  if (!content.is(Kind::object)) return wrong_kind(kPath, "an object", content);
  const auto [text, encoding, mime_type, size] =
      content.members("text", "encoding", "mimeType", "size");
  note_repeated(content, kPath, notes);
  auto bytes = text_of(text, kPath, "text");
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  auto name = text_of(encoding, kPath, "encoding");
  if (!name) return std::unexpected(std::move(name.error()));
  auto type = text_of(mime_type, kPath, "mimeType");
  if (!type) return std::unexpected(std::move(type.error()));
  auto body = decode_body(std::move(*bytes), *name, "response.content.text");
  if (!body) return std::unexpected(std::move(body.error()));
  response.body = std::move(*body);
  if (!text && size.is(Kind::number) && size.number().value_or(0) >= 1) {
    add_gap(exchange.gaps, Gap::response_body);
  }
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
Result<void> read_response(JsonValue in, const TrafficLimits& limits, Exchange& exchange) {
  if (!in) return {};
  if (!in.is(Kind::object)) return wrong_kind("response", "an object", in);
  const auto [status, reason, version, headers, content] =
      in.members("status", "statusText", "httpVersion", "headers", "content");
  if (!status) return {};
  if (!status.is(Kind::number)) return wrong_kind("response.status", "a number", status);
  const auto code = status.number();
  if (code && *code < 1) return {};
  if (!code || *code > 999) {
    return fail(fmt::format("response.status {} is no HTTP status", excerpt(status.text())));
  }

  Response response;
  note_repeated(in, "response", exchange.notes);
  response.status = static_cast<int>(*code);
  auto reason_text = text_of(reason, "response", "statusText");
  if (!reason_text) return std::unexpected(std::move(reason_text.error()));
  response.reason = std::move(*reason_text);
  const auto version_text = text_of(version, "response", "httpVersion");
  if (!version_text) return std::unexpected(version_text.error());
  response.protocol =
      version_text->empty() ? exchange.request.protocol : har_protocol(*version_text);
  std::string authority;
  auto list = read_headers(headers, "response.headers", limits, authority, exchange.notes);
  if (!list) return std::unexpected(std::move(list.error()));
  response.headers = std::move(*list);
  split_set_cookie(response.headers);
  if (content) {
    if (auto read = read_content(content, response, exchange); !read) return read;
  }
  exchange.response = std::move(response);
  return {};
}

std::string without_brackets(std::string ip) {
  if (ip.size() >= 2 && ip.front() == '[' && ip.back() == ']') return ip.substr(1, ip.size() - 2);
  return ip;
}

Result<void> read_addresses(JsonValue server_ip, JsonValue client_ip, JsonValue mark,
                            Exchange& exchange) {
  auto server = text_of(server_ip, "entry", "serverIPAddress");
  if (!server) return std::unexpected(std::move(server.error()));
  if (!server->empty()) {
    if (!exchange.server) exchange.server.emplace();
    exchange.server->ip = without_brackets(std::move(*server));
  }
  auto client = text_of(client_ip, "entry", "_clientIPAddress");
  if (!client) return std::unexpected(std::move(client.error()));
  const auto connection = text_of(mark, "entry", "connection");
  if (!connection) return std::unexpected(connection.error());
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

std::expected<Exchange, DecodeError> decode_har_entry(JsonValue entry,
                                                      const TrafficLimits& limits) {
  if (!entry.is(Kind::object)) return wrong_kind("entry", "an object", entry);
  const auto [request, response, server, client, connection, time, messages] =
      entry.members("request", "response", "serverIPAddress", "_clientIPAddress", "connection",
                    "startedDateTime", "_webSocketMessages");
  if (request.is(Kind::object)) {
    const auto [url] = request.members("url");
    const auto text = text_of(url, "request", "url");
    if (text && is_local_url(*text)) {
      const std::string message =
          fmt::format("{} is no request to a server", excerpt(*text, kUrlShown));
      return std::unexpected(DecodeError({message}, true));
    }
  }
  Exchange exchange;
  note_repeated(entry, "the entry", exchange.notes);
  if (auto read = read_request(request, limits, exchange); !read) {
    return std::unexpected(std::move(read.error()));
  }
  if (auto read = read_response(response, limits, exchange); !read) {
    return std::unexpected(std::move(read.error()));
  }
  if (auto read = read_addresses(server, client, connection, exchange); !read) {
    return std::unexpected(std::move(read.error()));
  }
  if (const size_t count = count_elements(messages); count != 0) {
    exchange.notes.push_back(fmt::format("{} message{} of the WebSocket {} left out", count,
                                         count == 1 ? "" : "s", count == 1 ? "is" : "are"));
  }
  const auto started = text_of(time, "entry", "startedDateTime");
  if (!started) return std::unexpected(started.error());
  if (!started->empty()) {
    exchange.time_us = parse_iso8601(*started);
    if (!exchange.time_us) {
      exchange.notes.push_back(
          fmt::format("startedDateTime \"{}\" is no ISO 8601 time", excerpt(*started)));
    }
  }
  return exchange;
}

}  // namespace wafcheck::formats::inline traffic
