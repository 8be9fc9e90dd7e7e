#include "formats/traffic/awswaf.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "formats/json/head.h"
#include "formats/json/value.h"
#include "formats/traffic/auditlog/record.h"
#include "formats/traffic/entry.h"
#include "formats/traffic/gaps.h"
#include "formats/traffic/har_entry.h"
#include "formats/traffic/jsonl.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::formats::inline traffic {
namespace {

using Kind = JsonValue::Kind;

constexpr std::string_view kRedacted = "REDACTED";

/// A text, or nothing where it is not logged.
Result<std::string> text_member(JsonValue value, std::string_view name) {
  if (!value) return std::string();
  if (value.is(Kind::string)) return value.string();
  return fail(fmt::format("httpRequest.{} must be a string, not {}", name, json_kind(value)));
}

Result<void> read_aws_headers(JsonValue list, const TrafficLimits& limits, Exchange& exchange) {
  if (!list) return {};
  if (!list.is(Kind::array)) {
    return fail(fmt::format("httpRequest.headers must be an array, not {}", json_kind(list)));
  }
  std::vector<Header>& headers = exchange.request.headers;
  for (JsonElements items(list); const auto item = items.next();) {
    const auto [name, value] = item->members("name", "value");
    if (!name.is(Kind::string) || value.kind() > Kind::string) {
      return fail(
          fmt::format("httpRequest.headers[{}] must have a name and a value", headers.size()));
    }
    if (headers.size() == limits.headers) {
      return fail(fmt::format("more than {} headers", limits.headers));
    }
    headers.emplace_back(name.string(), value.is(Kind::string) ? value.string() : std::string());
    if (headers.back().second == kRedacted) add_gap(exchange.gaps, Gap::sanitised);
  }
  return {};
}

/// The body is never logged: whether there was one follows from the request.
void find_body_gap(Exchange& exchange) {
  const Request& request = exchange.request;
  const std::string* const length = find_header(request.headers, "Content-Length");
  constexpr std::string_view kMethods[] = {"POST", "PUT", "PATCH"};
  const bool has_method = std::ranges::find(kMethods, request.method) != std::end(kMethods);
  const bool is_empty = length != nullptr && trim(*length) == "0";
  const bool declared = (length != nullptr && !is_empty) ||
                        find_header(request.headers, "Transfer-Encoding") != nullptr;
  if (declared || (has_method && !is_empty)) add_gap(exchange.gaps, Gap::request_body);
}

void take_decision(std::string_view action, JsonValue code, Recorded& recorded) {
  recorded.producer = "AWS WAF";
  if (action == "ALLOW" || action == "COUNT") return;
  // BLOCK; CAPTCHA and CHALLENGE, where they end the request, hold it back, too.
  recorded.decision = "deny";
  const auto sent = code.is(Kind::number) ? code.integer() : std::nullopt;
  constexpr int kUsual = 403;
  recorded.status = sent && *sent >= 100 && *sent <= 999 ? static_cast<int>(*sent)
                    : action == "CAPTCHA"                ? 405
                    : action == "CHALLENGE"              ? 202
                                                         : kUsual;
}

std::expected<Exchange, DecodeError> decode_awswaf(JsonValue line, const TrafficLimits& limits) {
  if (!line.is(Kind::object)) {
    return fail(fmt::format("a record must be an object, not {}", json_kind(line)));
  }
  const auto [timestamp, action, code, in, redacted] =
      line.members("timestamp", "action", "responseCodeSent", "httpRequest", "RedactedFields");
  if (!in.is(Kind::object)) return fail("httpRequest is missing");
  if (!action.is(Kind::string)) return fail("action is missing");
  const auto [client, headers, uri, args, version, method, id] =
      in.members("clientIp", "headers", "uri", "args", "httpVersion", "httpMethod", "requestId");
  Exchange exchange;
  Request& request = exchange.request;
  std::string client_ip, query, protocol;
  const std::tuple<JsonValue, std::string_view, std::string*> texts[] = {
      {client, "clientIp", &client_ip},
      {uri, "uri", &request.uri},
      {args, "args", &query},
      {version, "httpVersion", &protocol},
      {method, "httpMethod", &request.method},
      {id, "requestId", &exchange.id}};
  for (const auto& [value, name, out] : texts) {
    auto text = text_member(value, name);
    if (!text) return std::unexpected(std::move(text.error()));
    *out = std::move(*text);
  }
  if (request.method.empty()) return fail("httpRequest.httpMethod is missing");
  if (!uri) return fail("httpRequest.uri is missing");
  for (const std::string* text : {&request.uri, &query, &request.method}) {
    if (*text == kRedacted) add_gap(exchange.gaps, Gap::sanitised);
  }
  if (redacted && !(redacted.is(Kind::array) && count_elements(redacted) == 0)) {
    add_gap(exchange.gaps, Gap::sanitised);
  }
  if (!query.empty()) request.uri += "?" + query;
  request.protocol = har_protocol(protocol);
  if (auto read = read_aws_headers(headers, limits, exchange); !read) {
    return std::unexpected(std::move(read.error()));
  }
  if (!client_ip.empty()) exchange.client = Endpoint{client_ip, 0};
  if (const auto milliseconds = timestamp.is(Kind::number) ? timestamp.integer() : std::nullopt) {
    constexpr int64_t kMost = 253'402'300'799'999;  // the end of the year 9999
    if (*milliseconds >= 0 && *milliseconds <= kMost) exchange.time_us = *milliseconds * 1000;
  }
  find_body_gap(exchange);
  add_gap(exchange.gaps, Gap::response);
  take_decision(action.string(), code, exchange.recorded.emplace());
  add_gap(exchange.gaps, Gap::rule_ids);
  return exchange;
}

}  // namespace

std::unique_ptr<TrafficReader> open_awswaf(std::istream& in, const TrafficLimits& limits) {
  return open_json_lines(in, limits, decode_awswaf);
}

Likeness looks_like_awswaf(std::string_view head) {
  Likeness likeness = Likeness::none;
  for (const LeadingMember& member : leading_members(head)) {
    if (member.name == "\"webaclId\"" || member.name == "\"httpRequest\"") return Likeness::certain;
    if (member.name == "\"terminatingRuleId\"") likeness = Likeness::likely;
  }
  return likeness;
}

bool is_awswaf_name(std::string_view name) {
  return name.find("_waflogs_") != std::string_view::npos || name.starts_with("aws-waf-logs-");
}

}  // namespace wafcheck::formats::inline traffic
