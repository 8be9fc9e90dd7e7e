#pragma once
// Who fills TX:0 to TX:9, and who reads them.

#include "lint/check.h"
#include "lint/flow/tx.h"

namespace wafcheck::lint {

/// Whether a match of the rule fills TX:0 and above.
bool captures(const parser::Rule& rule);

/// The link of the same chain whose captures are there when `read` happens: the nearest one. Null:
/// none.
const parser::Rule* capturing_link(const Context& context, const TxUse& read);

/// Calls `visit` with each read of TX:0 to TX:9, in load order, but for what rules set by hand.
template <typename Visit>
void each_captured_read(const Context& context, Visit visit) {
  for (const TxUse& use : context.tx().uses()) {
    if (use.collection != parser::Variable::TX || use.writes()) continue;
    const std::string& name = use.name.text;
    if (use.name.kind != TxNameKind::literal || name.size() != 1 || name[0] < '0' ||
        name[0] > '9') {
      continue;
    }
    const TxVariable* variable = context.tx().find(parser::Variable::TX, name);
    if (variable == nullptr || variable->writes.empty()) visit(use);
  }
}

}  // namespace wafcheck::lint
