#pragma once
// What exclusions kept from rules, over a run: one that never does anything is void, or names what
// does not occur.

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "engine/outcome.h"
#include "formats/json/writer.h"

namespace wafcheck::parser::inline ruleset {
class RulesetModel;
}

namespace wafcheck::formats::inline records {

/// What exclusions took away, over a run.
class ExclusionCounts {
 public:
  struct Count {
    uint64_t ran = 0;      ///< transactions in which it was in force
    uint64_t removed = 0;  ///< of these, those in which it kept something out
  };
  struct Key {
    std::string file;
    uint32_t line = 0;
    std::string text;
    std::optional<uint64_t> rule_id = {};  ///< of the rule with the ctl; none: of a directive
    auto operator<=>(const Key&) const = default;
  };

  void add(std::span<const engine::ExclusionUse> uses);
  void add(const Key& key, const Count& count);
  void merge(const ExclusionCounts& other);
  /// Update directives are in force in all transactions, and are told of here where they had no
  /// effect in any.
  void complete(const parser::RulesetModel& ruleset, uint64_t transactions);
  const std::map<Key, Count>& counts() const { return counts_; }

 private:
  std::map<Key, Count> counts_;
};

/// The members of one of them.
void write_exclusion(JsonWriter& json, const ExclusionCounts::Key& key,
                     const ExclusionCounts::Count& count);
/// The member "exclusions", where there are any.
void write_exclusions(JsonWriter& json, const ExclusionCounts& exclusions);
/// A line for each that removed nothing: "10001 (a.conf:7) ran 5 times and removed nothing:
/// ctl:...". Of update directives, unless `all`, only how many there are: rulesets have many for
/// all kinds of sites.
std::string exclusions_text(const ExclusionCounts& exclusions, bool all);

}  // namespace wafcheck::formats::inline records
