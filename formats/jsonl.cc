#include "formats/jsonl.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "formats/base64.h"
#include "formats/byte_reader.h"
#include "formats/iso8601.h"
#include "formats/json_in.h"
#include "formats/json_span.h"
#include "formats/utf8.h"
#include "parser/ascii.h"

namespace wafcheck::formats {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::unexpected<Error> wrong_kind(std::string_view path, std::string_view wanted,
                                  const json& value) {
  return fail(fmt::format("{} must be {}, not {}", path, wanted, json_kind(value)));
}

Result<std::string> decode(json& base64, std::string_view path) {
  if (!base64.is_string()) return wrong_kind(path, "a string of base64", base64);
  auto bytes = base64_decode_lenient(base64.get_ref<const std::string&>());
  if (!bytes) {
    return fail(
        fmt::format("{}: {} at its byte {}", path, bytes.error().message, bytes.error().at));
  }
  return std::move(*bytes);
}

/// A string, or `{"base64":"…"}` for bytes that are no UTF-8.
Result<std::string> read_bytes(json& value, std::string_view path) {
  if (value.is_string()) return std::move(value.get_ref<std::string&>());
  if (json* base64 = json_member(value, "base64")) return decode(*base64, path);
  return wrong_kind(path, "a string or {\"base64\":\"…\"}", value);
}

/// Reads member `name` into `out` where there is one.
Result<void> read_optional(json& object, const char* name, std::string_view path,
                           std::string& out) {
  json* value = json_member(object, name);
  if (value == nullptr) return {};
  auto bytes = read_bytes(*value, fmt::format("{}{}", path, name));
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  out = std::move(*bytes);
  return {};
}

/// An integer of `low` to `high` in member `name`, where there is one.
Result<void> read_integer(json& object, const char* name, std::string_view path, int low, int high,
                          int& out) {
  const json* value = json_member(object, name);
  if (value == nullptr) return {};
  const bool fits = value->is_number_integer() && *value >= low && *value <= high;
  if (!fits) return fail(fmt::format("{}{} must be a number of {} to {}", path, name, low, high));
  out = value->get<int>();
  return {};
}

Result<void> read_headers(json& message, std::string_view path, const TrafficLimits& limits,
                          std::vector<Header>& headers) {
  json* list = json_member(message, "headers");
  if (list == nullptr) return {};
  if (!list->is_array()) return wrong_kind(fmt::format("{}headers", path), "an array", *list);
  if (list->size() > limits.headers) {
    return fail(fmt::format("{} headers, the limit is {}", list->size(), limits.headers));
  }
  headers.reserve(list->size());
  for (size_t i = 0; i < list->size(); ++i) {
    json& item = (*list)[i];
    const std::string item_path = fmt::format("{}headers[{}]", path, i);
    if (!item.is_array() || item.size() != 2) return wrong_kind(item_path, "[name, value]", item);
    auto name = read_bytes(item[0], item_path + "[0]");
    if (!name) return std::unexpected(std::move(name.error()));
    auto value = read_bytes(item[1], item_path + "[1]");
    if (!value) return std::unexpected(std::move(value.error()));
    if (name->size() + value->size() > limits.header_bytes) {
      return fail(fmt::format("{} is over the limit of {} bytes", item_path, limits.header_bytes));
    }
    headers.emplace_back(std::move(*name), std::move(*value));
  }
  return {};
}

Result<void> read_body(json& message, std::string_view path, std::string& body) {
  json* base64 = json_member(message, "body_base64");
  if (base64 == nullptr) return read_optional(message, "body", path, body);
  if (json_member(message, "body") != nullptr) {
    return fail(fmt::format("{0}body and {0}body_base64 exclude each other", path));
  }
  auto bytes = decode(*base64, fmt::format("{}body_base64", path));
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  body = std::move(*bytes);
  return {};
}

Result<void> read_request(json& line, const TrafficLimits& limits, Request& request) {
  json* in = json_member(line, "request");
  if (in == nullptr) return fail("request is missing");
  if (!in->is_object()) return wrong_kind("request", "an object", *in);
  for (const char* name : {"method", "uri"}) {
    if (json_member(*in, name) == nullptr) return fail(fmt::format("request.{} is missing", name));
  }
  const std::pair<const char*, std::string*> fields[] = {
      {"method", &request.method}, {"uri", &request.uri}, {"protocol", &request.protocol}};
  for (const auto& [name, field] : fields) {
    if (auto read = read_optional(*in, name, "request.", *field); !read) return read;
  }
  if (auto read = read_headers(*in, "request.", limits, request.headers); !read) return read;
  return read_body(*in, "request.", request.body);
}

Result<void> read_response(json& line, const TrafficLimits& limits, Exchange& exchange) {
  json* in = json_member(line, "response");
  if (in == nullptr) return {};
  if (!in->is_object()) return wrong_kind("response", "an object", *in);
  Response& response = exchange.response.emplace();
  if (auto read = read_integer(*in, "status", "response.", 1, 999, response.status); !read) {
    return read;
  }
  const std::pair<const char*, std::string*> fields[] = {{"reason", &response.reason},
                                                         {"protocol", &response.protocol}};
  for (const auto& [name, field] : fields) {
    if (auto read = read_optional(*in, name, "response.", *field); !read) return read;
  }
  if (auto read = read_headers(*in, "response.", limits, response.headers); !read) return read;
  return read_body(*in, "response.", response.body);
}

Result<void> read_endpoint(json& line, const char* name, std::optional<Endpoint>& out) {
  json* in = json_member(line, name);
  if (in == nullptr) return {};
  if (!in->is_object()) return wrong_kind(name, "an object", *in);
  const std::string path = fmt::format("{}.", name);
  Endpoint endpoint;
  int port = 0;
  if (auto read = read_optional(*in, "ip", path, endpoint.ip); !read) return read;
  if (auto read = read_integer(*in, "port", path, 0, 65535, port); !read) return read;
  endpoint.port = static_cast<uint16_t>(port);
  out = std::move(endpoint);
  return {};
}

/// What raw HTTP leaves behind on its way through transaction lines: see `transaction_line`.
Result<void> read_findings(json& line, Exchange& exchange) {
  if (json* in = json_member(line, "http_error")) {
    if (!in->is_object()) return wrong_kind("http_error", "an object", *in);
    HttpError error;
    if (auto read = read_integer(*in, "status", "http_error.", 400, 599, error.status); !read) {
      return read;
    }
    if (auto read = read_optional(*in, "reason", "http_error.", error.reason); !read) return read;
    exchange.http_error = std::move(error);
  }
  if (json* in = json_member(line, "notes")) {
    if (!in->is_array()) return wrong_kind("notes", "an array", *in);
    for (json& note : *in) {
      if (!note.is_string()) return wrong_kind("notes", "an array of strings", note);
      exchange.notes.push_back(std::move(note.get_ref<std::string&>()));
    }
  }
  return {};
}

Result<Exchange> decode_line(json& line, const TrafficLimits& limits) {
  if (!line.is_object()) return wrong_kind("a transaction", "an object", line);
  Exchange exchange;
  const json* id = json_member(line, "id");
  if (id != nullptr && id->is_number()) {
    exchange.id = id->dump();
  } else if (auto read = read_optional(line, "id", "", exchange.id); !read) {
    return std::unexpected(std::move(read.error()));
  }
  if (const json* time = json_member(line, "time")) {
    if (!time->is_string()) return wrong_kind("time", "a string", *time);
    const std::string& text = time->get_ref<const std::string&>();
    exchange.time_us = parse_iso8601(text);
    if (!exchange.time_us)
      return fail(fmt::format("time \"{}\" is no ISO 8601 time", excerpt(text)));
  }
  for (Result<void> read : {read_endpoint(line, "client", exchange.client),
                            read_endpoint(line, "server", exchange.server),
                            read_request(line, limits, exchange.request),
                            read_response(line, limits, exchange), read_findings(line, exchange)}) {
    if (!read) return std::unexpected(std::move(read.error()));
  }
  return exchange;
}

EntryError error_at(const Place& place, size_t entry, std::string message) {
  return {.entry = entry,
          .offset = place.offset,
          .line = place.line,
          .column = place.column,
          .message = std::move(message)};
}

TrafficItem decode_text(RawEntry&& raw, const TrafficLimits& limits) {
  const std::string& text = raw.text;
  JsonSpan span(limits.depth);
  span.feed(trim(text));
  if (span.too_deep()) {
    return error_at(raw.start, raw.entry,
                    fmt::format("nested deeper than {} levels", limits.depth));
  }
  auto parsed = parse_json(text);
  if (!parsed) {
    return error_at(place_after(raw.start, std::string_view(text).substr(0, parsed.error().at)),
                    raw.entry, std::move(parsed.error().message));
  }
  auto exchange = decode_line(*parsed, limits);
  if (!exchange) return error_at(raw.start, raw.entry, std::move(exchange.error().message));
  exchange->entry = raw.entry;
  return std::move(*exchange);
}

class JsonlReader final : public TrafficReader {
 public:
  JsonlReader(std::istream& in, const TrafficLimits& limits) : TrafficReader(limits), in_(in) {
    skip_byte_order_mark(in_);
  }

  std::optional<FoundEntry> find() override {
    std::string text;
    while (!done_) {
      const Place start = in_.place();
      const LineEnd end = read_line(in_, limits_.entry_bytes, text);
      done_ = end == LineEnd::none || in_.failed();
      if (in_.failed()) {
        EntryError fault = error_at(start, entry_++, "the input cannot be read further");
        fault.fatal = true;
        return fault;
      }
      if (end == LineEnd::too_long) {
        return error_at(start, entry_++,
                        fmt::format("line is over the limit of {} bytes", limits_.entry_bytes));
      }
      if (end == LineEnd::line && !trim(text).empty()) {
        return RawEntry{entry_++, start, std::move(text), decode_text};
      }
    }
    return std::nullopt;
  }

 private:
  ByteReader in_;
  size_t entry_ = 0;
  bool done_ = false;
};

ordered_json bytes_value(std::string_view bytes) {
  if (is_valid_utf8(bytes)) return bytes;
  return {{"base64", base64_encode(bytes)}};
}

ordered_json headers_value(const std::vector<Header>& headers) {
  ordered_json list = ordered_json::array();
  for (const auto& [name, value] : headers) {
    list.push_back(ordered_json::array({bytes_value(name), bytes_value(value)}));
  }
  return list;
}

void write_body(ordered_json& message, std::string_view body) {
  if (body.empty()) return;
  if (is_valid_utf8(body)) {
    message["body"] = body;
  } else {
    message["body_base64"] = base64_encode(body);
  }
}

void write_endpoint(ordered_json& line, const char* name, const std::optional<Endpoint>& endpoint) {
  if (!endpoint) return;
  ordered_json out = ordered_json::object();
  if (!endpoint->ip.empty()) out["ip"] = bytes_value(endpoint->ip);
  if (endpoint->port != 0) out["port"] = endpoint->port;
  line[name] = std::move(out);
}

}  // namespace

std::unique_ptr<TrafficReader> open_jsonl(std::istream& in, const TrafficLimits& limits) {
  return std::make_unique<JsonlReader>(in, limits);
}

bool looks_like_jsonl(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  while (!head.empty() && is_space(static_cast<unsigned char>(head[0]))) head.remove_prefix(1);
  if (!head.starts_with('{')) return false;
  // Walk the members of the object: a name, then its value to pass over.
  for (size_t at = 1; at < head.size();) {
    while (at < head.size() &&
           (is_space(static_cast<unsigned char>(head[at])) || head[at] == ',')) {
      ++at;
    }
    if (at == head.size() || head[at] != '"') return false;
    JsonSpan name(1);
    const size_t length = name.feed(head.substr(at));
    const std::string_view key = head.substr(at, length);
    if (key == "\"log\"") return false;
    constexpr std::string_view kMembers[] = {"\"request\"", "\"response\"", "\"client\"",
                                             "\"server\"",  "\"time\"",     "\"id\""};
    if (std::ranges::find(kMembers, key) != std::end(kMembers)) return true;
    at += length;
    while (at < head.size() &&
           (is_space(static_cast<unsigned char>(head[at])) || head[at] == ':')) {
      ++at;
    }
    constexpr size_t kDepth = 200;
    JsonSpan value(kDepth);
    at += value.feed(head.substr(at));
  }
  return false;
}

std::string transaction_line(const Exchange& exchange) {
  ordered_json line = ordered_json::object();
  if (!exchange.id.empty()) line["id"] = bytes_value(exchange.id);
  if (exchange.time_us) line["time"] = format_iso8601(*exchange.time_us);
  write_endpoint(line, "client", exchange.client);
  write_endpoint(line, "server", exchange.server);

  const Request& request = exchange.request;
  ordered_json& out = line["request"];
  out["method"] = bytes_value(request.method);
  out["uri"] = bytes_value(request.uri);
  out["protocol"] = bytes_value(request.protocol);
  out["headers"] = headers_value(request.headers);
  write_body(out, request.body);

  if (exchange.response) {
    const Response& response = *exchange.response;
    ordered_json& answer = line["response"];
    answer["status"] = response.status;
    if (!response.reason.empty()) answer["reason"] = bytes_value(response.reason);
    answer["protocol"] = bytes_value(response.protocol);
    answer["headers"] = headers_value(response.headers);
    write_body(answer, response.body);
  }
  if (exchange.http_error) {
    line["http_error"] = {{"status", exchange.http_error->status},
                          {"reason", json_bytes(exchange.http_error->reason).text}};
  }
  if (!exchange.notes.empty()) {
    ordered_json& notes = line["notes"];
    for (const std::string& note : exchange.notes) notes.push_back(json_bytes(note).text);
  }
  return line.dump() + "\n";
}

}  // namespace wafcheck::formats
