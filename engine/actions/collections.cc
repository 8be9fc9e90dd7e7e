// initcol, setsid, setuid, setrsc, expirevar, deprecatevar, setenv, and what needs a server.
// Source: seclang reference 3.9 and 6.3.

#include <fmt/format.h>

#include <algorithm>

#include "engine/actions/actions.h"
#include "engine/state/numbers.h"
#include "engine/values/macros.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline actions {

using parser::Action;
using parser::Variable;

namespace {

/// What a variable of the environment takes besides its bytes.
constexpr size_t kBytesOfVariable = 128;

}  // namespace

void perform(TransactionState& state, const CollectionStep& step) {
  const std::string_view key = expand(state, step.key);
  switch (step.action) {
    case Action::setsid:
      state.variables.set(Variable::SESSIONID, key);
      state.records.open(step.collection, key);
      return;
    case Action::setuid:
      state.variables.set(Variable::USERID, key);
      state.records.open(step.collection, key);
      return;
    case Action::setrsc:
      state.records.open(step.collection, key);
      return;
    case Action::setenv: {
      const size_t equals = key.find('=');
      state.arena.spend(kBytesOfVariable + key.size());
      const std::string_view value = equals == std::string_view::npos ? "" : key.substr(equals + 1);
      state.environment[std::string(key.substr(0, equals))] = value;
      return;
    }
    case Action::initcol:
      state.records.open(step.collection, key);
      return;
    default:
      break;
  }

  OpenRecord* const open = state.records.find(step.collection);
  if (open == nullptr) {
    if (step.collection != Variable::TX && state.program.semantics().collections_are_kept) {
      state.problems.report_once("collection",
                                 fmt::format("{}.{}: no initcol opened the collection",
                                             parser::info(step.collection).name, key));
    }
    return;
  }
  const std::string_view value = expand(state, step.value);
  if (step.action == Action::expirevar) {
    state.records.expire(*open, key, std::max<int64_t>(leading_number(value), 0));
  } else {
    state.records.deprecate(*open, key, value);
  }
}

void perform(TransactionState& state, const OfflineStep& step) {
  state.problems.report_once(
      "offline", fmt::format("rule {}: {} was not carried out: there is no server to do it in",
                             state.current_id(), parser::info(step.action).name));
}

}  // namespace wafcheck::engine::inline actions
