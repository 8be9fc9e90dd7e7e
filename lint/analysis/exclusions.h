#pragma once
// The rules that an id, a tag or a message names, and the ctl actions and directives that exclude
// rules or targets.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline analysis {

/// A removal of rules or of targets.
struct Exclusion {
  const parser::RuleFilter* filter = nullptr;
  const std::vector<parser::Target>* targets = nullptr;  ///< null: whole rules
  const parser::Update* update = nullptr;                ///< the directive; else:
  const parser::Rule* rule = nullptr;                    ///< the rule (or link) with the ctl
  const parser::ActionUse* use = nullptr;                ///< and the ctl
  parser::Span span;  ///< the value of the ctl, the arguments of the directive
};

/// The starters that filters name, and all exclusions of a ruleset.
class Exclusions {
 public:
  explicit Exclusions(const parser::RulesetModel& ruleset);

  /// Those of active rules in load order, then those of directives; without updates of actions.
  const std::vector<Exclusion>& all() const { return all_; }

  /// Calls `visit` with the index of each starter, removed or not, until it returns false. Returns
  /// false if the budget is used up, so that the visit may be incomplete.
  template <typename Visit>
  bool each(const parser::RuleFilter& filter, Visit visit) const {
    if (filter.kind == parser::RuleFilter::Kind::id) {
      for (const parser::IdRange& range : filter.ids) {
        if (!spend()) return false;
        for (size_t i = first_of(range); i < ids_.size() && ids_[i].id <= range.last; ++i) {
          if (!spend()) return false;
          if (!visit(ids_[i].rule)) return true;
        }
      }
      return true;
    }
    for (const std::vector<parser::RuleIndex>* rules : named(filter)) {
      for (const parser::RuleIndex rule : *rules) {
        if (!spend()) return false;
        if (!visit(rule)) return true;
      }
    }
    return budget_ != 0;
  }

  /// Whether a rule has an id in the range.
  bool has(const parser::IdRange& range) const;
  /// The tags or messages of all rules, each once.
  std::vector<std::string_view> texts(parser::RuleFilter::Kind kind) const;
  const std::vector<std::string>& ids_as_text() const { return id_texts_; }

 private:
  struct Id {
    uint64_t id;
    parser::RuleIndex rule;
  };
  using ByText = std::unordered_map<std::string, std::vector<parser::RuleIndex>>;

  size_t first_of(const parser::IdRange& range) const;
  std::vector<const std::vector<parser::RuleIndex>*> named(const parser::RuleFilter& filter) const;
  bool spend() const { return budget_ != 0 && --budget_ != 0; }

  const parser::Semantics& semantics_;
  std::vector<Exclusion> all_;
  std::vector<Id> ids_;  ///< sorted
  std::vector<std::string> id_texts_;
  ByText tags_, messages_;
  mutable uint64_t budget_ = 10'000'000;  ///< rules and texts to visit, for all calls together
};

}  // namespace wafcheck::lint::inline analysis
