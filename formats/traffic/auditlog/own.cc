#include "formats/traffic/auditlog/own.h"

#include <utility>

#include "formats/traffic/gaps.h"
#include "formats/traffic/jsonl.h"
#include "parser/base/iso8601.h"

namespace wafcheck::formats::inline traffic {

Result<void> take_own_members(JsonValue own, const TrafficLimits& limits, Exchange& exchange) {
  const auto [version, time, engine, decision, status, phase, score, sanitised, detection, request,
              response, http_error, no_response] =
      own.members("version", "time", "engine", "decision", "status", "phase", "score", "sanitised",
                  "would_interrupt", "request", "response", "http_error", "no_response");
  Recorded& recorded = *exchange.recorded;
  recorded.producer = "wafcheck/" + version.string();
  recorded.engine.reset();
  if (const auto us = parse_iso8601(time.string())) {
    exchange.time_us = us;
    std::erase(exchange.gaps, Gap::time_zone);
  }
  if (engine.is(JsonValue::Kind::string)) {
    if (const auto parsed = parser::parse_engine(engine.string())) recorded.engine = *parsed;
  }
  if (decision.is(JsonValue::Kind::string)) {
    recorded.decision = decision.string();
    recorded.inferred = false;
  }
  recorded.would_interrupt = detection.text() == "true";
  if (const auto number = status.integer()) recorded.status = static_cast<int>(*number);
  if (const auto number = phase.integer()) recorded.phase = static_cast<int>(*number);
  if (const auto number = score.integer()) recorded.score = *number;
  if (sanitised.text() == "true") add_gap(exchange.gaps, Gap::sanitised);
  if (no_response.text() == "true") exchange.response.reset();
  return read_transaction_members(request, response, http_error, limits, exchange);
}

}  // namespace wafcheck::formats::inline traffic
