#include "lint/analysis/captures.h"

namespace wafcheck::lint::inline analysis {

using parser::Rule;

bool captures(const Rule& rule) {
  return rule.has(parser::Action::capture) && info(rule.op.id).captures != parser::Captures::None;
}

const Rule* capturing_link(const Analysis& analysis, const TxUse& read) {
  const Rule& rule = analysis.ruleset.rules[read.rule];
  const Rule* const starter = &analysis.starter(rule);
  const Rule* link = analysis.ruleset.rules.data() + read.moment.rule;
  if (read.moment.step <= Moment::captures) {
    if (link == starter) return nullptr;
    --link;
  }
  for (;; --link) {
    if (captures(*link)) return link;
    if (link == starter) return nullptr;
  }
}

}  // namespace wafcheck::lint::inline analysis
