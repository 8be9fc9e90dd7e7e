// What an observer is told: which rules were passed over and why, and how each value was tested.

#include <fmt/format.h>

#include <algorithm>

#include "engine/evaluation.h"
#include "parser/language.h"

namespace wafcheck::engine {

uint64_t Evaluation::current_id() const {
  if (tx_.current_rule_ == nullptr) return 0;
  const parser::Rule& rule = *tx_.current_rule_->source;
  return program_.ruleset().rules[rule.starter].id.value_or(0);
}

std::string Evaluation::stop_reason() const {
  const uint64_t id = tx_.stopper_ == nullptr ? 0 : tx_.stopper_->source->id.value_or(0);
  if (tx_.engine_mode_ == EngineMode::off) {
    return tx_.stopper_ == nullptr ? "SecRuleEngine Off" : fmt::format("ctl:ruleEngine=Off of rule {}", id);
  }
  if (tx_.skip_ != Transaction::Skip::nothing) return fmt::format("allow of rule {}", id);
  return {};
}

void Evaluation::observe_phase_not_run(int phase) {
  const std::string reason = stop_reason();
  if (reason.empty()) return;  // interrupted: its rules were not reached
  observe_rest(program_.in_phase(phase), 0, program_.in_phase(phase).size(), phase, reason);
}

void Evaluation::observe_rest(const std::vector<uint32_t>& rules, size_t from, size_t to, int phase,
                              const std::string& reason) {
  for (size_t at = from; at < to; ++at) observe_skipped(rules[at], phase, reason);
}

void Evaluation::observe_skipped(uint32_t head, int phase, const std::string& reason) {
  observer_->rule_skipped(*program_.rules()[head].source, phase, reason);
}

void Evaluation::observe_removed(uint32_t head, int phase) {
  for (const auto& [step, by] : tx_.removals_) {
    if (!std::ranges::binary_search(step->rules, head)) continue;
    observe_skipped(head, phase, fmt::format("ctl:{}={} of rule {}", parser::info(step->option).name, step->value, by));
    return;
  }
}

void Evaluation::observe_test(const CompiledRule& rule, const Value& value, StringId string,
                              PipelineId pipeline, bool matched) {
  TestedValue tested;
  tested.name = Match{.variable = value.variable, .counted = value.counted, .key = value.key,
                      .value = {}, .transformed = {}, .captured = {}}.name();
  tested.value = tx_.strings_[value.string];
  tested.matched = matched;
  StringId after = string;
  for (PipelineId node = pipeline; node != 0; node = program_.pipelines()[node].prefix) {
    const StringId before = tx_.strings_.transform(value.string, program_.pipelines()[node].prefix);
    if (before != after) tested.steps.emplace_back(program_.pipelines()[node].step, tx_.strings_[after]);
    after = before;
  }
  std::ranges::reverse(tested.steps);
  if (matched && rule.capture && !rule.op.negated) {
    for (const std::string_view capture : tx_.match_state_.captures) {
      tested.captures.push_back(capture.data() == nullptr ? capture : tx_.arena_.copy(capture));
    }
  }
  observer_->value_tested(tested);
}

}  // namespace wafcheck::engine
