#pragma once
// What differs between two versions of a rule, field by field of the model: how it is laid out and
// commented never counts.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline compare {

enum class RuleField : uint8_t {
  removed,
  phase,
  links,
  targets,
  operator_,
  data_file,
  transformations,
  variables,
  action,
  flow,
  controls,
  effects,
  paranoia_level,
  tags,
  severity,
  message,
  logging,
  metadata,
};

/// A row of the table of fields.
struct RuleFieldInfo {
  RuleField id;
  std::string_view name;  ///< in JSON
  std::string_view doc;   ///< a few words: "its transformations"
  bool decides;           ///< a verdict may depend on it
};
std::span<const RuleFieldInfo> rule_fields();
const RuleFieldInfo& info(RuleField field);

struct FieldChange {
  RuleField field = RuleField::phase;
  uint32_t link = 0;     ///< of the chain, from 0
  std::string old, now;  ///< as SecLang writes it; of data, the lines that differ
  /// What stands on one side only, where the field is a list: targets, actions, lines.
  std::vector<std::string> gone, came;
  std::optional<parser::Span> by;  ///< the update directive behind it
  bool by_new = true;              ///< which stands in the new ruleset
};

/// A side of a comparison: its rules, and where data files are read.
struct RulesetSide {
  const parser::RulesetModel& ruleset;
  parser::FileSystem& files;
};

/// Empty: they do the same. In the order of the table, link by link.
std::vector<FieldChange> compare_rules(const RulesetSide& old, const parser::Rule& old_starter,
                                       const RulesetSide& now, const parser::Rule& new_starter);

}  // namespace wafcheck::lint::inline compare
