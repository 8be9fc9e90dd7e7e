#include "engine/state/transaction_state.h"

#include <chrono>

#include "engine/observer.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline state {
namespace {

int64_t wall_clock_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace

TransactionMemory::TransactionMemory(const ProgramData& program)
    : transformation_context{program.semantics(), program.settings.unicode_map.get()},
      strings(arena, program.pipelines, transformation_context),
      variables(arena, strings),
      tx(program, arena, strings) {}

void TransactionMemory::clear() {
  strings.clear();
  arena.clear();
  arena.set_budget(SIZE_MAX);  // until the next transaction has one
  variables.clear();
  match.clear();
}

TransactionState::TransactionState(const ProgramData& program_, TransactionOptions options_,
                                   TransactionMemory& memory)
    : program(program_),
      options(std::move(options_)),
      time_us(options.time_us ? *options.time_us : wall_clock_us()),
      started_ns(std::chrono::steady_clock::now().time_since_epoch().count()),
      arena(memory.arena),
      strings(memory.strings),
      variables(memory.variables),
      tx(memory.tx),
      match(memory.match),
      expanded_operators(memory.expanded_operators),
      problems(options.limits.problems),
      flow(program),
      matches(program.semantics().matched_vars_accumulate),
      records(program, options.collections, now(), problems, options.limits),
      candidates(program, arena, strings, options.memory, options.profile,
                 options.prefilter &&
                     (options.observer == nullptr || !options.observer->sees_unmatched())) {
  const Settings& settings = program.settings;
  std::array<MatchCache*, kSides> caches{};
  if (options.memory != nullptr) {
    caches = {options.memory->texts(Side::request), options.memory->texts(Side::response)};
  }
  strings.use(&program.patterns(), caches, options.profile);
  tx.clear();
  request_body.access = settings.request_body_access;
  request_body.limit = settings.request_body_limit;
  response_body.access = settings.response_body_access;
  response_body.limit = settings.response_body_limit;
  audit.mode = settings.audit;
  audit.parts = settings.audit_parts;
  xml_into_args = settings.xml_into_args;
  arena.set_budget(options.limits.transaction_memory);
}

uint64_t TransactionState::current_id() const {
  if (current.rule == nullptr) return 0;
  return parser::starter_of(*current.rule->source).id.value_or(0);
}

}  // namespace wafcheck::engine::inline state
