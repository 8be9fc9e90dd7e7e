#pragma once
// Which rules a removal, an update or a ctl names.

#include <cstdint>
#include <optional>
#include <string_view>

#include "parser/language/semantics_forward.h"
#include "parser/regex/pcre.h"
#include "parser/ruleset/rule.h"

namespace wafcheck::parser::inline ruleset {

/// A RuleFilter whose expression is compiled. It views the filter, which must outlive it. An
/// expression that does not compile, which is reported where it is read, names no rule. Source:
/// seclang reference, sections 2.1 and 6.6.
class RuleMatcher {
 public:
  RuleMatcher(const RuleFilter& filter, const Semantics& semantics);

  /// A filter by id: whether it names this one.
  bool names(uint64_t id) const;
  /// A filter by tag or by message: whether a rule with this action is one that it names.
  bool names(const ActionUse& use) const;
  /// The same for the text of a tag or message, with a bound on the steps of its expression.
  PcreResult match(std::string_view text, uint32_t steps) const;

 private:
  const RuleFilter& filter_;
  std::optional<Pcre> regex_;
};

}  // namespace wafcheck::parser::inline ruleset
