// Operators that need the transaction, and rules that only a server could evaluate.

#include <fmt/format.h>

#include "engine/evaluation.h"
#include "engine/geo.h"
#include "engine/operators/external.h"
#include "engine/operators/restpath.h"
#include "parser/ascii.h"

namespace wafcheck::engine {

using parser::Variable;

/// The operator's verdict. An operator that looks beyond the value is answered for here; why it
/// could not be goes to the match state, as with any other.
bool Evaluation::match_operator(const CompiledRule& rule, const Operator& op,
                                std::string_view bytes, std::string_view argument) {
  switch (rule.op.id) {
    case parser::Operator::geoLookup:
      return look_up_country(bytes);
    case parser::Operator::validateDTD:
    case parser::Operator::validateSchema:
      return validate_body(rule, op);
    case parser::Operator::restpath: {
      const bool matched = op.match(bytes, argument, tx_.match_state_);
      if (matched) set_path_arguments(op);
      return matched;
    }
    default:
      return op.match(bytes, argument, tx_.match_state_);
  }
}

/// @geoLookup: fills GEO, which holds what the last look-up found. Source: seclang reference 4.5.
bool Evaluation::look_up_country(std::string_view address) {
  MatchState& state = tx_.match_state_;
  tx_.members_[static_cast<size_t>(Variable::GEO)].clear();
  ++tx_.versions_[static_cast<size_t>(Variable::GEO)];
  const GeoDatabase* database = program_.geo_database();
  if (database == nullptr) {
    state.error = "no SecGeoLookupDb names a database for @geoLookup";
    return false;
  }
  const auto found = database->find(address);
  if (!found) {
    state.error = fmt::format("@geoLookup: {}", found.error().message);
    return false;
  }
  if (!*found) return false;
  for (const auto& [name, value] : **found) tx_.add(Variable::GEO, name, tx_.keep(value));
  return true;
}

/// @validateSchema and @validateDTD match a body that is not valid, whatever the target.
bool Evaluation::validate_body(const CompiledRule& rule, const Operator& op) {
  MatchState& state = tx_.match_state_;
  const std::string_view name = parser::info(rule.op.id).name;
  const auto* file = dynamic_cast<const TransactionOperator*>(&op);
  if (file == nullptr) return op.match({}, {}, state);  // one that says why it does not work
  if (lowercase(file->argument()).ends_with(".json")) {
    state.error = fmt::format("@{}: JSON schemas are not evaluated", name);
    return false;
  }
  if (!tx_.xml_.parsed()) {
    if (!program_.semantics().schema_needs_document) return true;
    state.error = fmt::format("@{}: there is no XML body to validate", name);
    return false;
  }
  if (program_.semantics().schema_is_external_entity && !program_.settings().xml_external_entities) {
    report_once("operator",
                fmt::format("rule {}: @{} loads no file without SecXmlExternalEntity On: it matches "
                            "every body",
                            current_id(), name));
    return true;
  }
  const auto valid = rule.op.id == parser::Operator::validateSchema
                         ? tx_.xml_.validate_schema(file->argument())
                         : tx_.xml_.validate_dtd(file->argument());
  if (!valid) {
    state.error = fmt::format("@{}: {}", name, valid.error().message);
    return false;
  }
  return !*valid;
}

/// @restpath: each {name} of the template becomes a member of ARGS_PATH.
void Evaluation::set_path_arguments(const Operator& op) {
  const auto* path = dynamic_cast<const RestPath*>(&op);
  if (path == nullptr) return;
  auto& captures = tx_.match_state_.captures;
  for (size_t at = 0; at < path->names().size() && at + 1 < captures.size(); ++at) {
    tx_.set_path_argument(path->names()[at], captures[at + 1]);
  }
  captures.clear();  // they are ARGS_PATH's, not TX's
}

void Evaluation::report_offline(std::string_view what) {
  report_once("offline",
              fmt::format("rule {}: {}: there is no server to do it in", current_id(), what));
}

void Evaluation::report_offline_target(const CompiledTarget& target) {
  report_once("offline", fmt::format("rule {}: {} has no value without a server", current_id(),
                                     parser::info(target.variable).name));
}

}  // namespace wafcheck::engine
