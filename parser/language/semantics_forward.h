#pragma once
// For headers that only pass a Semantics on: its table changes often, and they need not be compiled
// again for it.

namespace wafcheck::parser::inline language {
struct Semantics;
}
