#pragma once
// What rules ask for that a module cannot do.

namespace wafcheck::parser::inline ruleset {
class RulesetModel;
}

namespace wafcheck::wasm::inline core {

/// Adds an error for each rule and setting that needs a file, a program or the network: it would
/// load and never match.
void add_unsupported(parser::RulesetModel& model);

}  // namespace wafcheck::wasm::inline core
