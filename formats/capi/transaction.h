#pragma once
// A transaction as a server's module drives it: phases in any order, logs written where the rules
// say.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/collections.h"
#include "formats/capi/debug_log.h"
#include "formats/capi/modsecurity.h"
#include "formats/capi/rules.h"
#include "formats/capi/server_collections.h"
#include "formats/capi/server_metrics.h"
#include "formats/records/outcome.h"

namespace wafcheck::formats::inline capi {

/// What transactions of a server share.
struct Instance {
  Instance();

  const std::string product;
  std::string connector;
  ModSecLogCb log = nullptr;  ///< null: lines go to standard error
  const std::shared_ptr<engine::CollectionStore> collections = collections_of_environment();
  const std::shared_ptr<ServerMetrics> metrics = ServerMetrics::of_environment();  ///< null: none
};

class ServerTransaction {
 public:
  /// `id` empty: one is made.
  ServerTransaction(std::shared_ptr<Instance> instance, std::shared_ptr<LoadedRules> rules,
                    std::string id, void* log_data);
  ~ServerTransaction();
  ServerTransaction(const ServerTransaction&) = delete;
  ServerTransaction& operator=(const ServerTransaction&) = delete;

  void process_connection(std::string_view client, int client_port, std::string_view server,
                          int server_port);
  void process_uri(std::string_view uri, std::string_view method, std::string_view version);
  void set_hostname(std::string_view name) { host_.hostname = hostname_ = name; }
  void add_request_header(std::string_view name, std::string_view value);
  void process_request_headers();
  /// False: it was cut off.
  bool append_request_body(std::string_view bytes);
  /// False also where the file cannot be read.
  bool append_request_body_of(const char* path);
  void process_request_body();
  void add_response_header(std::string_view name, std::string_view value);
  void process_response_headers(int status, std::string_view protocol);
  bool append_response_body(std::string_view bytes);
  void process_response_body();
  void update_status(int status);
  void process_logging();
  std::string_view request_body() const { return transaction().request_body(); }
  std::string_view response_body() const { return transaction().response_body(); }

  /// Fills `it` if there is something to be done that was not told yet.
  void tell(ModSecurityIntervention& it);

 private:
  using Clock = std::chrono::steady_clock;
  engine::Transaction& transaction() const { return worker_->transaction; }
  Outcome outcome() const;
  /// Runs a step of the evaluation, and logs what came of it.
  template <typename Step>
  void run(Step step) {
    const Clock::time_point started = begin_step();
    step(transaction());
    end_step(started);
    log_matches();
    if (debug_) log_details();
  }
  // Only metrics want to know how long it takes.
  Clock::time_point begin_step() const {
    return instance_->metrics == nullptr ? Clock::time_point() : Clock::now();
  }
  void end_step(Clock::time_point started) {
    if (instance_->metrics != nullptr) evaluated_ += Clock::now() - started;
  }
  void log_matches();
  void log_details();
  void log_arguments(parser::Variable collection, std::string_view origin);
  void log_line(const std::string& line);
  /// What a server logs of the interruption in force.
  std::string interruption_text() const;
  void write_audit_record();
  void write_parallel(const ServerLogs& logs, const std::string& record);

  const std::shared_ptr<Instance> instance_;
  const std::shared_ptr<LoadedRules> rules_;
  std::unique_ptr<Worker> worker_;
  void* const log_data_;
  Exchange exchange_;
  Host host_;
  std::string hostname_;
  std::string interruption_text_;  ///< as long as it is not told
  int sent_status_ = 200;
  Clock::duration evaluated_{};  ///< how long rules ran
  size_t logged_ = 0;            ///< matched rules that were looked at
  size_t logged_problems_ = 0;   ///< of the transaction, in the debug log
  std::optional<DebugLog> debug_;
};

}  // namespace wafcheck::formats::inline capi
