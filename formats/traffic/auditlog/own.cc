#include "formats/traffic/auditlog/own.h"

#include <algorithm>
#include <climits>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "formats/traffic/gaps.h"
#include "formats/traffic/jsonl.h"
#include "parser/base/iso8601.h"

namespace wafcheck::formats::inline traffic {

namespace {

std::string text_of(JsonValue value) {
  return value.is(JsonValue::Kind::string) ? value.string() : std::string();
}

std::optional<int> number_of(JsonValue value) {
  const auto number = value.is(JsonValue::Kind::number) ? value.integer() : std::nullopt;
  if (!number || *number < 0 || *number > INT_MAX) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace

Result<void> take_own_members(JsonValue own, const TrafficLimits& limits, Exchange& exchange) {
  const auto [version, time, engine, decision, status, phase, score, sanitised, detection, request,
              response, http_error, no_response] =
      own.members("version", "time", "engine", "decision", "status", "phase", "score", "sanitised",
                  "would_interrupt", "request", "response", "http_error", "no_response");
  Recorded& recorded = *exchange.recorded;
  recorded.producer = "wafcheck/" + text_of(version);
  recorded.engine.reset();
  if (const auto us = parse_iso8601(text_of(time))) {
    exchange.time_us = us;
    std::erase(exchange.gaps, Gap::time_zone);
  }
  if (engine) {
    if (const auto parsed = parser::parse_engine(text_of(engine))) recorded.engine = *parsed;
  }
  constexpr std::string_view kDecisions[] = {"pass", "allow", "deny", "drop", "redirect", "reject"};
  if (const std::string word = text_of(decision);
      std::ranges::find(kDecisions, word) != std::end(kDecisions)) {
    recorded.decision = word;
    recorded.inferred = false;
  }
  recorded.would_interrupt = detection.text() == "true";
  if (const auto number = number_of(status)) recorded.status = number;
  if (const auto number = number_of(phase)) recorded.phase = *number;
  if (const auto number = number_of(score)) recorded.score = *number;
  if (sanitised.text() == "true") add_gap(exchange.gaps, Gap::sanitised);
  if (no_response.text() == "true") exchange.response.reset();
  return read_transaction_members(request, response, http_error, limits, exchange);
}

}  // namespace wafcheck::formats::inline traffic
