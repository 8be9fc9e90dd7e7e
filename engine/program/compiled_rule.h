#pragma once
// A rule as the rule loop runs it: what can be decided when the ruleset is compiled is decided.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/match/prefilter.h"
#include "engine/match/side.h"
#include "engine/operators/lazy_operator.h"
#include "engine/outcome.h"
#include "engine/scripts/script.h"
#include "engine/transformations/byte_kinds.h"
#include "engine/transformations/transformation.h"
#include "parser/regex/pcre.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::engine::inline program {

using PipelineId = uint32_t;

/// A transformation chain is a path in a trie; this is one node of it. Pipeline 0 is empty.
struct Pipeline {
  PipelineId prefix = 0;  ///< the chain without its last step
  parser::Transformation step = parser::Transformation::none;
  transformations::TransformationFunction function = nullptr;
  uint32_t length = 0;
  /// A text that has none of these bytes stays as it is, in the whole chain; the same of the step.
  transformations::ByteKinds changes, step_changes;
  size_t growth = 1;  ///< bytes that the step may make of one
};

/// Names are compared without case; the hash makes most comparisons one integer's.
uint32_t name_hash(std::string_view name);

/// Numbers of names, by their hash: whoever looks one up compares the names.
using NameIndex = std::unordered_multimap<uint32_t, int32_t>;

/// An expression that names of members are held against, of which few have what it needs.
struct NameExpression {
  parser::Pcre regex;
  Needs needs;

  bool matches(std::string_view name) const;
};

/// Which members of a collection something is about.
struct Selection {
  parser::SelectorKind kind = parser::SelectorKind::none;
  uint32_t hash = 0;
  std::string_view name;                  ///< kind name, or the XPath
  const NameExpression* regex = nullptr;  ///< kind regex
  bool exact_case = false;                ///< kind name: compared with case
  bool lower_key = false;                 ///< kind regex: sees the key in lower case

  bool matches(std::string_view key, uint32_t key_hash) const;
};

struct Exclusion {
  parser::Variable variable;
  Selection selection;
  bool any_collection = false;  ///< an expression that reaches the members of every collection
  const parser::Target* source = nullptr;
};

/// Text with variables in it; see parser::MacroText.
struct Macro {
  struct Piece {
    bool is_variable = false;
    parser::Variable variable = parser::Variable::TX;
    std::string_view text;                  ///< literal, or selector
    uint32_t hash = 0;                      ///< of the selector
    int32_t tx_slot = -1;                   ///< the selector's slot, for TX
    std::string_view written = {};          ///< what stands between the braces
    const NameExpression* regex = nullptr;  ///< the selector is an expression
  };
  std::vector<Piece> pieces;
  bool literal = true;
  std::string_view text;  ///< when literal
};

struct CompiledTarget {
  parser::Variable variable;
  bool count = false;
  bool offline = false;  ///< only a server has its value
  int32_t tx_slot = -1;
  Selection selection;
  std::string_view called;  ///< see Match::called
  std::vector<Exclusion> exclusions;
  /// Of those that are an update directive's: the same number where they are the same; 0: none are.
  uint32_t update_set = 0;
  int32_t group = -1;     ///< into ProgramData::target_groups(); -1: values are asked one by one
  uint64_t variants = 0;  ///< of the group: the rule's transformations, as bits
};

/// Targets of many rules that are the same values: whether a pattern may match any of them is asked
/// once.
struct TargetGroup {
  static constexpr size_t kMaxVariants = 64;
  /// Values after the same transformations, and the patterns that are looked for in them.
  struct Variant {
    PipelineId pipeline = 0;
    std::vector<PatternBits> patterns;
  };

  CompiledTarget target;  ///< without exclusions
  Side side = Side::request;
  std::vector<Variant> variants;
};

struct CompiledOperator {
  const operators::LazyOperator* op = nullptr;  ///< null: the argument has macros, see `argument`
  parser::Operator id = parser::Operator::rx;
  bool negated = false;
  int32_t pattern = -1;  ///< its number among the patterns of the rule's side
  Macro argument;
  const scripts::Script* script = nullptr;  ///< of @inspectFile, where scripts run
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
  std::vector<uint32_t> rules;  ///< numbers of the starters that it reaches, sorted
  std::vector<Exclusion> exclusions;
  uint32_t exclusion_list = 0;  ///< its number among the program's dynamic exclusions
};

/// initcol, setsid, setuid, setrsc, expirevar, deprecatevar, setenv.
struct CollectionStep {
  parser::Action action;
  parser::Variable collection = parser::Variable::IP;
  Macro key;    ///< key of the record, or name of the member
  Macro value;  ///< seconds, or amount/period
};

struct OfflineStep {
  parser::Action action;  ///< exec, append, prepend: reported, not done
};

/// exec of a script.
struct ScriptStep {
  const scripts::Script* script = nullptr;
};

/// sanitiseArg, sanitiseMatched, ...: what audit records must not show.
struct SanitiseStep {
  parser::Action action;
  std::string name;                        ///< of the argument or header, lower-cased
  uint32_t keep_front = 0, keep_back = 0;  ///< sanitiseMatchedBytes: bytes that stay in sight
};

struct Step {
  const parser::ActionUse* source = nullptr;
  std::variant<SetvarStep, CtlStep, CollectionStep, OfflineStep, ScriptStep, SanitiseStep> kind;
};

/// What tells that a rule cannot match before the rule itself is looked at: its pattern matches no
/// value of its targets.
struct Precheck {
  int32_t pattern = -1;  ///< -1: there is no telling
  uint32_t targets = 0;  ///< into ProgramData::target_sets()
};

/// One link of a chain; links follow their starter, in their numbers too.
struct CompiledRule {
  const parser::Rule* source = nullptr;
  uint32_t number = 0;    ///< its place in ProgramData::rules
  std::string_view file;  ///< where it stands
  uint32_t line = 0;
  uint32_t links = 1;       ///< starter: how many rules the chain has
  bool open_chain = false;  ///< starter: the last one is missing, so it never matches
  uint8_t phase = 2;
  Side side() const { return phase <= 2 ? Side::request : Side::response; }
  bool unconditional = false;               ///< SecAction
  bool is_script = false;                   ///< SecRuleScript
  const scripts::Script* script = nullptr;  ///< of it; null: reported, not run
  bool capture = false;
  bool multi_match = false;
  bool log = true, auditlog = true;
  bool block = false;
  bool last_of_repeated = false;  ///< last link of a chain that runs in several phases
  std::vector<CompiledTarget> targets;
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
  bool disruptive = false;  ///< false: pass
  Disruption disruption = Disruption::deny;
  std::string_view allow;      ///< "", "phase" or "request"
  int status = 0;              ///< 0: the action's own
  bool resets_status = false;  ///< its `pass` ends the status that earlier rules left in force
  Macro url;
  Precheck precheck;
  uint32_t skip = 0;             ///< as written
  bool update_disrupts = false;  ///< SecRuleUpdateActionById made it disruptive
  bool removable = false;        ///< see ProgramData::removals
};

/// The targets of a rule, all of them in groups, and of others that have the same.
struct TargetSet {
  const CompiledRule* rule = nullptr;
};

/// Where a chain that matched goes on: it depends on which rules stand around it in the program.
struct Jump {
  uint32_t skip = 0;  ///< that many of the next rules of the phase
  /// Position in the phase's list; its size: the rest of the phase.
  std::optional<uint32_t> skip_to;
  uint32_t skip_link = 0;  ///< there, the link of the chain that comes first
  bool skip_after_missing = false;
  /// Where a skip that outlives its phase ends: the place of the marker, or, where none follows, of
  /// the first one of that name, wherever it stands. See ProgramData::places.
  std::optional<parser::RuleIndex> skip_ends_at;
};

}  // namespace wafcheck::engine::inline program
