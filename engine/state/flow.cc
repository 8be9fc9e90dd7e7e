#include "engine/state/flow.h"

#include <fmt/format.h>

#include <algorithm>

#include "parser/language/semantics.h"

namespace wafcheck::engine::inline state {
namespace {

bool removes_targets(parser::Ctl option) {
  return option == parser::Ctl::ruleRemoveTargetById ||
         option == parser::Ctl::ruleRemoveTargetByTag ||
         option == parser::Ctl::ruleRemoveTargetByMsg;
}

}  // namespace

Flow::Flow(const ProgramData& program) : program_(program), mode_(program.settings.engine) {}

bool Flow::interrupts() const {
  return mode_ == EngineMode::on ||
         (mode_ == EngineMode::off && program_.semantics().engine_off_next_link);
}

void Flow::interrupt(Interruption interruption) {
  if (interrupts()) {
    refused_ = resumed_ = false;
    interruption_ = std::move(interruption);
  } else if (!would_interrupt_) {
    would_interrupt_ = std::move(interruption);
  }
}

void Flow::refuse(Interruption interruption) {
  if (mode_ == EngineMode::on || program_.semantics().limits_enforced_in_detection_only) {
    refuse_always(std::move(interruption));
  } else if (mode_ == EngineMode::detection_only && !would_interrupt_) {
    would_interrupt_ = std::move(interruption);
  }
}

void Flow::refuse_always(Interruption interruption) {
  refused_ = true;
  resumed_ = false;
  interruption_ = std::move(interruption);
}

void Flow::allow(const CompiledRule& rule) {
  if (mode_ != EngineMode::on) return;
  allowed_ = true;
  stopper_ = &rule;
  skip_ = rule.allow == "phase"     ? Skip::phase
          : rule.allow == "request" ? Skip::request
                                    : Skip::transaction;
}

bool Flow::runs(int phase) const {
  if (mode_ == EngineMode::off) return false;
  if (phase == 5) return skip_ != Skip::transaction || !program_.semantics().allow_skips_logging;
  if (stopped() || skip_ == Skip::transaction) return false;
  return skip_ != Skip::request || phase > 2;
}

bool Flow::passes_rest(int phase) const {
  const bool request = phase <= 2 || program_.semantics().allow_request_ends_phase;
  return skip_ == Skip::phase || (skip_ == Skip::request && request) ||
         (skip_ == Skip::transaction && phase != 5);
}

std::string Flow::stop_reason() const {
  const uint64_t id = stopper_ == nullptr ? 0 : stopper_->source->id.value_or(0);
  if (mode_ == EngineMode::off) {
    return stopper_ == nullptr ? "SecRuleEngine Off"
                               : fmt::format("ctl:ruleEngine=Off of rule {}", id);
  }
  return skip_ == Skip::nothing ? std::string() : fmt::format("allow of rule {}", id);
}

size_t Flow::begin_phase(int phase) {
  if (skip_ == Skip::request && phase > 2 && program_.semantics().allow_request_ends_phase) {
    skip_ = Skip::nothing;
  }
  if (!program_.semantics().skip_survives_phase) skip_rules_ = 0;
  if (!program_.semantics().skip_after_survives_phase) skip_rest_ = false;
  if (!skip_rest_ || !skip_ends_at_) return 0;
  skip_rest_ = false;
  return program_.first_from(phase, *skip_ends_at_);
}

void Flow::end_phase() {
  if (skip_ == Skip::phase) skip_ = Skip::nothing;
}

bool Flow::skips_next() {
  if (skip_rules_ == 0) return false;
  --skip_rules_;
  return true;
}

void Flow::follow(const CompiledRule& rule, bool ended) {
  const Jump& jump = program_.jumps[rule.number];
  skip_rules_ = jump.skip;
  if (!jump.skip_to) return;
  skip_rest_ = jump.skip_after_missing || ended;
  skip_ends_at_ = jump.skip_ends_at;
}

void Flow::pass_over(size_t rules) {
  skip_rules_ -= static_cast<uint32_t>(std::min<size_t>(skip_rules_, rules));
}

void Flow::remove(const CtlStep& step, const CompiledRule& by) {
  removed_.resize(program_.rules.size());
  for (const uint32_t rule : step.rules) removed_[rule] = true;
  note_use(step, by);
}

void Flow::exclude(const CtlStep& step, const CompiledRule& by) {
  note_use(step, by);
  excluded_.resize(program_.dynamic_exclusion_lists);
  if (step.rules.empty() || excluded_[step.exclusion_list]) return;
  excluded_[step.exclusion_list] = true;
  exclusions_.push_back(&step);
  awaited_ += step.exclusions.size();
  has_exclusions_.resize(program_.rules.size());
  for (const uint32_t rule : step.rules) has_exclusions_[rule] = true;
}

/// A rule may run its ctl once for each value that it matches.
void Flow::note_use(const CtlStep& step, const CompiledRule& by) {
  if (std::ranges::find(ctl_uses_, &step, &CtlUse::step) == ctl_uses_.end()) {
    ctl_uses_.push_back({&step, &by});
  }
}

const Flow::CtlUse* Flow::removal_of(uint32_t starter) const {
  for (const CtlUse& use : ctl_uses_) {
    if (removes_targets(use.step->option)) continue;
    if (std::ranges::binary_search(use.step->rules, starter)) return &use;
  }
  return nullptr;
}

void Flow::note_passed_over(uint32_t starter) {
  for (CtlUse& use : ctl_uses_) {
    if (use.effective || removes_targets(use.step->option)) continue;
    use.effective = std::ranges::binary_search(use.step->rules, starter);
  }
}

}  // namespace wafcheck::engine::inline state
