#include "formats/records/outcome.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/program.h"
#include "formats/front/front.h"
#include "formats/traffic/http_reasons.h"
#include "parser/language/semantics.h"
#include "parser/language/severities.h"

namespace wafcheck::formats::inline records {
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

/// An address with the parts that it lacks taken from a default.
Endpoint or_default(const std::optional<Endpoint>& endpoint, const Endpoint& standard) {
  if (!endpoint) return standard;
  return {endpoint->ip.empty() ? standard.ip : endpoint->ip,
          endpoint->port == 0 ? standard.port : endpoint->port};
}

void serve_path(const ServedPath& served, engine::Transaction& transaction) {
  if (served.status == 0) {
    transaction.serve_path(served.path);
  } else {
    transaction.refuse(served.status, "The server does not take the path");
  }
}

/// The page of a server that refuses a request.
Response error_page(int status) {
  const std::string_view reason = http_reason(status).phrase;
  Response page;
  page.status = status;
  page.headers = {{"Content-Type", "text/html; charset=iso-8859-1"}};
  page.body =
      fmt::format("<html><head><title>{0} {1}</title></head><body><h1>{1}</h1></body></html>\n",
                  status, reason);
  return page;
}

void answer(const Response& response, engine::Transaction& transaction) {
  for (const auto& [name, value] : response.headers) transaction.add_response_header(name, value);
  const std::string_view reason = response.reason.empty() ? http_reason(response.status).phrase
                                                          : std::string_view(response.reason);
  transaction.process_response_headers(response.status, response.protocol, reason);
  if (!response.body.empty()) transaction.write_response_body(response.body);
  transaction.process_response_body();
}

}  // namespace

bool is_interrupted(const Outcome& outcome) {
  return outcome.transaction->interruption() || outcome.transaction->would_interrupt();
}

void process_connection(const Exchange& exchange, engine::Transaction& transaction) {
  const Endpoint client = or_default(exchange.client, {"127.0.0.1", 54321});
  const Endpoint server = or_default(exchange.server, {"127.0.0.1", 80});
  transaction.process_connection(client.ip, client.port, server.ip, server.port);
}

void evaluate(const Exchange& exchange, engine::Transaction& transaction, Front front) {
  std::function<const Response&()> respond;
  if (exchange.response) respond = [&]() -> const Response& { return *exchange.response; };
  evaluate(exchange, transaction, respond, front);
}

void evaluate(const Exchange& exchange, engine::Transaction& transaction,
              const std::function<const Response&()>& respond, Front front) {
  const Request& request = exchange.request;
  process_connection(exchange, transaction);
  transaction.process_uri(request.uri, request.method, request.protocol);
  for (const auto& [name, value] : request.headers) transaction.add_request_header(name, value);
  const bool by_server = transaction.program().semantics().path_as_served;
  const std::optional<ServedPath> served =
      by_server ? served_path(front, request) : std::optional<ServedPath>();
  if (served) transaction.serve_path(served->first);
  transaction.process_request_headers();
  if (served) serve_path(*served, transaction);
  if (!request.body.empty()) transaction.write_request_body(request.body);
  transaction.process_request_body();
  if (transaction.answers_refusal()) {
    answer(error_page(transaction.interruption()->status), transaction);
  } else if (respond && !transaction.interruption()) {
    answer(respond(), transaction);
  }
  transaction.process_logging();
}

std::string unique_id(const Exchange& exchange, std::string_view source) {
  if (!exchange.id.empty()) return exchange.id;
  const std::string place = fmt::format("{}:{}", source, exchange.offset);
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
  return std::ranges::any_of(
      outcome.transaction->matched_rules(),
      [](const engine::MatchedRule& rule) { return rule.log || rule.auditlog || rule.disrupted; });
}

std::vector<std::string_view> undecided_by(const engine::Transaction& transaction) {
  std::vector<std::string_view> kinds;
  for (const engine::Problem& problem : transaction.problems()) {
    if (problem.undecided && std::ranges::find(kinds, problem.kind) == kinds.end()) {
      kinds.emplace_back(problem.kind);
    }
  }
  return kinds;
}

Scores scores_of(const engine::Transaction& transaction) {
  return {first_number(transaction, {"blocking_inbound_anomaly_score", "inbound_anomaly_score",
                                     "anomaly_score"}),
          first_number(transaction, {"blocking_outbound_anomaly_score", "outbound_anomaly_score"})};
}

std::optional<int64_t> threshold_of(const engine::Transaction& transaction) {
  return first_number(transaction,
                      {"inbound_anomaly_score_threshold", "inbound_anomaly_score_level"});
}

std::string_view severity_name(int severity) {
  return severity >= 0 && severity < 8 ? parser::kSeverityNames[static_cast<size_t>(severity)]
                                       : std::string_view();
}

}  // namespace wafcheck::formats::inline records
