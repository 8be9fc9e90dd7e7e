#pragma once
// A ruleset that is ready for requests, and a request on its way through it: what modules for
// different hosts share.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/program.h"
#include "engine/state/match_memory.h"
#include "engine/transaction.h"
#include "formats/records/outcome.h"
#include "parser/base/result.h"
#include "wasm/core/log.h"

namespace wafcheck::wasm::inline core {

class Waf {
 public:
  /// Reads and compiles directives, under Coraza's semantics with multiphase evaluation, with all
  /// that is otherwise compiled when it is first asked. An error tells of all that is wrong, a line
  /// each, with file, line and column; rules that would not run in a module are among it. `name`:
  /// what stands for the file. Warnings go to the log.
  static Result<std::unique_ptr<Waf>> load(const std::string& name, std::string directives,
                                           Log& log);

  const engine::Program& program() const { return *program_; }

 private:
  friend class Stream;
  explicit Waf(std::shared_ptr<const engine::Program> program);
  std::unique_ptr<engine::Transaction> take_transaction(engine::TransactionOptions options);
  void give_back(std::unique_ptr<engine::Transaction> transaction);
  std::unique_ptr<engine::MatchMemory> take_memory();

  std::shared_ptr<const engine::Program> program_;
  std::vector<std::unique_ptr<engine::Transaction>> idle_;
  /// Of transactions that run at once all but one do without.
  std::unique_ptr<engine::MatchMemory> memory_;
};

/// A request and its response. Calls come in the order below; what the host has not is left out.
/// What the rules have to say goes to the log after each phase.
class Stream {
 public:
  /// `connector`: what audit records name beside wafcheck; "proxy-wasm".
  Stream(Waf& waf, Log& log, std::string_view connector);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void connection(std::string_view client, uint16_t client_port, std::string_view server,
                  uint16_t server_port);
  void uri(std::string_view uri, std::string_view method, std::string_view protocol);
  void request_header(std::string_view name, std::string_view value);
  void request_headers();
  /// False: no more of the body is wanted, as rules do not look at it, or it is over the limit.
  bool request_body(std::string_view bytes);
  bool wants_request_body() const;
  void request_body_end();
  void response_header(std::string_view name, std::string_view value);
  void response_headers(int status);
  bool response_body(std::string_view bytes);
  bool wants_response_body() const;
  void response_body_end();
  /// Phase 5 and the audit log; once.
  void finish();

  /// What is to be done instead of going on; null: nothing. `status` is a status that can be sent.
  const engine::Interruption* interruption() const;

 private:
  template <typename Step>
  void run(Step step);
  void log_matches();
  void log_problems();
  formats::Outcome outcome() const;

  Waf& waf_;
  Log& log_;
  std::unique_ptr<engine::MatchMemory> memory_;
  std::unique_ptr<engine::Transaction> transaction_;
  formats::Exchange exchange_;  ///< empty: records ask the transaction
  formats::Host host_;
  std::string protocol_;
  std::optional<engine::Interruption> interruption_;
  size_t logged_ = 0;           ///< matched rules that the log has
  size_t logged_problems_ = 0;  ///< the same of problems
  int sent_status_ = 200;
  bool finished_ = false;
};

}  // namespace wafcheck::wasm::inline core
