#include "engine/transaction.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/intake/intake.h"
#include "engine/program.h"
#include "engine/run/rule_loop.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine {

struct Transaction::Implementation {
  Implementation(const Program& program_, TransactionOptions options)
      : program(program_), memory(program_.data()) {
    begin(std::move(options));
  }

  void begin(TransactionOptions options) {
    state.reset();
    memory.clear();
    state.emplace(program.data(), std::move(options), memory);
    any_step([](TransactionState& begun) { intake::begin(begun); });
  }

  const std::optional<Interruption>& interruption() const { return state->flow.interruption(); }

  /// A step of the evaluation, unless it was interrupted before.
  template <typename Work>
  const std::optional<Interruption>& step(Work work) {
    return state->flow.stopped() ? interruption() : any_step(work);
  }

  /// One that is taken interrupted or not, unless the memory is spent.
  template <typename Work>
  const std::optional<Interruption>& any_step(Work work) {
    if (state->given_up) return interruption();
    const bool done = within_memory([&] { work(*state); });
    if (!done || state->arena.spent()) {
      state->given_up = true;
      state->problems.report_undecided(
          "memory-limit",
          fmt::format("the transaction needs more than {} of memory: its evaluation was given up",
                      limit_text(state->limits().transaction_memory, LimitUnit::Bytes)));
    }
    return interruption();
  }

  static void run_phase(TransactionState& state, int phase) {
    const Profile::PhaseScope timed(state.profile(), phase);
    RuleLoop(state).run(phase);
  }

  const Program& program;
  TransactionMemory memory;
  std::optional<TransactionState> state;  ///< fresh for each transaction
};

Transaction::Transaction(const Program& program, TransactionOptions options)
    : implementation_(std::make_unique<Implementation>(program, std::move(options))) {}
Transaction::~Transaction() = default;

void Transaction::reset(TransactionOptions options) {
  implementation_->begin(std::move(options));
}

// --- the phases ----------------------------------------------------------------------------------

void Transaction::process_connection(std::string_view client_ip, uint16_t client_port,
                                     std::string_view server_ip, uint16_t server_port) {
  implementation_->any_step([&](TransactionState& state) {
    take_connection(state, client_ip, client_port, server_ip, server_port);
  });
}

void Transaction::process_uri(std::string_view uri, std::string_view method,
                              std::string_view protocol) {
  implementation_->any_step(
      [&](TransactionState& state) { take_uri(state, uri, method, protocol); });
}

void Transaction::add_request_header(std::string_view name, std::string_view value) {
  implementation_->any_step(
      [&](TransactionState& state) { take_request_header(state, name, value); });
}

void Transaction::serve_path(std::string_view path) {
  implementation_->any_step([&](TransactionState& state) { take_served_path(state, path); });
}

const std::optional<Interruption>& Transaction::refuse(int status, std::string message) {
  TransactionState& state = *implementation_->state;
  if (!interruption()) refuse_request(state, status, std::move(message));
  return interruption();
}

bool Transaction::answers_refusal() const {
  return implementation_->state->flow.refused() &&
         implementation_->program.data().semantics().refusal_is_answered;
}

const std::optional<Interruption>& Transaction::process_request_headers() {
  return implementation_->any_step([](TransactionState& state) {
    if (state.program.semantics().full_request_at_once) set_full_request(state);
    Implementation::run_phase(state, 1);
  });
}

const std::optional<Interruption>& Transaction::write_request_body(std::string_view bytes) {
  return implementation_->step([&](TransactionState& state) {
    if (reads_request_body(state)) {
      take_request_body(state, bytes);
    } else if (!bytes.empty()) {
      pass_request_body(state);
    }
  });
}

const std::optional<Interruption>& Transaction::process_request_body() {
  return implementation_->step([](TransactionState& state) {
    if (state.program.semantics().path_as_served) {
      state.variables.set(parser::Variable::PATH_INFO, std::string_view());  // all of it was used
    }
    if (reads_request_body(state)) {
      const auto timed = Profile::time(state.profile(), Account::bodies);
      read_request_body(state);
    }
    const bool needs_access = state.program.semantics().body_phases_need_access;
    if (needs_access && !state.request_body.access) return;
    Implementation::run_phase(state, 2);
  });
}

void Transaction::add_response_header(std::string_view name, std::string_view value) {
  implementation_->any_step(
      [&](TransactionState& state) { take_response_header(state, name, value); });
}

const std::optional<Interruption>& Transaction::process_response_headers(int status,
                                                                         std::string_view protocol,
                                                                         std::string_view reason) {
  if (answers_refusal()) implementation_->state->flow.answer();
  return implementation_->step([&](TransactionState& state) {
    take_response_line(state, status, protocol, reason);
    Implementation::run_phase(state, 3);
  });
}

const std::optional<Interruption>& Transaction::write_response_body(std::string_view bytes) {
  return implementation_->step([&](TransactionState& state) {
    if (reads_response_body(state)) {
      take_response_body(state, bytes);
    } else if (!bytes.empty()) {
      pass_response_body(state);
    }
  });
}

const std::optional<Interruption>& Transaction::process_response_body() {
  return implementation_->step([](TransactionState& state) {
    const bool readable = reads_response_body(state);
    if (readable) {
      const auto timed = Profile::time(state.profile(), Account::bodies);
      read_response_body(state);
    } else if (state.program.semantics().early_values_empty) {
      state.variables.set(parser::Variable::RESPONSE_BODY, std::string_view());
    }
    if (!readable && state.program.semantics().body_phases_need_access) return;
    Implementation::run_phase(state, 4);
  });
}

void Transaction::process_logging() {
  implementation_->any_step([&](TransactionState& state) {
    if (interruption() && state.program.semantics().denial_sets_status) {
      take_response_line(state, interruption()->status,
                         state.variables.first_or_empty(parser::Variable::REQUEST_PROTOCOL), {});
    }
    Implementation::run_phase(state, 5);
  });
  implementation_->state->records.save();
}

void Transaction::resume() {
  implementation_->state->flow.resume();
}

bool Transaction::stopped() const {
  return implementation_->state->flow.stopped();
}

void Transaction::update_status(int status) {
  implementation_->any_step([&](TransactionState& state) {
    state.variables.set(parser::Variable::RESPONSE_STATUS, static_cast<int64_t>(status));
  });
}

// --- looking in ----------------------------------------------------------------------------------

const std::optional<Interruption>& Transaction::interruption() const {
  return implementation_->interruption();
}
const std::optional<Interruption>& Transaction::would_interrupt() const {
  return implementation_->state->flow.would_interrupt();
}
bool Transaction::allowed() const {
  return implementation_->state->flow.allowed();
}
std::span<const MatchedRule> Transaction::matched_rules() const {
  return implementation_->state->matched_rules;
}
std::span<const Problem> Transaction::problems() const {
  return implementation_->state->problems.all();
}
bool Transaction::undecided() const {
  return implementation_->state->problems.undecided();
}
std::span<const Uninspected> Transaction::uninspected() const {
  return implementation_->state->uninspected;
}
std::vector<ExclusionUse> Transaction::exclusion_uses() const {
  const Flow& flow = implementation_->state->flow;
  std::vector<ExclusionUse> uses;
  for (const Flow::CtlUse& ctl : flow.ctl_uses()) {
    ExclusionUse& use = uses.emplace_back();
    use.rule = ctl.by->source;
    use.text = fmt::format("ctl:{}={}", parser::info(ctl.step->option).name, ctl.step->value);
    use.file = ctl.by->file;
    use.line = ctl.by->line;
    use.removed =
        ctl.effective || std::ranges::any_of(ctl.step->exclusions, [&](const Exclusion& exclusion) {
          return flow.has_excluded(exclusion);
        });
  }
  const parser::Sources& sources = program().ruleset().sources;
  for (const Exclusion* const exclusion : flow.effective()) {
    if (!exclusion->source->updated) continue;
    const parser::Span span = exclusion->source->span;
    const parser::Place place = sources.begin_of(span);
    const ExclusionUse use{nullptr, std::string(sources.text(span)), place.path, place.line, true};
    if (std::ranges::find(uses, use) == uses.end()) uses.push_back(use);  // it is of many rules
  }
  return uses;
}
EngineMode Transaction::engine_mode() const {
  return implementation_->state->flow.mode();
}
AuditMode Transaction::audit_mode() const {
  return implementation_->state->audit.mode;
}
const std::string& Transaction::audit_parts() const {
  return implementation_->state->audit.parts;
}
bool Transaction::audit_relevant() const {
  return implementation_->state->audit.relevant;
}
bool Transaction::response_body_readable() const {
  return reads_response_body(*implementation_->state);
}
std::string_view Transaction::request_body() const {
  return implementation_->state->request_body.text;
}
std::string_view Transaction::response_body() const {
  return implementation_->state->response_body.text;
}
int Transaction::highest_severity() const {
  return implementation_->state->highest_severity;
}
const Masks& Transaction::masks() const {
  return implementation_->state->audit.masks;
}

std::optional<std::string_view> Transaction::tx(std::string_view name) const {
  const TxStore& tx = implementation_->state->tx;
  const int32_t slot = tx.find(name);
  if (slot < 0 || !tx[slot].set) return std::nullopt;
  return tx.text(slot);
}

std::optional<std::string_view> Transaction::first(parser::Variable variable) const {
  return implementation_->state->variables.first(variable);
}

std::vector<std::pair<std::string_view, std::string_view>> Transaction::members(
    parser::Variable variable) const {
  TransactionState& state = *implementation_->state;
  std::vector<std::pair<std::string_view, std::string_view>> all;
  if (variable == parser::Variable::TX) {
    state.tx.each(
        [&](const TxVariable& tx) { all.emplace_back(tx.name, state.strings[tx.value]); });
    return all;
  }
  for (const Member& member : state.variables.members(variable)) {
    all.emplace_back(member.key, state.strings[member.value]);
  }
  return all;
}

const std::string& Transaction::id() const {
  return implementation_->state->options.id;
}
int64_t Transaction::time_us() const {
  return implementation_->state->time_us;
}
const Program& Transaction::program() const {
  return implementation_->program;
}

}  // namespace wafcheck::engine
