#include "wafcheck_peer.h"

#include <utility>

#include "engine/program.h"
#include "formats/records/error_log.h"
#include "formats/records/outcome.h"

namespace wafcheck::differential {

Wafcheck::Wafcheck(std::shared_ptr<const engine::Program> program)
    : program_(std::move(program)),
      records_(std::make_unique<engine::MemoryStore>()),
      transaction_(std::make_unique<engine::Transaction>(*program_)) {}

Result<Wafcheck> Wafcheck::load(const std::string& path, const parser::Engine& engine) {
  parser::LoadOptions options;
  options.profile = engine.profile;
  options.version = engine.version;
  auto ruleset = std::make_shared<const parser::RulesetModel>(parser::load_model({path}, options));
  for (const parser::Diagnostic& diagnostic : ruleset->diagnostics) {
    if (diagnostic.severity == parser::Severity::error) return fail(diagnostic.message);
  }
  engine::Program::Compiled compiled = engine::Program::compile(ruleset, {});
  if (compiled.program) return Wafcheck(compiled.program);
  return fail(compiled.diagnostics.empty() ? "did not compile" : compiled.diagnostics[0].message);
}

void Wafcheck::evaluate(const formats::Exchange& exchange, std::optional<int64_t> time_us) {
  engine::TransactionOptions options;
  options.time_us = time_us;
  options.id = formats::unique_id(exchange, "differential");
  options.collections = records_.get();
  options.memory = memory_.get();
  transaction_->reset(std::move(options));
  formats::evaluate(exchange, *transaction_);
}

Ids Wafcheck::run(const formats::Exchange& exchange) {
  evaluate(exchange, {});
  Ids ids;
  for (const engine::MatchedRule& matched : transaction_->matched_rules()) {
    if (matched.log && matched.rule->id) ids.insert(*matched.rule->id);
  }
  return ids;
}

Answer Wafcheck::answer(const formats::Exchange& exchange, std::optional<int64_t> time_us) {
  evaluate(exchange, time_us);
  Answer answer;
  if (const auto& interruption = transaction_->interruption()) {
    answer.status = interruption->status;
    answer.url = interruption->url;
  }
  formats::Outcome outcome;
  outcome.exchange = &exchange;
  outcome.transaction = transaction_.get();
  answer.lines = formats::error_log(outcome);
  return answer;
}

}  // namespace wafcheck::differential
