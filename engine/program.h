#pragma once
// A compiled ruleset: rules flattened by phase, targets and operators resolved, transformation
// chains interned, jumps computed. Built once, immutable, shared by all threads.

#include <array>
#include <atomic>
#include <bitset>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "engine/match/patterns.h"
#include "engine/operators/operator.h"
#include "engine/outcome.h"
#include "engine/settings.h"
#include "engine/strings.h"
#include "parser/regex/pcre.h"
#include "parser/ruleset.h"

namespace wafcheck::engine {

class GeoDatabase;

inline constexpr size_t kVariables = 256;  ///< parser::Variable is a byte
using VariableSet = std::bitset<kVariables>;

/// Names are compared without case; the hash makes most comparisons one integer's.
uint32_t name_hash(std::string_view name);

/// Which members of a collection something is about.
struct Selection {
  parser::SelectorKind kind = parser::SelectorKind::none;
  uint32_t hash = 0;
  std::string_view name;                ///< kind name, or the XPath
  const parser::Pcre* regex = nullptr;  ///< kind regex
  bool exact_case = false;              ///< kind name: compared with case

  bool matches(std::string_view key, uint32_t key_hash) const;
};

struct Exclusion {
  parser::Variable variable;
  Selection selection;
  bool any_collection = false;  ///< an expression that reaches the members of every collection
};

/// Text with variables in it; see parser::MacroText.
struct Macro {
  struct Part {
    bool is_variable = false;
    parser::Variable variable = parser::Variable::TX;
    std::string_view text;  ///< literal, or selector
    uint32_t hash = 0;      ///< of the selector
    int32_t tx_slot = -1;   ///< the selector's slot, for TX
  };
  std::vector<Part> parts;
  bool literal = true;
  std::string_view text;  ///< when literal
};

struct CompiledTarget {
  parser::Variable variable;
  bool count = false;
  bool offline = false;  ///< only a server has its value
  int32_t tx_slot = -1;
  Selection selection;
  uint32_t first_exclusion = 0, end_exclusion = 0;  ///< into Program::exclusions
  int32_t group = -1;  ///< into Program::target_groups; -1: its values are asked one by one
  uint64_t parts = 0;  ///< of the group: the rule's transformations
};

/// Targets of many rules that are the same values: whether a pattern may match any of them is asked
/// once.
struct TargetGroup {
  static constexpr size_t kMaxParts = 64;
  /// Values after the same transformations, and the patterns that are looked for in them.
  struct Part {
    PipelineId pipeline = 0;
    std::vector<PatternBits> patterns;
  };

  CompiledTarget target;  ///< without exclusions
  Side side = Side::request;
  std::vector<Part> parts;
};

/// An operator that is compiled when it is first asked: one transaction needs few of them.
class LazyOperator {
 public:
  LazyOperator(parser::Operator id, std::string argument, OperatorFactory factory,
               OperatorContext context);

  /// The compiled operator; an operator that cannot be compiled yields one that reports why.
  const Operator& get() const {
    const Operator* const ready = ready_.load(std::memory_order_acquire);
    return ready != nullptr ? *ready : first_get();
  }
  /// Compiles now; for operators whose arguments can be wrong only here.
  Result<void> force() const;
  const OperatorContext& context() const { return context_; }

  parser::Operator id;
  std::string argument;

 private:
  const Operator& first_get() const;
  void compile() const;

  OperatorFactory factory_;
  OperatorContext context_;
  mutable std::once_flag once_;
  mutable OperatorPointer compiled_;
  mutable std::atomic<const Operator*> ready_ = nullptr;  ///< compiled_, once it is there
  mutable Error error_;
};

struct CompiledOperator {
  const LazyOperator* op = nullptr;  ///< null: the argument has macros, see `argument`
  parser::Operator id = parser::Operator::rx;
  bool negated = false;
  int32_t pattern = -1;  ///< its number among the patterns of the rule's side
  Macro argument;
};

struct SetvarStep {
  parser::Variable collection;
  int32_t tx_slot = -1;  ///< when the name is literal and the collection is TX
  Macro name;
  parser::SetvarOperation operation;
  Macro value;
};

struct CtlStep {
  parser::Ctl option;
  std::string_view value;
  std::vector<uint32_t> rules;  ///< starters (by CompiledRule index) it reaches, sorted
  std::vector<Exclusion> exclusions;
  uint32_t exclusion_list = 0;  ///< its number among the Program's dynamic exclusions
};

/// initcol, setsid, setuid, setrsc, expirevar, deprecatevar, setenv.
struct CollectionStep {
  parser::Action action;
  parser::Variable collection = parser::Variable::IP;
  Macro key;    ///< key of the record, or name of the member
  Macro value;  ///< seconds, or amount/period
};

struct OfflineStep {
  parser::Action action;  ///< exec, append, prepend: told about, not done
};

/// sanitiseArg, sanitiseMatched, ...: what the audit log must not show.
struct SanitiseStep {
  parser::Action action;
  std::string name;  ///< of the argument or header, lower-cased
  uint32_t keep_front = 0, keep_back = 0;  ///< sanitiseMatchedBytes: bytes that stay in sight
};

struct Step {
  const parser::ActionUse* source = nullptr;
  std::variant<SetvarStep, CtlStep, CollectionStep, OfflineStep, SanitiseStep> kind;
};

/// One link of a chain; links follow their starter.
struct CompiledRule {
  const parser::Rule* source = nullptr;
  uint32_t links = 1;  ///< starter: how many rules the chain has
  uint8_t phase = 2;
  Side side() const { return phase <= 2 ? Side::request : Side::response; }
  bool unconditional = false;  ///< SecAction
  bool offline = false;        ///< SecRuleScript: told about, never evaluated
  bool capture = false;
  bool multi_match = false;
  bool log = true, auditlog = true;
  bool block = false;
  bool last_of_repeated = false;  ///< last link of a chain that runs in several phases
  uint32_t first_target = 0, end_target = 0;
  CompiledOperator op;
  PipelineId pipeline = 0;
  std::vector<PipelineId> prefixes;  ///< multiMatch: each prefix of the pipeline, shortest first

  std::vector<Step> steps;        ///< run for each value that matches
  std::vector<Step> final_steps;  ///< run once the whole chain has matched
  Macro message, data;
  bool has_message = false, has_data = false;
  std::vector<Macro> tags;
  int severity = -1;

  // Of the starter.
  bool disruptive = false;   ///< false: pass
  Disruption disruption = Disruption::deny;
  std::string_view allow;    ///< "", "phase" or "request"
  int status = 0;            ///< 0: the action's own
  Macro url;
  uint32_t skip = 0;
  std::optional<uint32_t> skip_to;  ///< position in the phase's list; its size: the rest of the phase
  bool skip_after_missing = false;
  /// Where a skip that outlives its phase ends: the first marker of that name, wherever it stands.
  std::optional<parser::RuleIndex> skip_ends_at;
};

struct ProgramOptions {
  /// Variables set before the first rule; later plain assignments to them are ignored.
  std::vector<std::pair<std::string, std::string>> pinned_tx;
  parser::FileSystem* files = nullptr;  ///< null: the disk
};

class Program {
 public:
  struct Compiled {
    std::shared_ptr<const Program> program;  ///< null when there are errors
    parser::Diagnostics diagnostics;
  };
  /// Compiles a ruleset that loaded without errors; the Program keeps it alive.
  static Compiled compile(std::shared_ptr<const parser::Ruleset> ruleset, ProgramOptions options = {});

  /// Compiles at once what is otherwise compiled when it is first asked: expressions, phrases, and what
  /// patterns need. Other threads may ask meanwhile.
  void prepare() const;
  /// Whether a transaction that is evaluated now should ask first which patterns can match. Finding out
  /// what they need costs as much as some dozen transactions: the first one does without.
  bool worth_prefilter() const {
    return busy_.load(std::memory_order_relaxed) || busy_.exchange(true, std::memory_order_relaxed);
  }

  const parser::Ruleset& ruleset() const { return *ruleset_; }
  const parser::Semantics& semantics() const { return ruleset_->semantics; }
  const Settings& settings() const { return settings_; }

  /// Starters of a phase (1-5) in load order, as indices into rules().
  const std::vector<uint32_t>& in_phase(int phase) const { return phases_[phase]; }
  /// The place in in_phase() of the first rule that stands at or after `rule` in the ruleset.
  size_t first_from(int phase, parser::RuleIndex rule) const;
  const std::vector<CompiledRule>& rules() const { return rules_; }
  const std::vector<CompiledTarget>& targets() const { return targets_; }
  const std::vector<TargetGroup>& target_groups() const { return target_groups_; }
  const std::vector<Exclusion>& exclusions() const { return exclusions_; }
  /// What rules of the phases 1 and 2, and of later ones, search texts for.
  const std::array<Patterns, kSides>& patterns() const { return patterns_; }
  const std::vector<Pipeline>& pipelines() const { return pipelines_; }
  /// What @geoLookup asks; null without SecGeoLookupDb, or where no rule asks.
  const GeoDatabase* geo_database() const { return geo_database_.get(); }
  /// Whether any rule or macro reads a variable: others need not be filled.
  bool reads(parser::Variable variable) const { return reads_[static_cast<size_t>(variable)]; }
  /// Whether rules read or write members of persistent collections, so that order matters.
  bool ordered() const { return ordered_; }

  size_t tx_slots() const { return tx_names_.size(); }
  int32_t tx_slot(std::string_view name) const;  ///< -1: no rule names it literally
  std::string_view tx_name(int32_t slot) const { return tx_names_[slot]; }
  const std::vector<std::pair<std::string, std::string>>& pinned_tx() const { return pinned_tx_; }
  /// (prefix, URI) pairs of a rule's xmlns actions.
  const std::vector<std::pair<std::string, std::string>>& xml_namespaces(const parser::Rule* rule) const;

  /// Compiles an operator whose argument was expanded at run time.
  Result<OperatorPointer> make_operator(const CompiledRule& rule, std::string_view argument) const;

 private:
  friend class Compiler;
  std::shared_ptr<const parser::Ruleset> ruleset_;
  Settings settings_;
  std::vector<CompiledRule> rules_;
  std::array<std::vector<uint32_t>, 6> phases_;
  std::vector<CompiledTarget> targets_;
  std::vector<TargetGroup> target_groups_;
  std::vector<Exclusion> exclusions_;
  std::vector<Pipeline> pipelines_;
  std::array<Patterns, kSides> patterns_;
  std::vector<std::unique_ptr<LazyOperator>> operators_;
  mutable std::atomic<bool> busy_ = false;  ///< a transaction was evaluated, or all is prepared
  std::vector<std::unique_ptr<parser::Pcre>> selectors_;
  std::vector<std::string> tx_names_;
  std::unordered_map<std::string, int32_t> tx_slots_;
  std::unordered_map<const parser::Rule*, std::vector<std::pair<std::string, std::string>>> namespaces_;
  std::vector<std::pair<std::string, std::string>> pinned_tx_;
  VariableSet reads_;
  bool ordered_ = false;
  uint32_t dynamic_exclusion_lists_ = 0;
  std::deque<parser::MacroText> operator_macros_;  ///< macros of operator arguments
  parser::FileSystem* files_ = nullptr;
  std::shared_ptr<const GeoDatabase> geo_database_;
};

}  // namespace wafcheck::engine
