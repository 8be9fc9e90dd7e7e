#include "formats/traffic/jsonl.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "formats/json/head.h"
#include "formats/json/value.h"
#include "formats/json/writer.h"
#include "formats/traffic/byte_reader.h"
#include "formats/traffic/entry.h"
#include "formats/traffic/recorded_json.h"
#include "parser/base/ascii.h"
#include "parser/base/base64.h"
#include "parser/base/escape.h"
#include "parser/base/iso8601.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline traffic {
namespace {

using Kind = JsonValue::Kind;

std::unexpected<Error> wrong_kind(std::string_view path, std::string_view wanted, JsonValue value) {
  return fail(fmt::format("{} must be {}, not {}", path, wanted, json_kind(value)));
}

Result<void> decode(JsonValue base64, std::string_view path, std::string& out) {
  if (!base64.is(Kind::string)) return wrong_kind(path, "a string of base64", base64);
  auto bytes = base64_decode_lenient(base64.string());
  if (!bytes) {
    return fail(
        fmt::format("{}: {} at its byte {}", path, bytes.error().message, bytes.error().at));
  }
  out = std::move(*bytes);
  return {};
}

/// A string, or `{"base64":"…"}` for bytes that are no UTF-8; `out` stays as it is where there is
/// none.
Result<void> read_bytes(JsonValue value, std::string_view path, std::string& out) {
  if (!value) return {};
  if (value.is(Kind::string)) return out = value.string(), Result<void>();
  if (const JsonValue base64 = value.member("base64")) return decode(base64, path, out);
  return wrong_kind(path, "a string or {\"base64\":\"…\"}", value);
}

/// An integer of `low` to `high`, where there is one.
Result<void> read_integer(JsonValue value, std::string_view path, int low, int high, int& out) {
  if (!value) return {};
  const auto number = value.is(Kind::number) ? value.integer() : std::nullopt;
  if (!number || *number < low || *number > high) {
    return fail(fmt::format("{} must be a number of {} to {}", path, low, high));
  }
  out = static_cast<int>(*number);
  return {};
}

/// One `[name, value]`; `path` only in errors.
Result<void> read_header(JsonValue item, const std::function<std::string()>& path, Header& header) {
  if (!item.is(Kind::array) || count_elements(item) != 2) {
    return wrong_kind(path(), "[name, value]", item);
  }
  JsonElements pair(item);
  std::string* const fields[] = {&header.first, &header.second};
  for (size_t i = 0; i < 2; ++i) {
    const JsonValue value = *pair.next();
    if (value.is(Kind::string)) {
      *fields[i] = value.string();
      continue;
    }
    const std::string value_path = fmt::format("{}[{}]", path(), i);
    if (!value) return wrong_kind(value_path, "a string or {\"base64\":\"…\"}", value);
    if (auto read = read_bytes(value, value_path, *fields[i]); !read) return read;
  }
  return {};
}

Result<void> read_headers(JsonValue list, std::string_view path, const TrafficLimits& limits,
                          std::vector<Header>& headers) {
  if (!list) return {};
  if (!list.is(Kind::array)) return wrong_kind(path, "an array", list);
  headers.clear();
  const size_t count = count_elements(list);
  if (count > limits.headers) {
    return fail(fmt::format("{} headers, the limit is {}", count, limits.headers));
  }
  headers.reserve(count);
  const auto item_path = [&] { return fmt::format("{}[{}]", path, headers.size() - 1); };
  for (JsonElements items(list); const auto item = items.next();) {
    Header& header = headers.emplace_back();
    if (auto read = read_header(*item, item_path, header); !read) return read;
    if (header.first.size() + header.second.size() > limits.header_bytes) {
      return fail(
          fmt::format("{} is over the limit of {} bytes", item_path(), limits.header_bytes));
    }
  }
  return {};
}

/// `message`: "request" or "response".
Result<void> read_body(JsonValue text, JsonValue base64, std::string_view message,
                       std::string& body) {
  if (!base64) return read_bytes(text, fmt::format("{}.body", message), body);
  if (text) {
    return fail(fmt::format("{0}.body and {0}.body_base64 exclude each other", message));
  }
  return decode(base64, fmt::format("{}.body_base64", message), body);
}

/// The members that are there.
Result<void> read_request_members(JsonValue in, const TrafficLimits& limits, Request& request) {
  if (!in) return {};
  if (!in.is(Kind::object)) return wrong_kind("request", "an object", in);
  const auto [method, uri, protocol, headers, body, base64] =
      in.members("method", "uri", "protocol", "headers", "body", "body_base64");
  if (auto read = read_bytes(method, "request.method", request.method); !read) return read;
  if (auto read = read_bytes(uri, "request.uri", request.uri); !read) return read;
  if (auto read = read_bytes(protocol, "request.protocol", request.protocol); !read) return read;
  if (auto read = read_headers(headers, "request.headers", limits, request.headers); !read) {
    return read;
  }
  return read_body(body, base64, "request", request.body);
}

Result<void> read_request(JsonValue in, const TrafficLimits& limits, Request& request) {
  if (!in) return fail("request is missing");
  const auto [method, uri] = in.members("method", "uri");
  if (in.is(Kind::object) && !method) return fail("request.method is missing");
  if (in.is(Kind::object) && !uri) return fail("request.uri is missing");
  return read_request_members(in, limits, request);
}

Result<void> read_response(JsonValue in, const TrafficLimits& limits, Exchange& exchange) {
  if (!in) return {};
  if (!in.is(Kind::object)) return wrong_kind("response", "an object", in);
  const auto [status, reason, protocol, headers, body, base64] =
      in.members("status", "reason", "protocol", "headers", "body", "body_base64");
  if (!exchange.response) exchange.response.emplace();
  Response& response = *exchange.response;
  if (auto read = read_integer(status, "response.status", 1, 999, response.status); !read) {
    return read;
  }
  if (auto read = read_bytes(reason, "response.reason", response.reason); !read) return read;
  if (auto read = read_bytes(protocol, "response.protocol", response.protocol); !read) return read;
  if (auto read = read_headers(headers, "response.headers", limits, response.headers); !read) {
    return read;
  }
  return read_body(body, base64, "response", response.body);
}

Result<void> read_endpoint(JsonValue in, std::string_view name, std::optional<Endpoint>& out) {
  if (!in) return {};
  if (!in.is(Kind::object)) return wrong_kind(name, "an object", in);
  const auto [ip, port] = in.members("ip", "port");
  Endpoint endpoint;
  int number = 0;
  if (auto read = read_bytes(ip, fmt::format("{}.ip", name), endpoint.ip); !read) return read;
  if (auto read = read_integer(port, fmt::format("{}.port", name), 0, 65535, number); !read) {
    return read;
  }
  endpoint.port = static_cast<uint16_t>(number);
  out = std::move(endpoint);
  return {};
}

// What raw HTTP leaves behind on its way through transaction lines: see `transaction_line`.

Result<void> read_http_error(JsonValue in, std::optional<HttpError>& out) {
  if (!in) return {};
  if (!in.is(Kind::object)) return wrong_kind("http_error", "an object", in);
  const auto [status, reason] = in.members("status", "reason");
  HttpError error;
  if (auto read = read_integer(status, "http_error.status", 400, 599, error.status); !read) {
    return read;
  }
  if (auto read = read_bytes(reason, "http_error.reason", error.reason); !read) return read;
  out = std::move(error);
  return {};
}

Result<void> read_notes(JsonValue in, std::vector<std::string>& notes) {
  if (!in) return {};
  if (!in.is(Kind::array)) return wrong_kind("notes", "an array", in);
  for (JsonElements items(in); const auto note = items.next();) {
    if (!note->is(Kind::string)) return wrong_kind("notes", "an array of strings", *note);
    notes.push_back(note->string());
  }
  return {};
}

Result<void> read_time(JsonValue in, std::optional<int64_t>& time_us) {
  if (!in) return {};
  if (!in.is(Kind::string)) return wrong_kind("time", "a string", in);
  const std::string text = in.string();
  time_us = parse_iso8601(text);
  if (!time_us) return fail(fmt::format("time \"{}\" is no ISO 8601 time", excerpt(text)));
  return {};
}

std::expected<Exchange, DecodeError> decode_line(JsonValue line, const TrafficLimits& limits) {
  if (!line.is(Kind::object)) return wrong_kind("a transaction", "an object", line);
  const auto [id, time, client, server, request, response, http_error, notes, recorded,
              incomplete] = line.members("id", "time", "client", "server", "request", "response",
                                         "http_error", "notes", "recorded", "incomplete");
  Exchange exchange;
  if (id.is(Kind::number)) {
    exchange.id = id.text();
  } else if (auto read = read_bytes(id, "id", exchange.id); !read) {
    return std::unexpected(std::move(read.error()));
  }
  for (Result<void> read :
       {read_time(time, exchange.time_us), read_endpoint(client, "client", exchange.client),
        read_endpoint(server, "server", exchange.server),
        read_request(request, limits, exchange.request), read_response(response, limits, exchange),
        read_http_error(http_error, exchange.http_error), read_notes(notes, exchange.notes),
        read_recorded(recorded, exchange.recorded), read_gaps(incomplete, exchange.gaps)}) {
    if (!read) return std::unexpected(std::move(read.error()));
  }
  return exchange;
}

class JsonlReader final : public LineReader {
 public:
  using Decode = std::expected<Exchange, DecodeError> (*)(JsonValue, const TrafficLimits&);
  JsonlReader(std::istream& in, const TrafficLimits& limits, Decode decode)
      : LineReader(in, limits.entry_bytes, limits.start), limits_(limits), decode_(decode) {}

 private:
  PendingEntry pending(size_t entry, const Place& start, std::string line) const override {
    return json_entry(entry, start, std::move(line), limits_, decode_);
  }

  const TrafficLimits limits_;
  const Decode decode_;
};

/// A string, or `{"base64":"..."}` for bytes that are not UTF-8.
void write_bytes(JsonWriter& json, std::string_view bytes) {
  if (is_valid_utf8(bytes)) return json.string(bytes);
  json.begin_object();
  json.member("base64", base64_encode(bytes));
  json.end_object();
}

void write_bytes(JsonWriter& json, std::string_view name, std::string_view bytes) {
  json.key(name);
  write_bytes(json, bytes);
}

void write_headers(JsonWriter& json, const std::vector<Header>& headers) {
  json.key("headers");
  json.begin_array();
  for (const auto& [name, value] : headers) {
    json.begin_array();
    write_bytes(json, name);
    write_bytes(json, value);
    json.end_array();
  }
  json.end_array();
}

void write_body(JsonWriter& json, std::string_view body) {
  if (body.empty()) return;
  if (is_valid_utf8(body)) {
    json.member("body", body);
  } else {
    json.member("body_base64", base64_encode(body));
  }
}

void write_endpoint(JsonWriter& json, std::string_view name,
                    const std::optional<Endpoint>& endpoint) {
  if (!endpoint) return;
  json.key(name);
  json.begin_object();
  if (!endpoint->ip.empty()) write_bytes(json, "ip", endpoint->ip);
  if (endpoint->port != 0) {
    json.key("port");
    json.number(endpoint->port);
  }
  json.end_object();
}

void write_request(JsonWriter& json, const Request& request) {
  json.key("request");
  json.begin_object();
  write_bytes(json, "method", request.method);
  write_bytes(json, "uri", request.uri);
  write_bytes(json, "protocol", request.protocol);
  write_headers(json, request.headers);
  write_body(json, request.body);
  json.end_object();
}

void write_response(JsonWriter& json, const Response& response) {
  json.key("response");
  json.begin_object();
  json.key("status");
  json.number(response.status);
  if (!response.reason.empty()) write_bytes(json, "reason", response.reason);
  write_bytes(json, "protocol", response.protocol);
  write_headers(json, response.headers);
  write_body(json, response.body);
  json.end_object();
}

}  // namespace

std::unique_ptr<TrafficReader> open_jsonl(std::istream& in, const TrafficLimits& limits) {
  return open_json_lines(in, limits, decode_line);
}

std::unique_ptr<TrafficReader> open_json_lines(
    std::istream& in, const TrafficLimits& limits,
    std::expected<Exchange, DecodeError> (*decode)(JsonValue, const TrafficLimits&)) {
  return std::make_unique<JsonlReader>(in, limits, decode);
}

Likeness looks_like_jsonl(std::string_view head) {
  Likeness likeness = Likeness::none;
  for (const LeadingMember& member : leading_members(head)) {
    if (member.name == "\"request\"") return Likeness::certain;
    constexpr std::string_view kMembers[] = {"\"response\"", "\"client\"", "\"server\"", "\"time\"",
                                             "\"id\""};
    if (std::ranges::find(kMembers, member.name) != std::end(kMembers)) likeness = Likeness::likely;
  }
  return likeness;
}

void write_transaction_bytes(JsonWriter& json, std::string_view name, std::string_view bytes) {
  write_bytes(json, name, bytes);
}

void write_transaction_headers(JsonWriter& json, const std::vector<Header>& headers) {
  write_headers(json, headers);
}

void write_transaction_body(JsonWriter& json, std::string_view body) {
  if (body.empty()) return json.member("body", "");
  write_body(json, body);
}

Result<void> read_transaction_members(JsonValue request, JsonValue response, JsonValue http_error,
                                      const TrafficLimits& limits, Exchange& exchange) {
  for (Result<void> read : {read_request_members(request, limits, exchange.request),
                            read_response(response, limits, exchange),
                            read_http_error(http_error, exchange.http_error)}) {
    if (!read) return read;
  }
  return {};
}

void write_http_error(JsonWriter& json, const HttpError& error) {
  json.key("http_error");
  json.begin_object();
  json.key("status");
  json.number(error.status);
  json.member("reason", error.reason);
  json.end_object();
}

std::string transaction_line(const Exchange& exchange) {
  std::string line;
  JsonWriter json(line);
  json.begin_object();
  if (!exchange.id.empty()) write_bytes(json, "id", exchange.id);
  if (exchange.time_us) json.member("time", format_iso8601(*exchange.time_us));
  write_endpoint(json, "client", exchange.client);
  write_endpoint(json, "server", exchange.server);
  write_request(json, exchange.request);
  if (exchange.response) write_response(json, *exchange.response);
  if (exchange.http_error) write_http_error(json, *exchange.http_error);
  if (exchange.recorded) write_recorded(json, *exchange.recorded);
  if (!exchange.gaps.empty()) write_gaps(json, exchange.gaps);
  if (!exchange.notes.empty()) json.texts("notes", exchange.notes);
  json.end_object();
  return line + "\n";
}

}  // namespace wafcheck::formats::inline traffic
