#include "parser/ruleset/rule_matcher.h"

#include <algorithm>
#include <utility>

#include "parser/ruleset/regex_check.h"

namespace wafcheck::parser::inline ruleset {
namespace {

constexpr uint32_t kSteps = 100'000;

}  // namespace

RuleMatcher::RuleMatcher(const RuleFilter& filter, const Semantics& semantics) : filter_(filter) {
  if (!filter.regex) return;
  Result<Pcre> compiled = Pcre::compile(filter.text, operator_regex_options(semantics));
  if (compiled) regex_ = std::move(*compiled);
}

bool RuleMatcher::names(uint64_t id) const {
  return filter_.kind == RuleFilter::Kind::id &&
         std::ranges::any_of(filter_.ids, [&](IdRange range) { return range.contains(id); });
}

bool RuleMatcher::names(const ActionUse& use) const {
  const bool meant = (filter_.kind == RuleFilter::Kind::tag && use.id == Action::tag) ||
                     (filter_.kind == RuleFilter::Kind::msg && use.id == Action::msg);
  return meant && match(use.raw, kSteps) == PcreResult::matched;
}

PcreResult RuleMatcher::match(std::string_view text, uint32_t steps) const {
  if (regex_) return regex_->match(text, 0, steps, nullptr);
  return !filter_.regex && text == filter_.text ? PcreResult::matched : PcreResult::no_match;
}

}  // namespace wafcheck::parser::inline ruleset
