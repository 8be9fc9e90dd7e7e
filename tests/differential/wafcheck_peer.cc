#include "wafcheck_peer.h"

#include <utility>

#include "engine/program.h"
#include "formats/outcome.h"

namespace wafcheck::differential {

Wafcheck::Wafcheck(std::shared_ptr<const engine::Program> program)
    : program_(std::move(program)),
      records_(std::make_unique<engine::MemoryStore>()),
      transaction_(std::make_unique<engine::Transaction>(*program_)) {}

Result<Wafcheck> Wafcheck::load(const std::string& path, parser::Profile profile) {
  parser::LoadOptions options;
  options.profile = profile;
  auto ruleset = std::make_shared<const parser::Ruleset>(parser::load({path}, options));
  for (const parser::Diagnostic& diagnostic : ruleset->diagnostics) {
    if (diagnostic.severity == parser::Severity::error) return fail(diagnostic.message);
  }
  engine::Program::Compiled compiled = engine::Program::compile(ruleset, {});
  if (compiled.program) return Wafcheck(compiled.program);
  return fail(compiled.diagnostics.empty() ? "did not compile" : compiled.diagnostics[0].message);
}

Ids Wafcheck::run(const formats::Exchange& exchange) {
  engine::TransactionOptions options;
  options.id = formats::unique_id(exchange, "differential");
  options.collections = records_.get();
  options.memory = memory_.get();
  transaction_->reset(std::move(options));
  formats::evaluate(exchange, *transaction_);
  Ids ids;
  for (const engine::MatchedRule& matched : transaction_->matched_rules()) {
    if (matched.log && matched.rule->id) ids.insert(*matched.rule->id);
  }
  return ids;
}

}  // namespace wafcheck::differential
