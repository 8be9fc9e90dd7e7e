// m.getvar, m.getvars, m.setvar and m.log of scripts, and exec. As libmodsecurity 3.0.9 does it,
// which tests/differential compares; but where that one aborts the server, for variables that it
// does not know and for whole collections, these are told as errors, and have their members.

#include "engine/actions/script_host.h"

#include <fmt/format.h>

#include "engine/actions/actions.h"
#include "engine/observer.h"
#include "engine/values/target_values.h"

namespace wafcheck::engine::inline actions {

using parser::Variable;

namespace {

/// "ARGS.q" and "ARGS:q".
struct VariableName {
  std::string_view variable, member;
};
VariableName split(std::string_view name) {
  const size_t at = name.find_first_of(".:");
  if (at == std::string_view::npos) return {name, {}};
  return {name.substr(0, at), name.substr(at + 1)};
}

class TransactionHost final : public scripts::ScriptHost {
 public:
  explicit TransactionHost(TransactionState& state) : state_(state) {}

  void log(int level, std::string_view text) override {
    if (state_.observer() != nullptr) state_.observer()->script_logged(level, text);
  }

  std::optional<std::string_view> value(
      std::string_view name, std::span<const std::string_view> transformations) override {
    std::optional<std::string_view> first;
    each(name, [&](const Value& value) {
      if (!first) first = state_.strings[value.string];
    });
    if (first) first = transform(*first, transformations);
    return first;
  }

  void values(std::string_view name, std::span<const std::string_view> transformations,
              std::vector<scripts::ScriptValue>& values) override {
    each(name, [&](const Value& value) {
      Match match;
      match.variable = value.variable;
      match.key = value.key;
      match.called = value.called;
      values.push_back({state_.arena.copy(match.name()),
                        transform(state_.strings[value.string], transformations)});
    });
  }

  void set(std::string_view name, std::optional<std::string_view> value) override {
    const auto [collection, member] = split(name);
    const auto variable = parser::find_variable(collection);
    const bool writable =
        variable && (*variable == Variable::TX || state_.records.find(*variable) != nullptr ||
                     parser::info(*variable).kind == parser::VariableKind::Persistent);
    if (!writable || member.empty()) {
      return complain(
          fmt::format("m.setvar cannot set {}: it takes tx.name, or a member of a "
                      "persistent collection",
                      name));
    }
    SetvarStep step{};
    step.collection = *variable;
    step.name.text = state_.arena.copy(member);
    step.operation = value ? parser::SetvarOperation::assign : parser::SetvarOperation::unset;
    step.value.text = state_.arena.copy(value.value_or(""));
    perform(state_, step);
  }

 private:
  void complain(const std::string& what) {
    state_.problems.report_once("script", fmt::format("rule {}: {}", state_.current_id(), what));
  }

  template <typename Visit>
  void each(std::string_view name, Visit visit) {
    const auto [variable, member] = split(name);
    const auto id = parser::find_variable(variable);
    if (!id) return complain(fmt::format("a script asks for {}, which is no variable", name));
    CompiledTarget target{};
    target.variable = *id;
    if (!member.empty()) {
      const bool document = parser::info(*id).kind == parser::VariableKind::Document;
      target.selection.kind = document ? parser::SelectorKind::xpath : parser::SelectorKind::name;
      target.selection.name = state_.arena.copy(member);
      target.selection.hash = name_hash(target.selection.name);
      if (*id == Variable::TX) target.tx_slot = state_.program.tx_slot(member);
    }
    const CompiledRule& rule = *state_.current.rule;
    TargetValues(state_).each(rule, rule.number, target, visit);
  }

  std::string_view transform(std::string_view value, std::span<const std::string_view> names) {
    const transformations::TransformationContext context{state_.program.semantics(),
                                                         state_.program.settings.unicode_map.get()};
    std::string transformed;
    for (const std::string_view name : names) {
      const auto id = parser::find_transformation(name);
      if (!id) {
        complain(fmt::format("a script asks for the transformation {}, which there is not", name));
        continue;
      }
      state_.arena.require(value.size() * transformations::growth_of(*id));
      if (transformations::function_of(*id)(value, transformed, context)) {
        value = state_.arena.copy(transformed);
      }
    }
    return value;
  }

  TransactionState& state_;
};

}  // namespace

std::optional<std::string> run_script(TransactionState& state, const scripts::Script& script,
                                      std::optional<std::string_view> argument) {
  TransactionHost host(state);
  const Limits& limits = state.limits();
  scripts::ScriptResult result =
      script.run(host, argument, {limits.script_steps, limits.script_memory});
  if (!result.error.empty()) {
    const std::string message = fmt::format("rule {}: {}", state.current_id(), result.error);
    if (result.over_limit) {
      state.problems.report_undecided("script-limit", message);
    } else {
      state.problems.report_once("script", message);
    }
  }
  return std::move(result.matched);
}

void perform(TransactionState& state, const ScriptStep& step) {
  run_script(state, *step.script);
}

}  // namespace wafcheck::engine::inline actions
