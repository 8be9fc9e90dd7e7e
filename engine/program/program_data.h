#pragma once
// A compiled ruleset: rules flattened by phase, targets and operators resolved, transformation
// chains interned, jumps computed. What is behind engine/program.h.

#include <array>
#include <atomic>
#include <bitset>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/match/patterns.h"
#include "engine/program/compiled_rule.h"
#include "engine/program/settings.h"

namespace wafcheck::engine {
class Program;
}

namespace wafcheck::engine::operators {
class GeoDatabase;
}

namespace wafcheck::engine::inline program {

inline constexpr size_t kVariables = 256;  ///< parser::Variable is a byte
using VariableSet = std::bitset<kVariables>;

/// A TX variable that some rule names literally; these have fixed slots.
struct TxName {
  std::string name;
  uint32_t hash = 0;
};

/// How much a program has been used: the one thing about it that changes. Any thread may note.
class ProgramUsage {
 public:
  /// Notes that a transaction is evaluated, or that all is prepared; true if that was so before.
  bool note() {
    return used_.load(std::memory_order_relaxed) || used_.exchange(true, std::memory_order_relaxed);
  }

 private:
  std::atomic<bool> used_ = false;
};

/// Built by compile_program(), never changed after; rules point into the ruleset it keeps alive.
struct ProgramData {
  ProgramData();
  ~ProgramData();
  ProgramData(const ProgramData&) = delete;  // operators point into it
  ProgramData& operator=(const ProgramData&) = delete;

  std::shared_ptr<const parser::RulesetModel> ruleset;
  Settings settings;
  /// By number: this program's own, and those of `base` that hold in it too.
  std::vector<const CompiledRule*> rules;
  std::vector<Jump> jumps;                ///< by number of a starter
  std::vector<parser::RuleIndex> places;  ///< by number: where a rule stands in load order
  /// Starters of a phase (1-5) in load order, by number.
  std::array<std::vector<uint32_t>, 6> phases;
  std::array<std::vector<Precheck>, 6> prechecks;  ///< of the starters in `phases`
  std::vector<Pipeline> pipelines;
  /// The program that this one adds rules to: what is compiled there serves here. Null: none.
  std::shared_ptr<const Program> base;

  std::deque<CompiledRule> own_rules;
  std::vector<TargetGroup> own_groups;        ///< empty with a base
  std::vector<TargetSet> own_target_sets;     ///< likewise
  std::array<Patterns, kSides> own_patterns;  ///< likewise
  std::vector<std::unique_ptr<operators::LazyOperator>> operators;
  std::vector<std::unique_ptr<const scripts::Script>> scripts;
  std::vector<std::unique_ptr<NameExpression>> selectors;
  std::deque<std::string> texts;  ///< made for this program
  std::vector<TxName> tx_names;   ///< by slot; the first ten are TX:0 to TX:9
  NameIndex tx_slots;
  /// (prefix, URI) pairs of a rule's xmlns actions.
  using XmlNamespaces = std::vector<std::pair<std::string, std::string>>;
  std::unordered_map<const parser::Rule*, XmlNamespaces> namespaces;
  std::vector<std::pair<std::string, std::string>> pinned_tx;
  std::vector<std::string> unnamed_pins;  ///< those of pinned_tx that no rule names
  VariableSet read_variables;  ///< variables that a rule or macro reads: others need not be filled
  bool ordered = false;        ///< rules use members of persistent collections: order matters
  uint32_t dynamic_exclusion_lists = 0;
  /// By tag or message, for rules whose tags or messages are known only when they run.
  std::vector<const parser::RuleFilter*> removals;
  parser::FileSystem* files = nullptr;
  std::unordered_map<std::string, std::string> environment;  ///< ENV, before any setenv
  /// What @geoLookup asks; null without SecGeoLookupDb, or where no rule asks.
  std::shared_ptr<const operators::GeoDatabase> geo_database;

  const parser::Semantics& semantics() const { return ruleset->semantics(); }
  bool reads(parser::Variable variable) const {
    return read_variables[static_cast<size_t>(variable)];
  }
  const std::vector<TargetGroup>& target_groups() const { return searcher_->own_groups; }
  const std::vector<TargetSet>& target_sets() const { return searcher_->own_target_sets; }
  /// What rules of the phases 1 and 2, and of later ones, search texts for.
  const std::array<Patterns, kSides>& patterns() const { return searcher_->own_patterns; }
  const Patterns& patterns_of(Side side) const { return patterns()[static_cast<size_t>(side)]; }
  /// The links of the chain that begins with that rule.
  std::span<const CompiledRule* const> chain_of(uint32_t starter) const {
    return std::span(rules).subspan(starter, rules[starter]->links);
  }
  /// The position in `phases[phase]` of the first rule that stands at or after `place`.
  size_t first_from(int phase, parser::RuleIndex place) const;
  void set_base(std::shared_ptr<const Program> program);
  int32_t tx_slot(std::string_view name) const;  ///< -1: no rule names it literally
  const XmlNamespaces& xml_namespaces(const parser::Rule* rule) const;
  void prepare() const;  ///< see Program::prepare()

  ProgramUsage& usage() const { return *searcher_->usage_; }

 private:
  const ProgramData* searcher_ = this;  ///< whose groups and patterns serve
  std::unique_ptr<ProgramUsage> usage_;
};

/// What the operator of a rule may ask of its surroundings.
operators::OperatorContext operator_context(const ProgramData& program,
                                            const parser::OperatorUse& use);

/// Compiles a rule's operator, its argument having been expanded at run time.
Result<operators::OperatorPointer> compile_expanded(const ProgramData& program,
                                                    const CompiledRule& rule,
                                                    std::string_view argument);

}  // namespace wafcheck::engine::inline program
