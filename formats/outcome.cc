#include "formats/outcome.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "parser/severities.h"

namespace wafcheck::formats {
namespace {

std::optional<int64_t> first_number(const engine::Transaction& transaction,
                                    std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto value = transaction.tx(name);
    if (!value) continue;
    int64_t number = 0;
    std::from_chars(value->data(), value->data() + value->size(), number);
    return number;
  }
  return std::nullopt;
}

/// What the traffic does not say of an address is the default's.
Endpoint or_default(const std::optional<Endpoint>& given, const Endpoint& standard) {
  if (!given) return standard;
  return {given->ip.empty() ? standard.ip : given->ip, given->port == 0 ? standard.port : given->port};
}

void process_connection(const Exchange& exchange, engine::Transaction& transaction) {
  const Endpoint client = or_default(exchange.client, {"127.0.0.1", 54321});
  const Endpoint server = or_default(exchange.server, {"127.0.0.1", 80});
  transaction.process_connection(client.ip, client.port, server.ip, server.port);
}

}  // namespace

void note_refused(const Exchange& exchange, engine::Transaction& transaction) {
  process_connection(exchange, transaction);
}

void evaluate(const Exchange& exchange, engine::Transaction& transaction) {
  std::function<const Response&()> respond;
  if (exchange.response) respond = [&]() -> const Response& { return *exchange.response; };
  evaluate(exchange, transaction, respond);
}

void evaluate(const Exchange& exchange, engine::Transaction& transaction,
              const std::function<const Response&()>& respond) {
  const Request& request = exchange.request;
  process_connection(exchange, transaction);
  transaction.process_uri(request.uri, request.method, request.protocol);
  for (const auto& [name, value] : request.headers) transaction.add_request_header(name, value);
  transaction.process_request_headers();
  if (!request.body.empty()) transaction.write_request_body(request.body);
  transaction.process_request_body();
  if (respond && !transaction.interruption()) {
    const Response& response = respond();
    for (const auto& [name, value] : response.headers) transaction.add_response_header(name, value);
    transaction.process_response_headers(response.status, response.protocol);
    if (!response.body.empty()) transaction.write_response_body(response.body);
    transaction.process_response_body();
  }
  transaction.process_logging();
}

std::string unique_id(const Exchange& exchange, std::string_view source) {
  if (!exchange.id.empty()) return exchange.id;
  const std::string place = fmt::format("{}:{}", source, exchange.entry);
  const XXH128_hash_t hash = XXH3_128bits(place.data(), place.size());
  return fmt::format("{:016x}{:08x}", hash.high64, hash.low64 >> 32);
}

std::string_view decision_of(const Outcome& outcome) {
  if (outcome.rejected) return "reject";
  if (const auto& interruption = outcome.transaction->interruption()) {
    return engine::to_string(interruption->action);
  }
  return outcome.transaction->allowed() ? "allow" : "pass";
}

bool has_shown_match(const Outcome& outcome) {
  return std::ranges::any_of(outcome.transaction->matched_rules(), [](const engine::MatchedRule& rule) {
    return rule.log || rule.auditlog || rule.disrupted;
  });
}

Scores scores_of(const engine::Transaction& transaction) {
  return {first_number(transaction, {"blocking_inbound_anomaly_score", "inbound_anomaly_score", "anomaly_score"}),
          first_number(transaction, {"blocking_outbound_anomaly_score", "outbound_anomaly_score"})};
}

std::string_view severity_name(int severity) {
  return severity >= 0 && severity < 8 ? parser::kSeverityNames[static_cast<size_t>(severity)] : std::string_view();
}

}  // namespace wafcheck::formats
