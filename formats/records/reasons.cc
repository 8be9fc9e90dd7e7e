#include "formats/records/reasons.h"

#include <algorithm>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {
namespace {

Depth depth_of(const RecordContext& context) {
  if (!context.why) return Depth::places;
  return context.names ? Depth::names : Depth::full;
}

}  // namespace

Why reasons_of(const Outcome& outcome, const RecordContext& context, const Explainers& explainers) {
  const engine::Transaction& transaction = *outcome.transaction;
  Why why = explainers.of(transaction.program())
                .explain(transaction, *outcome.evidence, depth_of(context));
  if (!context.why_rules.empty()) {
    std::erase_if(why.rules, [&](const MatchedRuleReason& rule) {
      const auto& ids = context.why_rules;
      return !rule.starter->id || std::ranges::find(ids, *rule.starter->id) == ids.end();
    });
  }
  return why;
}

}  // namespace wafcheck::formats::inline records
