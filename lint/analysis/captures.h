#pragma once
// The rules that fill TX:0 to TX:9, and the rules that read them.

#include "lint/analysis/analysis.h"
#include "lint/analysis/tx.h"

namespace wafcheck::lint::inline analysis {

/// Whether a match of the rule fills TX:0 and above.
bool captures(const parser::Rule& rule);

/// The nearest link of the same chain whose captures `read` gets; null if there is none.
const parser::Rule* capturing_link(const Analysis& analysis, const TxUse& read);

/// Calls `visit` with each read of TX:0 to TX:9, in load order, except variables that a setvar
/// sets.
template <typename Visit>
void each_captured_read(const Analysis& analysis, Visit visit) {
  for (const TxUse& use : analysis.tx().uses()) {
    if (use.collection != parser::Variable::TX || use.writes()) continue;
    const std::string& name = use.name.text;
    if (use.name.kind != TxNameKind::literal || name.size() != 1 || name[0] < '0' ||
        name[0] > '9') {
      continue;
    }
    const TxVariable* variable = analysis.tx().find(parser::Variable::TX, name);
    if (variable == nullptr || variable->writes.empty()) visit(use);
  }
}

}  // namespace wafcheck::lint::inline analysis
