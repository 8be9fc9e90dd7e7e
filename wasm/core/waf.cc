#include "wasm/core/waf.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "engine/intake/body_limit.h"
#include "engine/program/settings.h"
#include "formats/records/audit_log.h"
#include "formats/records/error_log.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"
#include "wasm/core/rule_files.h"
#include "wasm/core/support.h"

namespace wafcheck::wasm::inline core {
namespace {

/// Transactions that wait for the next request, each with the memory that it has.
constexpr size_t kMostIdle = 8;
/// Bytes of bodies after which the memory of a transaction is not kept.
constexpr size_t kMostKept = size_t{1} << 20;
/// Of one transaction: what a module has taken it never gives back.
constexpr size_t kTransactionMemory = size_t{64} << 20;

/// As Coraza makes them: 19 letters and digits. The host is asked for the random bytes of several
/// at once: a call takes longer than all the rest.
std::string new_id() {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr size_t kLength = 19;
  static std::array<uint8_t, 13 * kLength> random{};
  static size_t used = random.size();
  if (used == random.size()) {
    if (getentropy(random.data(), random.size()) != 0) random.fill(0);
    used = 0;
  }
  std::string id;
  for (const size_t end = used + kLength; used < end; ++used)
    id += kLetters[random[used] % kLetters.size()];
  return id;
}

std::string text_of(const parser::Diagnostic& diagnostic, const parser::Sources& sources) {
  std::string text;
  if (diagnostic.span.file != parser::kNoFile) {
    const parser::Place place = sources.begin_of(diagnostic.span);
    text = fmt::format("{}:{}:{}: ", place.path, place.line, place.column);
  }
  text += diagnostic.message;
  if (!diagnostic.help.empty()) text += "; " + diagnostic.help;
  return text;
}

/// The errors, a line each; warnings about what is not evaluated as it is written go to the log.
std::string errors_of(const parser::Diagnostics& diagnostics, const parser::Sources& sources,
                      Log& log) {
  std::string errors;
  for (const parser::Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity == parser::Severity::error) {
      errors += (errors.empty() ? "" : "\n") + text_of(diagnostic, sources);
    } else if (diagnostic.effect != parser::Effect::none) {
      log.line(LogLevel::warn, text_of(diagnostic, sources));
    }
  }
  if (crs_files().empty() && errors.find(kCrs) != std::string::npos) {
    errors += "\nthis module was built without CRS: wasm/build --crs DIR";
  }
  return errors;
}

}  // namespace

// --- Waf -----------------------------------------------------------------------------------------

Waf::Waf(std::shared_ptr<const engine::Program> program)
    : program_(std::move(program)), memory_(std::make_unique<engine::MatchMemory>(*program_)) {}

Result<std::unique_ptr<Waf>> Waf::load(const std::string& name, std::string directives, Log& log) {
  RuleFiles files;
  files.add(name, std::move(directives));
  parser::Semantics semantics = parser::semantics_of(parser::Engine{parser::Profile::coraza, {}});
  semantics.multiphase = true;
  parser::LoadOptions options;
  options.profile = parser::Profile::coraza;
  options.semantics = &semantics;
  options.files = &files;
  options.shipped_rules = kOwn;
  options.crs = kCrs;

  const auto model =
      std::make_shared<parser::RulesetModel>(parser::load_model({name}, std::move(options)));
  add_unsupported(*model);
  if (auto errors = errors_of(model->diagnostics, model->sources, log); !errors.empty()) {
    return fail(std::move(errors));
  }
  model->files = {};  // syntax trees, which only linters want
  engine::ProgramOptions program_options;
  program_options.files = &files;
  engine::Program::Compiled compiled = engine::Program::compile(model, std::move(program_options));
  if (auto errors = errors_of(compiled.diagnostics, model->sources, log); !errors.empty()) {
    return fail(std::move(errors));
  }
  if (compiled.program == nullptr) return fail(fmt::format("{}: cannot be compiled", name));
  compiled.program->prepare();
  return std::unique_ptr<Waf>(new Waf(std::move(compiled.program)));
}

std::unique_ptr<engine::Transaction> Waf::take_transaction(engine::TransactionOptions options) {
  if (idle_.empty()) {
    return std::make_unique<engine::Transaction>(*program_, std::move(options));
  }
  std::unique_ptr<engine::Transaction> transaction = std::move(idle_.back());
  idle_.pop_back();
  transaction->reset(std::move(options));
  return transaction;
}

void Waf::give_back(std::unique_ptr<engine::Transaction> transaction) {
  const size_t bodies = transaction->request_body().size() + transaction->response_body().size();
  if (bodies <= kMostKept && idle_.size() < kMostIdle) idle_.push_back(std::move(transaction));
}

// --- Stream --------------------------------------------------------------------------------------

Stream::Stream(Waf& waf, Log& log, std::string_view connector)
    : waf_(waf),
      log_(log),
      memory_(std::move(waf.memory_)),
      host_{.product = "wafcheck " WAFCHECK_VERSION, .connector = connector, .hostname = {}} {
  engine::TransactionOptions options;
  options.id = new_id();
  options.memory = memory_.get();
  options.limits.transaction_memory = kTransactionMemory;
  transaction_ = waf_.take_transaction(std::move(options));
}

Stream::~Stream() {
  finish();
  waf_.give_back(std::move(transaction_));
  if (memory_ != nullptr) waf_.memory_ = std::move(memory_);
}

template <typename Step>
void Stream::run(Step step) {
  step(*transaction_);
  log_matches();
  log_problems();
  if (!interruption_ && transaction_->interruption()) {
    interruption_ = *transaction_->interruption();
    if (interruption_->status < 200 || interruption_->status > 599) interruption_->status = 403;
  }
}

void Stream::connection(std::string_view client, uint16_t client_port, std::string_view server,
                        uint16_t server_port) {
  transaction_->process_connection(client, client_port, server, server_port);
}

void Stream::uri(std::string_view uri, std::string_view method, std::string_view protocol) {
  protocol_ = protocol;
  transaction_->process_uri(uri, method, protocol);
}

void Stream::request_header(std::string_view name, std::string_view value) {
  transaction_->add_request_header(name, value);
}

void Stream::request_headers() {
  run([](engine::Transaction& transaction) { transaction.process_request_headers(); });
}

bool Stream::wants_request_body() const {
  return waf_.program().settings().request_body_access &&
         transaction_->engine_mode() != engine::EngineMode::off;
}

bool Stream::request_body(std::string_view bytes) {
  const size_t before = transaction_->request_body().size();
  run([bytes](engine::Transaction& transaction) { transaction.write_request_body(bytes); });
  return !interruption_ && !engine::was_cut(transaction_->request_body(), before, bytes.size(),
                                            waf_.program().settings().request_body_limit);
}

void Stream::request_body_end() {
  run([](engine::Transaction& transaction) { transaction.process_request_body(); });
}

void Stream::response_header(std::string_view name, std::string_view value) {
  transaction_->add_response_header(name, value);
}

void Stream::response_headers(int status) {
  sent_status_ = status;
  run([&](engine::Transaction& transaction) {
    transaction.process_response_headers(status, protocol_);
  });
}

bool Stream::wants_response_body() const {
  return transaction_->response_body_readable() &&
         transaction_->engine_mode() != engine::EngineMode::off;
}

bool Stream::response_body(std::string_view bytes) {
  const size_t before = transaction_->response_body().size();
  run([bytes](engine::Transaction& transaction) { transaction.write_response_body(bytes); });
  return !interruption_ && !engine::was_cut(transaction_->response_body(), before, bytes.size(),
                                            waf_.program().settings().response_body_limit);
}

void Stream::response_body_end() {
  run([](engine::Transaction& transaction) { transaction.process_response_body(); });
}

void Stream::finish() {
  if (std::exchange(finished_, true)) return;
  if (interruption_) sent_status_ = interruption_->status;
  run([](engine::Transaction& transaction) { transaction.process_logging(); });
  const formats::Outcome result = outcome();
  if (!formats::is_audited(result)) return;
  const std::string_view format = formats::audit_format(waf_.program());
  std::string record = format == "native"         ? formats::audit_record_native(result)
                       : format == "modsecurity2" ? formats::audit_record_modsecurity2(result)
                                                  : formats::audit_record_coraza(result);
  log_.line(LogLevel::info, record);
}

const engine::Interruption* Stream::interruption() const {
  return interruption_ ? &*interruption_ : nullptr;
}

void Stream::log_matches() {
  const auto matched = transaction_->matched_rules();
  for (; logged_ < matched.size(); ++logged_) {
    const engine::MatchedRule& rule = matched[logged_];
    if (rule.log) log_.line(level_of(rule.severity), formats::error_log_line(outcome(), rule));
  }
}

/// What was cut off, given up or not evaluated.
void Stream::log_problems() {
  const auto problems = transaction_->problems();
  for (; logged_problems_ < problems.size(); ++logged_problems_) {
    const engine::Problem& problem = problems[logged_problems_];
    log_.line(problem.undecided ? LogLevel::error : LogLevel::warn,
              fmt::format("transaction {}: {}", transaction_->id(), problem.message));
    // Whoever can make an evaluation cost too much must not get past the rules by it.
    const bool enforced = transaction_->engine_mode() == engine::EngineMode::on;
    if (problem.kind == "memory-limit" && enforced && !interruption_) {
      interruption_.emplace();
      interruption_->status = 500;
      interruption_->message = problem.message;
    }
  }
}

formats::Outcome Stream::outcome() const {
  formats::Outcome outcome;
  outcome.exchange = &exchange_;
  outcome.transaction = transaction_.get();
  outcome.sent_status = sent_status_;
  outcome.host = &host_;
  return outcome;
}

}  // namespace wafcheck::wasm::inline core
