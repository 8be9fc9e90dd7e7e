#pragma once
// One request and its response over a Program: five phases, called in order by whoever has the
// bytes.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/limits.h"
#include "engine/outcome.h"

namespace wafcheck::engine {

class CollectionStore;
class Observer;
class Program;
inline namespace profiling {
class Profile;
}
inline namespace state {
class MatchMemory;
}

struct TransactionOptions {
  /// The transaction's clock: microseconds since the epoch, UTC. None: the wall clock at its start.
  std::optional<int64_t> time_us;
  std::string id;                          ///< UNIQUE_ID
  CollectionStore* collections = nullptr;  ///< none: records live as long as the transaction
  bool keep_all_matches = false;  ///< matched_rules() also holds rules that neither log nor audit
  bool references = true;         ///< matched rules have their `reference`
  Observer* observer = nullptr;   ///< gets everything that is evaluated
  Profile* profile = nullptr;     ///< of the same Program: where the time goes
  /// Patterns are only run on values that they may match; a transaction with an observer runs all.
  bool prefilter = true;
  /// What earlier transactions remember of values; null: nothing is remembered.
  MatchMemory* memory = nullptr;
  Limits limits = {};  ///< what it may cost
};

/// Not thread-safe; many may run over one Program at once. Calls come in the order below; each
/// phase returns the interruption that is in force after it, if any, and later phases but
/// process_logging() then do nothing, unless answers_refusal() says so or resume() is called. One
/// whose memory is spent does nothing more, which is a problem. Names follow libmodsecurity's and
/// Coraza's APIs. Bytes that are handed in are copied.
class Transaction {
 public:
  explicit Transaction(const Program& program, TransactionOptions options = {});
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Ready for the next request, keeping the memory.
  void reset(TransactionOptions options);

  void process_connection(std::string_view client_ip, uint16_t client_port,
                          std::string_view server_ip, uint16_t server_port);
  /// `uri` is the request target as sent; `protocol` is "HTTP/1.1".
  void process_uri(std::string_view uri, std::string_view method, std::string_view protocol);
  void add_request_header(std::string_view name, std::string_view value);
  const std::optional<Interruption>& process_request_headers();
  /// What the server made of the path, for engines that show it to rules from phase 2 on.
  void serve_path(std::string_view path);
  /// The server itself refuses the request, between phases 1 and 2.
  const std::optional<Interruption>& refuse(int status, std::string message);
  /// May be called many times. Over the limit the rest is cut off or the request is refused, as
  /// SecRequestBodyLimitAction says.
  const std::optional<Interruption>& write_request_body(std::string_view bytes);
  const std::optional<Interruption>& process_request_body();
  /// The request is refused, by no rule, and what the server answers to it is to be passed through
  /// the next two phases.
  bool answers_refusal() const;
  void add_response_header(std::string_view name, std::string_view value);
  /// `reason`: the phrase behind the status, if there was one.
  const std::optional<Interruption>& process_response_headers(int status, std::string_view protocol,
                                                              std::string_view reason = {});
  const std::optional<Interruption>& write_response_body(std::string_view bytes);
  const std::optional<Interruption>& process_response_body();
  void process_logging();

  /// Whoever drives the transaction has acted on the interruption: further phases are evaluated,
  /// and may interrupt again.
  void resume();
  /// Whether it is interrupted, and was not resumed.
  bool stopped() const;
  /// The status that went to the client, other than process_response_headers() said.
  void update_status(int status);

  const std::optional<Interruption>& interruption() const;
  /// In DetectionOnly: the first interruption that would have been.
  const std::optional<Interruption>& would_interrupt() const;
  /// An `allow` took effect.
  bool allowed() const;
  std::span<const MatchedRule> matched_rules() const;
  std::span<const Problem> problems() const;
  /// A limit ended something that the verdict hangs on: some of problems() say which.
  bool undecided() const;
  std::span<const Uninspected> uninspected() const;
  /// Of rules each once; of update directives those that had an effect.
  std::vector<ExclusionUse> exclusion_uses() const;

  EngineMode engine_mode() const;
  AuditMode audit_mode() const;
  const std::string& audit_parts() const;
  /// A rule with its `auditlog` on matched.
  bool audit_relevant() const;
  bool response_body_readable() const;
  /// The bodies as they were taken in, cut off where a limit says so; empty without body access.
  std::string_view request_body() const;
  std::string_view response_body() const;
  /// The most severe of the rules that matched, 0 to 7; 255: none had a severity.
  int highest_severity() const;
  /// What sanitise actions of rules that matched want hidden from the audit log.
  const Masks& masks() const;

  /// The value of a TX variable; none when it is unset.
  std::optional<std::string_view> tx(std::string_view name) const;
  /// The first member of a collection, or the scalar.
  std::optional<std::string_view> first(parser::Variable variable) const;
  /// All members; keys and values.
  std::vector<std::pair<std::string_view, std::string_view>> members(
      parser::Variable variable) const;
  const std::string& id() const;
  int64_t time_us() const;
  const Program& program() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace wafcheck::engine
