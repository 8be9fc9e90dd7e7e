#include "engine/run/transaction_operators.h"

#include <fmt/format.h>

#include "engine/actions/script_host.h"
#include "engine/operators/external.h"
#include "engine/operators/geo.h"
#include "engine/operators/restpath.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline run {

using parser::Variable;

namespace {

/// @geoLookup: fills GEO, which holds the result of the last look-up. Source: seclang
/// reference 4.5.
bool look_up_country(TransactionState& state, std::string_view address) {
  state.variables.unset(Variable::GEO);
  const operators::GeoDatabase* database = state.program.geo_database.get();
  if (database == nullptr) {
    const std::string missing = "no SecGeoLookupDb names a database for @geoLookup";
    if (state.program.semantics().geo_needs_no_database) {
      state.problems.report_once("operator", missing);
    } else {
      state.match.error = missing;
    }
    return false;
  }
  const auto record = database->find(address);
  if (!record) {
    state.match.error = fmt::format("@geoLookup: {}", record.error().message);
    return false;
  }
  if (!*record) return false;
  for (const auto& [name, value] : **record)
    state.variables.add(Variable::GEO, name, state.strings.copy(value));
  return true;
}

/// @validateSchema and @validateDTD match a body that is not valid, whatever the target.
bool validate_body(TransactionState& state, const CompiledRule& rule,
                   const operators::Operator& op) {
  const std::string_view name = parser::info(rule.op.id).name;
  const auto* file = dynamic_cast<const operators::TransactionOperator*>(&op);
  if (file == nullptr) return op.match({}, {}, state.match);  // one that says why it does not work
  if (lowercase(file->argument()).ends_with(".json")) {
    state.match.error = fmt::format("@{}: JSON schemas are not evaluated", name);
    return false;
  }
  if (!state.request_body.xml.parsed()) {
    if (!state.program.semantics().schema_needs_document) return true;
    state.match.error = fmt::format("@{}: there is no XML body to validate", name);
    return false;
  }
  if (state.program.semantics().schema_is_external_entity &&
      !state.program.settings.xml_external_entities) {
    state.problems.report_once(
        "operator",
        fmt::format("rule {}: @{} loads no file without SecXmlExternalEntity On: it matches "
                    "every body",
                    state.current_id(), name));
    return true;
  }
  const auto valid = rule.op.id == parser::Operator::validateSchema
                         ? state.request_body.xml.validate_schema(file->argument())
                         : state.request_body.xml.validate_dtd(file->argument());
  if (valid) return !*valid;
  if (state.program.semantics().broken_schema_matches) {
    state.problems.report_once(
        "operator", fmt::format("rule {}: @{} matches every body: {}", state.current_id(), name,
                                valid.error().message));
    return true;
  }
  state.match.error = fmt::format("@{}: {}", name, valid.error().message);
  return false;
}

/// @restpath: each {name} of the template becomes a member of ARGS_PATH.
void set_path_arguments(TransactionState& state, const operators::Operator& op) {
  const auto* path = dynamic_cast<const operators::RestPath*>(&op);
  if (path == nullptr) return;
  auto& captures = state.match.captures;
  for (size_t at = 0; at < path->names().size() && at + 1 < captures.size(); ++at) {
    state.variables.set_path_argument(path->names()[at], captures[at + 1]);
  }
  captures.clear();  // they are ARGS_PATH's, not TX's
}

}  // namespace

bool match_operator(TransactionState& state, const CompiledRule& rule,
                    const operators::Operator& op, std::string_view bytes,
                    std::string_view argument) {
  switch (rule.op.id) {
    case parser::Operator::geoLookup:
      return look_up_country(state, bytes);
    case parser::Operator::validateDTD:
    case parser::Operator::validateSchema:
      return validate_body(state, rule, op);
    case parser::Operator::restpath: {
      const bool matched = op.match(bytes, argument, state.match);
      if (matched) set_path_arguments(state, op);
      return matched;
    }
    case parser::Operator::inspectFile:
      if (rule.op.script == nullptr) return op.match(bytes, argument, state.match);
      return run_script(state, *rule.op.script, bytes).has_value();
    default:
      return op.match(bytes, argument, state.match);
  }
}

}  // namespace wafcheck::engine::inline run
