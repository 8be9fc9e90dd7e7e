#include "engine/actions/actions.h"

#include <variant>

#include "engine/observer.h"

namespace wafcheck::engine::inline actions {

void perform(TransactionState& state, const Step& step) {
  if (state.observer() != nullptr) state.observer()->action_run(*step.source);
  std::visit([&state](const auto& kind) { perform(state, kind); }, step.kind);
}

}  // namespace wafcheck::engine::inline actions
