#pragma once
// One request and its response over a Program: five phases, called in order by whoever has the bytes.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/arena.h"
#include "engine/bodies/multipart.h"
#include "engine/bodies/xml.h"
#include "engine/collections.h"
#include "engine/multiphase.h"
#include "engine/observer.h"
#include "engine/outcome.h"
#include "engine/profile.h"
#include "engine/program.h"
#include "engine/strings.h"

namespace wafcheck::engine {

/// A member of a collection, or a scalar's value (its key is empty).
struct Member {
  std::string_view key;
  uint32_t hash = 0;  ///< of the key
  StringId value = 0;
};

/// What transactions over one Program remember of values, from one to the next. Not thread-safe: one a
/// thread.
class MatchMemory {
 public:
  explicit MatchMemory(const Program& program);
  /// Of texts as operators see them.
  MatchCache* texts(Side side) { return &texts_[static_cast<size_t>(side)]; }
  /// Of values before transformations, for a group of targets and some of its parts.
  MatchCache& values(Side side) { return values_[static_cast<size_t>(side)]; }
  /// The parts of a group that any transaction has asked for.
  uint64_t& parts(size_t group) { return parts_[group]; }

 private:
  std::array<MatchCache, kSides> texts_, values_;
  std::vector<uint64_t> parts_;
};

struct TransactionOptions {
  /// The transaction's clock: microseconds since the epoch, UTC. None: the wall clock at its start.
  std::optional<int64_t> time_us;
  std::string id;                        ///< UNIQUE_ID
  CollectionStore* collections = nullptr;  ///< none: records live as long as the transaction
  bool keep_all_matches = false;  ///< matched_rules() also holds rules that neither log nor audit
  Observer* observer = nullptr;   ///< told of everything that is evaluated
  Profile* profile = nullptr;     ///< of the same Program: where the time goes
  /// Patterns are only run on values that they may match; a transaction with an observer runs all.
  bool prefilter = true;
  /// What is known of values from transactions before; null: nothing is kept.
  MatchMemory* memory = nullptr;
};

/// Not thread-safe; many may run over one Program at once. Calls come in the order below; each phase
/// returns the interruption that is in force after it, if any, and later phases but process_logging()
/// then do nothing. Names follow libmodsecurity's and Coraza's APIs. Bytes that are handed in are
/// copied.
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
  /// May be called many times. Over the limit the rest is cut off or the request is refused, as
  /// SecRequestBodyLimitAction says.
  const std::optional<Interruption>& write_request_body(std::string_view bytes);
  const std::optional<Interruption>& process_request_body();
  void add_response_header(std::string_view name, std::string_view value);
  const std::optional<Interruption>& process_response_headers(int status, std::string_view protocol);
  const std::optional<Interruption>& write_response_body(std::string_view bytes);
  const std::optional<Interruption>& process_response_body();
  void process_logging();

  const std::optional<Interruption>& interruption() const { return interruption_; }
  /// In DetectionOnly: the first interruption that would have been.
  const std::optional<Interruption>& would_interrupt() const { return would_interrupt_; }
  /// An `allow` took effect.
  bool allowed() const { return allowed_; }
  std::span<const MatchedRule> matched_rules() const { return matched_rules_; }
  std::span<const Problem> problems() const { return problems_; }

  EngineMode engine_mode() const { return engine_mode_; }
  AuditMode audit_mode() const { return audit_mode_; }
  const std::string& audit_parts() const { return audit_parts_; }
  /// A rule with its `auditlog` on matched.
  bool audit_relevant() const { return audit_relevant_; }
  bool response_body_readable() const;
  /// The bodies as they were taken in, cut off where a limit says so; empty without body access.
  std::string_view request_body() const { return request_body_; }
  std::string_view response_body() const { return response_body_; }
  /// The most severe of the rules that matched, 0 to 7; 255: none had a severity.
  int highest_severity() const { return highest_severity_; }
  /// What sanitise actions of rules that matched want hidden from the audit log.
  const Masks& masks() const { return masks_; }

  /// The value of a TX variable; none when it is unset.
  std::optional<std::string_view> tx(std::string_view name) const;
  /// The first member of a collection, or the scalar.
  std::optional<std::string_view> first(parser::Variable variable) const;
  /// All members; keys and values.
  std::vector<std::pair<std::string_view, std::string_view>> members(parser::Variable variable) const;
  const std::string& id() const { return options_.id; }
  int64_t time_us() const { return time_us_; }
  const Program& program() const { return program_; }

 private:
  friend class Evaluation;

  enum class Skip : uint8_t { nothing, phase, request, transaction };

  struct TxVariable {
    std::string_view name;
    uint32_t hash = 0;
    StringId value = 0;
    bool set = false;
    bool pinned = false;
    bool ignored_reported = false;
  };
  struct OpenRecord {
    parser::Variable collection = parser::Variable::IP;
    std::string key;
    StoredRecord record;
    bool is_new = false;
    bool changed = false;
  };

  void begin();
  // transaction_variables.cc: what is known, put where rules look for it.
  StringId keep(std::string_view bytes) { return strings_.intern(arena_.copy(bytes)); }
  void add(parser::Variable variable, std::string_view key, StringId value);
  void add(parser::Variable variable, std::string_view key, std::string_view value);
  void set(parser::Variable variable, std::string_view value);
  void set(parser::Variable variable, int64_t value);
  void set_path_argument(std::string_view name, std::string_view value);
  void add_argument(parser::Variable collection, std::string_view name, std::string_view value);
  void set_time_variables();
  void set_request_line();
  void set_argument_sizes();
  void set_full_request();
  void set_content_type(std::string_view value);
  void set_server_name(std::string_view host);
  void set_authorization(std::string_view value);
  // transaction_bodies.cc
  bool reads_request_body() const {
    return request_body_access_ || program_.semantics().body_read_without_access;
  }
  void read_request_body();
  void read_urlencoded();
  void read_multipart();
  void read_json(std::string_view body, parser::Variable collection);
  void read_xml();
  void read_response_body();
  void arguments_over_limit();
  void response_body_failed(std::string_view message);
  void request_body_failed(std::string_view message);
  void set_multipart_flags(const MultipartFlags& flags);
  void body_over_limit(std::string_view what, int status);
  bool mime_type_listed() const;
  // evaluation.cc
  const std::optional<Interruption>& run_phase(int phase);
  // actions/collections.cc
  void save_records();
  void save_record(OpenRecord& open);

  void report(std::string kind, std::string message);

  int32_t tx_find(std::string_view name, uint32_t hash) const;
  TxVariable& tx_slot(std::string_view name, int32_t slot);
  void unset_tx(int32_t slot);

  const Program& program_;
  TransactionOptions options_;
  Arena arena_;
  TransformationContext transformation_context_;
  StringTable strings_;
  bool may_prefilter_ = true;
  bool evaluated_ = false;        ///< some phase
  bool worth_prefilter_ = false;  ///< as Program::worth_prefilter() said
  bool prefilter_ = false;
  std::array<std::vector<Member>, kVariables> members_;
  std::array<uint32_t, kVariables> versions_{};  ///< of members_: counts changes
  /// Patterns that may match some value of a target group, as of a version.
  /// Before each phase: whether patterns are asked for what they need before they are run.
  void consider_prefilter();

  struct GroupState {
    uint32_t version = 0;  ///< one more than that of its variable; 0: not asked yet
    uint64_t parts = 0;    ///< of the group that are in `candidates`
    PatternBits* candidates = nullptr;
  };
  std::vector<GroupState> groups_;
  std::vector<TxVariable> tx_;        ///< the Program's slots, then names made at run time
  std::vector<int32_t> tx_order_;     ///< in the order they were first set
  std::vector<OpenRecord> records_;   ///< persistent collections that were opened
  XmlDocument xml_, response_xml_;
  std::unordered_map<std::string, std::string> environment_;

  int64_t time_us_ = 0;
  int64_t started_ns_ = 0;
  std::string request_body_, response_body_;
  bool request_body_cut_ = false, response_body_cut_ = false;
  std::string_view body_processor_;     ///< REQBODY_PROCESSOR
  std::string_view response_processor_;
  bool request_body_access_ = true, response_body_access_ = false;
  bool force_request_body_ = false, force_response_body_ = false;
  size_t request_body_limit_ = 0, response_body_limit_ = 0;
  XmlIntoArgs xml_into_args_ = XmlIntoArgs::off;
  std::string_view content_type_;       ///< of the request
  size_t arguments_ = 0;

  EngineMode engine_mode_ = EngineMode::on;
  AuditMode audit_mode_ = AuditMode::unset;
  std::string audit_parts_;
  bool audit_relevant_ = false;
  std::optional<Interruption> interruption_, would_interrupt_;
  bool allowed_ = false;
  Skip skip_ = Skip::nothing;
  uint32_t skip_rules_ = 0;             ///< carried between phases where the engine does that
  bool skip_rest_ = false;              ///< a missing marker that reaches into later phases
  std::optional<parser::RuleIndex> skip_ends_at_;  ///< the rule that skip_rest_ goes up to
  int highest_severity_ = 255;
  std::vector<bool> removed_;           ///< by starter: ctl:ruleRemoveBy...
  std::vector<std::pair<const CtlStep*, uint64_t>> removals_;  ///< what did it, and in which rule
  const CompiledRule* stopper_ = nullptr;  ///< the rule whose allow or ruleEngine=Off is in force
  std::vector<const CtlStep*> exclusions_;  ///< ctl:ruleRemoveTarget... in force
  std::vector<MatchedRule> matched_rules_;
  std::vector<Problem> problems_;
  Masks masks_;

  // Of the rule that is being evaluated.
  MatchState match_state_;
  std::vector<Match> chain_matches_;    ///< MATCHED_VARS
  size_t chain_begin_ = 0;              ///< of these, the first of the current chain
  MatchedChains matched_chains_;        ///< of those that run in several phases
  std::optional<Match> last_match_;     ///< MATCHED_VAR
  std::unordered_map<std::string, OperatorPointer> expanded_operators_;  ///< by name and argument
  const CompiledRule* current_rule_ = nullptr;
  std::string_view current_message_, current_data_;
};

}  // namespace wafcheck::engine
