#include "engine/run/trace.h"

#include <fmt/format.h>

#include <algorithm>

#include "parser/language/language.h"

namespace wafcheck::engine::inline run {
namespace {

/// What a value takes in a trace.
constexpr size_t kBytesOfValue = 256;

/// The id of a rule, of its starter for a link of a chain, which follows that in the ruleset.
uint64_t id_of(const CompiledRule& rule) {
  return (rule.source - rule.source->link)->id.value_or(0);
}

}  // namespace

void Trace::report_phase(int phase) {
  const std::string reason = state_.flow.stop_reason();
  if (reason.empty()) return;  // interrupted: its rules were not reached
  report_skipped(state_.program.phases[static_cast<size_t>(phase)], phase, reason);
}

void Trace::report_removed(uint32_t head, int phase) {
  const Flow::CtlUse* const removal = state_.flow.removal_of(head);
  if (removal == nullptr) return;
  report_skipped(std::span(&head, 1), phase,
                 fmt::format("ctl:{}={} of rule {}", parser::info(removal->step->option).name,
                             removal->step->value, id_of(*removal->by)));
}

void Trace::report_skipped(std::span<const uint32_t> heads, int phase, const std::string& reason) {
  for (const uint32_t head : heads) {
    observer_->rule_skipped(*state_.program.rules[head]->source, phase, reason);
  }
}

void Trace::report_skipped_after(std::span<const uint32_t> heads, int phase,
                                 const CompiledRule& by) {
  report_skipped(heads, phase, fmt::format("skipAfter of rule {}", by.source->id.value_or(0)));
}

void Trace::report_value(const CompiledRule& rule, const Value& value, StringId string,
                         PipelineId pipeline, bool matched, std::string_view parameter) {
  StringTable& strings = state_.strings;
  state_.arena.spend(kBytesOfValue + value.key.size());
  TestedValue tested;
  Match named;
  named.variable = value.variable;
  named.counted = value.counted;
  named.key = value.key;
  named.called = value.called;
  tested.name = named.name();
  tested.value = strings[value.string];
  tested.matched = matched;
  StringId after = string;
  for (PipelineId node = pipeline; node != 0; node = state_.program.pipelines[node].prefix) {
    const Pipeline& last = state_.program.pipelines[node];
    const StringId before = strings.transform(value.string, last.prefix);
    if (before != after) tested.steps.emplace_back(last.step, strings[after]);
    after = before;
  }
  std::ranges::reverse(tested.steps);
  tested.transformed = strings[string];
  if (matched) {
    const operators::MatchState& left = state_.match;
    tested.variable = value.variable;
    tested.key = value.key;
    tested.counted = value.counted;
    tested.parameter = rule.op.argument.literal ? parameter : state_.arena.copy(parameter);
    if (!left.finding.empty()) tested.finding = state_.arena.copy(left.finding);
    if (!left.places.empty() && !rule.op.negated) {
      tested.found = {left.places.front().offset, left.places.front().length};
    }
  }
  if (matched && rule.capture && !rule.op.negated) {
    for (const std::string_view capture : state_.match.captures) {
      tested.captures.push_back(capture.data() == nullptr ? capture : state_.arena.copy(capture));
    }
  }
  observer_->value_tested(tested);
}

}  // namespace wafcheck::engine::inline run
