#include "formats/capi/transaction.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "engine/intake/body_limit.h"
#include "engine/program/settings.h"
#include "formats/records/audit_log.h"
#include "formats/records/error_log.h"
#include "parser/language/language.h"

namespace wafcheck::formats::inline capi {
namespace {

/// Bytes of a spooled body that are handed on at once.
constexpr size_t kPiece = size_t{64} << 10;
/// Bytes of bodies after which the memory of a transaction is not kept for others.
constexpr size_t kMostKept = size_t{1} << 20;

/// As libmodsecurity makes them: seconds, and a random number of eight digits, two of which stand
/// before the point.
std::string new_id() {
  uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number)) {
    std::timespec now{};
    std::timespec_get(&now, TIME_UTC);
    number = static_cast<uint64_t>(now.tv_nsec) ^ static_cast<uint64_t>(getpid()) << 32;
  }
  number %= 100'000'000;
  return fmt::format("{}{:02}.{:06}", std::time(nullptr), number / 1'000'000, number % 1'000'000);
}

uint16_t port_of(int port) {
  return static_cast<uint16_t>(std::clamp(port, 0, 65535));
}

char* copy_of(const std::string& text) {
  return strdup(text.c_str());
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), with);
    at += with.size();
  }
}

}  // namespace

Instance::Instance() : product("ModSecurity v3.0.13 (wafcheck " WAFCHECK_VERSION ")") {}

ServerTransaction::ServerTransaction(std::shared_ptr<Instance> instance,
                                     std::shared_ptr<LoadedRules> rules, std::string id,
                                     void* log_data)
    : instance_(std::move(instance)),
      rules_(std::move(rules)),
      worker_(rules_->take_worker()),
      log_data_(log_data),
      host_{.product = instance_->product, .connector = instance_->connector, .hostname = {}} {
  engine::TransactionOptions options;
  options.id = id.empty() ? new_id() : std::move(id);
  options.collections = instance_->collections.get();
  options.memory = worker_->memory.get();
  const ServerLogs& logs = rules_->logs();
  if (logs.debug != nullptr) {
    debug_.emplace(*logs.debug, logs.debug_level, options.id);
    options.observer = &*debug_;
  }
  transaction().reset(std::move(options));
}

ServerTransaction::~ServerTransaction() {
  if (instance_->metrics != nullptr) instance_->metrics->add(outcome());
  // What a large transaction took would stay for good.
  if (request_body().size() + response_body().size() > kMostKept) return;
  rules_->give_back(std::move(worker_));
}

// --- the phases ----------------------------------------------------------------------------------

void ServerTransaction::process_connection(std::string_view client, int client_port,
                                           std::string_view server, int server_port) {
  transaction().process_connection(client, port_of(client_port), server, port_of(server_port));
}

void ServerTransaction::process_uri(std::string_view uri, std::string_view method,
                                    std::string_view version) {
  transaction().process_uri(uri, method, fmt::format("HTTP/{}", version));
  if (!debug_) return;
  debug_->set_uri(uri);
  log_arguments(parser::Variable::ARGS_GET, "GET");
}

void ServerTransaction::add_request_header(std::string_view name, std::string_view value) {
  transaction().add_request_header(name, value);
}

void ServerTransaction::process_request_headers() {
  run([](engine::Transaction& transaction) { transaction.process_request_headers(); });
}

bool ServerTransaction::append_request_body(std::string_view bytes) {
  const size_t before = transaction().request_body().size();
  run([&](engine::Transaction& transaction) { transaction.write_request_body(bytes); });
  return transaction().stopped() ||
         !engine::was_cut(transaction().request_body(), before, bytes.size(),
                          rules_->program().settings().request_body_limit);
}

bool ServerTransaction::append_request_body_of(const char* path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (file < 0) return false;
  std::array<char, kPiece> piece;  // filled by read()
  bool whole = true;
  ssize_t got = 0;
  while (whole && (got = read(file, piece.data(), piece.size())) > 0) {
    whole = append_request_body({piece.data(), static_cast<size_t>(got)});
  }
  close(file);
  return whole && got == 0;
}

void ServerTransaction::process_request_body() {
  run([](engine::Transaction& transaction) { transaction.process_request_body(); });
  if (debug_) log_arguments(parser::Variable::ARGS_POST, "POST");
}

void ServerTransaction::add_response_header(std::string_view name, std::string_view value) {
  // The connector of nginx counts the NUL behind some of its own texts.
  if (value.ends_with('\0')) value.remove_suffix(1);
  transaction().add_response_header(name, value);
}

void ServerTransaction::process_response_headers(int status, std::string_view protocol) {
  sent_status_ = status;
  run([&](engine::Transaction& transaction) {
    transaction.process_response_headers(status, protocol);
  });
}

bool ServerTransaction::append_response_body(std::string_view bytes) {
  const size_t before = transaction().response_body().size();
  run([&](engine::Transaction& transaction) { transaction.write_response_body(bytes); });
  return transaction().stopped() ||
         !engine::was_cut(transaction().response_body(), before, bytes.size(),
                          rules_->program().settings().response_body_limit);
}

void ServerTransaction::process_response_body() {
  run([](engine::Transaction& transaction) { transaction.process_response_body(); });
}

void ServerTransaction::update_status(int status) {
  sent_status_ = status;
  transaction().update_status(status);
}

void ServerTransaction::process_logging() {
  if (transaction().engine_mode() == engine::EngineMode::off) return;
  run([](engine::Transaction& transaction) { transaction.process_logging(); });
  write_audit_record();
}

// --- what it has to say --------------------------------------------------------------------------

Outcome ServerTransaction::outcome() const {
  Outcome outcome;
  outcome.exchange = &exchange_;
  outcome.transaction = &transaction();
  outcome.host = &host_;
  outcome.elapsed_us = std::chrono::duration<double, std::micro>(evaluated_).count();
  outcome.sent_status = sent_status_;
  return outcome;
}

void ServerTransaction::log_matches() {
  const auto matched = transaction().matched_rules();
  for (; logged_ < matched.size(); ++logged_) {
    const engine::MatchedRule& rule = matched[logged_];
    const bool interrupts = rule.disrupted && transaction().engine_mode() == engine::EngineMode::on;
    if (rule.log && !interrupts) {
      log_line(alert_text(outcome(), rule, parser::Profile::modsecurity3));
    }
  }
  if (transaction().stopped() && interruption_text_.empty()) {
    interruption_text_ = interruption_text();
  }
}

void ServerTransaction::log_details() {
  const auto problems = transaction().problems();
  for (; logged_problems_ < problems.size(); ++logged_problems_) {
    debug_->line(DebugLog::problem, "{}", problems[logged_problems_].message);
  }
  debug_->flush();
}

void ServerTransaction::log_arguments(parser::Variable collection, std::string_view origin) {
  for (const auto& [name, value] : transaction().members(collection)) {
    debug_->line(DebugLog::detail, "Adding request argument ({}): name \"{}\", value \"{}\"",
                 origin, name, value);
  }
  debug_->flush();
}

void ServerTransaction::log_line(const std::string& line) {
  if (instance_->log != nullptr) return instance_->log(log_data_, line.c_str());
  std::fputs(("Server log callback is not set -- " + line + "\n").c_str(), stderr);
}

std::string ServerTransaction::interruption_text() const {
  const engine::Interruption& interruption = *transaction().interruption();
  if (!interruption.rule_id) {
    return fmt::format("{} body limit is marked to reject the request",
                       interruption.phase == 4 ? "Response" : "Request");
  }
  const auto matched = transaction().matched_rules();
  for (auto rule = matched.rbegin(); rule != matched.rend(); ++rule) {
    if (rule->disrupted && rule->id == interruption.rule_id) {
      return error_log_line(outcome(), *rule);
    }
  }
  return interruption.message;
}

void ServerTransaction::tell(ModSecurityIntervention& it) {
  if (!transaction().stopped()) return;
  const engine::Interruption& interruption = *transaction().interruption();
  it.status = interruption.status;
  it.disruptive = 1;
  if (!interruption.url.empty()) it.url = copy_of(interruption.url);
  replace_all(interruption_text_, "%d", std::to_string(interruption.status));
  it.log = copy_of(interruption_text_);
  interruption_text_.clear();
  transaction().resume();
}

// --- the audit log -------------------------------------------------------------------------------

void ServerTransaction::write_audit_record() {
  const ServerLogs& logs = rules_->logs();
  const Outcome result = outcome();
  const bool wanted = logs.audit != nullptr || !logs.folder.empty();
  if (!wanted || !is_audited(result)) return;
  const std::string record =
      (logs.json ? audit_record_modsecurity(result) : audit_record_native(result)) + "\n";
  if (logs.audit_type == ServerLogs::AuditType::parallel) return write_parallel(logs, record);
  if (logs.audit != nullptr) logs.audit->append(record);
}

void ServerTransaction::write_parallel(const ServerLogs& logs, const std::string& record) {
  const std::time_t now = static_cast<std::time_t>(transaction().time_us() / 1'000'000);
  std::tm local{};
  localtime_r(&now, &local);
  const auto timed = [&](const char* format) {
    char text[64];
    return std::string(text, std::strftime(text, sizeof text, format, &local));
  };
  std::string path = logs.folder;
  for (const char* format : {"/%Y%m%d", "/%Y%m%d-%H%M"}) {
    path += timed(format);
    mkdir(path.c_str(), logs.folder_mode);  // it may be there; if it is not, open() says so
  }
  std::string name = transaction().id();
  std::ranges::replace(name, '/', '_');
  path += timed("/%Y%m%d-%H%M%S-") + name;
  const auto file = LogFile::open(path, logs.file_mode);
  if (!file) {
    std::fputs(fmt::format("wafcheck: {}\n", file.error().message).c_str(), stderr);
    return;
  }
  (*file)->append(record);
  const auto first = [&](parser::Variable variable) {
    return transaction().first(variable).value_or("");
  };
  const std::string index = fmt::format(
      "{} {} - - [{}] \"{} {} {}\" {} - - - {} - {} 0 {}\n", first(parser::Variable::REMOTE_HOST),
      first(parser::Variable::REMOTE_ADDR), timed("%d/%b/%Y:%H:%M:%S %z"),
      first(parser::Variable::REQUEST_METHOD), first(parser::Variable::REQUEST_URI_RAW),
      first(parser::Variable::REQUEST_PROTOCOL), sent_status_, transaction().id(), path,
      record.size());
  if (logs.audit != nullptr) logs.audit->append(index);
  if (logs.audit2 != nullptr) logs.audit2->append(index);
}

}  // namespace wafcheck::formats::inline capi
