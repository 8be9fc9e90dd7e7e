#pragma once
// All that one transaction holds: each state by itself, with its own header. What runs rules or
// takes in requests works on these.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/operators/operator.h"
#include "engine/program/program_data.h"
#include "engine/state/body.h"
#include "engine/state/candidates.h"
#include "engine/state/chain_matches.h"
#include "engine/state/expanded_operators.h"
#include "engine/state/flow.h"
#include "engine/state/problems.h"
#include "engine/state/records.h"
#include "engine/state/strings.h"
#include "engine/state/tx_store.h"
#include "engine/state/variables.h"
#include "engine/transaction.h"
#include "parser/base/arena.h"

namespace wafcheck::engine::inline state {

/// What is worth keeping for the next transaction, emptied: memory that has been asked for, and
/// operators that have been compiled.
struct TransactionMemory {
  explicit TransactionMemory(const ProgramData& program);
  TransactionMemory(const TransactionMemory&) = delete;
  TransactionMemory& operator=(const TransactionMemory&) = delete;
  void clear();

  Arena arena;
  transformations::TransformationContext transformation_context;
  StringTable strings;
  Variables variables;
  TxStore tx;
  operators::MatchState match;  ///< of the operator that ran last
  ExpandedOperators expanded_operators;
};

/// SecAuditEngine and its like for this transaction.
struct AuditState {
  AuditMode mode = AuditMode::unset;
  std::string parts;      ///< letters of SecAuditLogParts
  bool relevant = false;  ///< a rule with its `auditlog` on matched
  Masks masks;
};

/// What XPaths selected of the two documents: many rules ask for the same.
class XmlSelections {
 public:
  struct Key {
    bool response = false;
    const void* namespaces = nullptr;  ///< the rule's list of them
    std::string xpath;
    auto operator<=>(const Key&) const = default;
  };
  struct Selected {
    Result<std::vector<std::string_view>> members;
    bool truncated = false;
  };
  /// Null: it has not been asked for.
  const Selected* find(const Key& key) const {
    const auto at = selected_.find(key);
    return at == selected_.end() ? nullptr : &at->second;
  }
  /// Valid until clear().
  const Selected& add(Key key, Selected selected) {
    return selected_.emplace(std::move(key), std::move(selected)).first->second;
  }
  /// A document has been read.
  void clear() { selected_.clear(); }

 private:
  std::map<Key, Selected> selected_;
};

/// The rule that is evaluated, for %{RULE...} and for reports.
struct RuleContext {
  const CompiledRule* rule = nullptr;
  std::string_view message, data;  ///< expanded, of the rule that matched last
};

struct TransactionState {
  /// `memory` is clear, and outlives the state.
  TransactionState(const ProgramData& program, TransactionOptions options,
                   TransactionMemory& memory);
  TransactionState(const TransactionState&) = delete;
  TransactionState& operator=(const TransactionState&) = delete;

  /// The id of the chain that is evaluated; 0: none.
  uint64_t current_id() const;
  int64_t now() const { return time_us / 1'000'000; }  ///< seconds since the epoch
  const Limits& limits() const { return options.limits; }
  Observer* observer() const { return options.observer; }
  Profile* profile() const { return options.profile; }

  const ProgramData& program;
  const TransactionOptions options;
  const int64_t time_us;
  const int64_t started_ns;  ///< by the steady clock

  Arena& arena;
  StringTable& strings;
  Variables& variables;
  TxStore& tx;
  operators::MatchState& match;
  ExpandedOperators& expanded_operators;

  Problems problems;
  std::vector<Uninspected> uninspected;
  Flow flow;
  ChainMatches matches;
  Records records;
  Candidates candidates;
  Body request_body, response_body;
  AuditState audit;
  XmlSelections xml_selections;
  RuleContext current;
  std::string_view content_type;  ///< of the request
  XmlIntoArgs xml_into_args = XmlIntoArgs::off;
  std::unordered_map<std::string, std::string> environment;  ///< setenv
  int status = 0;              ///< that rules which matched leave for later ones; 0: none
  int highest_severity = 255;  ///< of rules that matched; 255: none had one
  std::vector<MatchedRule> matched_rules;
  bool given_up = false;  ///< its memory is spent: nothing more is evaluated
};

}  // namespace wafcheck::engine::inline state
