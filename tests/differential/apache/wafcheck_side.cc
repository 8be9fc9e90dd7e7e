#include "wafcheck_side.h"

#include <fmt/format.h>

#include <utility>

#include "formats/traffic/http.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::differential {

WafcheckSide::WafcheckSide(std::shared_ptr<const engine::Program> program)
    : evaluator_(std::make_unique<formats::Evaluator>(
          std::move(program), formats::EvaluatorOptions{.front = formats::Front::httpd})) {}

Result<WafcheckSide> WafcheckSide::load(const std::string& path) {
  parser::LoadOptions options;
  options.profile = parser::Profile::modsecurity2;
  auto ruleset = std::make_shared<const parser::RulesetModel>(parser::load_model({path}, options));
  for (const parser::Diagnostic& diagnostic : ruleset->diagnostics) {
    if (diagnostic.severity == parser::Severity::error) return fail(diagnostic.message);
  }
  const engine::Program::Compiled compiled = engine::Program::compile(ruleset, {});
  if (compiled.program) return WafcheckSide(compiled.program);
  return fail(compiled.diagnostics.empty() ? "it does not compile"
                                           : compiled.diagnostics[0].message);
}

WafcheckSide::Said WafcheckSide::run(std::string_view request, const formats::Response& answer,
                                     uint16_t client_port, uint16_t server_port) {
  formats::Exchange exchange = formats::parse_http_request(request);
  exchange.client = formats::Endpoint{"127.0.0.1", client_port};
  exchange.server = formats::Endpoint{"127.0.0.1", server_port};
  const formats::Outcome outcome = evaluator_->run(std::move(exchange), "apache",
                                                   [&](const formats::Request&) { return answer; });
  Said said{answer.status, {}, {}};
  if (outcome.rejected) {
    said.status = outcome.exchange->http_error->status;
  } else if (const auto& interruption = outcome.transaction->interruption()) {
    const bool dropped = interruption->action == engine::Disruption::drop;
    said.status = dropped ? 0 : interruption->status;
  }
  for (const engine::MatchedRule& matched : outcome.transaction->matched_rules()) {
    if (!matched.rule->id) continue;
    if (matched.log || matched.auditlog) said.audited.insert(*matched.rule->id);
    if (matched.log) said.logged.insert(*matched.rule->id);
  }
  return said;
}

std::string wire_of(const formats::Exchange& exchange) {
  const formats::Request& request = exchange.request;
  std::string bytes;
  if (exchange.wire && !exchange.wire->head.empty()) {
    for (const std::string& line : exchange.wire->head) bytes += line;
    return bytes + "\r\n" + request.body;
  }
  bytes = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.uri);
  for (const auto& [name, value] : request.headers) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  return bytes + "\r\n" + request.body;
}

}  // namespace wafcheck::differential
