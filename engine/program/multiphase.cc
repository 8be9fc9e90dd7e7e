// Facts: Coraza 3, the build tag coraza.rule.multiphase_evaluation.

#include "engine/program/multiphase.h"

#include <algorithm>

#include "parser/language/language.h"

namespace wafcheck::engine::inline program {
namespace {

using parser::Variable;

constexpr uint8_t kPhases = 5;

/// The earliest phase in which Coraza looks at a variable; 0: it names none.
uint8_t earliest_phase(Variable variable) {
  const parser::VariableInfo& row = parser::info(variable);
  return row.traits.has(parser::VariableTrait::AnyPhase) ? 0 : row.phase;
}

/// Calls `visit` with the earliest phase of each variable of each target that is not excluded.
template <typename Visit>
void each_variable(const parser::Rule& rule, Visit visit) {
  for (const parser::Target& target : rule.targets) {
    if (target.excluded) continue;
    for (const Variable variable : multiphase_variables(target.variable))
      visit(earliest_phase(variable));
  }
}

std::string key_of(const Match& match) {
  std::string key(1, static_cast<char>(match.variable));
  return key.append(match.transformed);
}

}  // namespace

std::vector<Variable> multiphase_variables(Variable variable) {
  if (variable == Variable::ARGS) return {Variable::ARGS_GET, Variable::ARGS_POST};
  if (variable == Variable::ARGS_NAMES) {
    return {Variable::ARGS_GET_NAMES, Variable::ARGS_POST_NAMES};
  }
  return {variable};
}

MultiphasePlan::MultiphasePlan(std::span<const parser::Rule> links)
    : own_phase_(links.front().phase),
      chained_(links.size() > 1),
      first_phase_(own_phase_),
      starter_(kPhases + 1) {
  each_variable(links.front(), [this](uint8_t phase) {
    if (phase == 0) {
      any_phase_ = true;
      return;
    }
    starter_[phase] = true;
    first_phase_ = std::min(first_phase_, phase);
  });
  for (const parser::Rule& link : links.subspan(1)) {
    uint8_t lowest = 0;
    each_variable(link, [&lowest](uint8_t phase) {
      if (phase != 0 && (lowest == 0 || phase < lowest)) lowest = phase;
    });
    chain_phase_ = std::max(chain_phase_, lowest);
  }
  for (uint8_t phase = 1; phase <= kPhases; ++phase) {
    if (runs_in(phase)) phases_.push_back(phase);
  }
}

bool MultiphasePlan::runs_in(uint8_t phase) const {
  if (phase == own_phase_) return true;
  if (!chained_) return starter_[phase];
  return phase < own_phase_ && phase >= chain_phase_ && (any_phase_ || phase >= first_phase_);
}

bool MultiphasePlan::tests(Variable variable, uint8_t phase) const {
  const uint8_t earliest = earliest_phase(variable);
  if (!chained_) return earliest == 0 || earliest == phase;
  if (phase < chain_phase_) return false;
  return earliest == 0 || earliest >= chain_phase_ || phase == chain_phase_;
}

void MatchedChains::clear() {
  chains_.clear();
  last_links_.clear();
}

void MatchedChains::begin_last_link(const parser::Rule* starter, uint32_t last_link,
                                    std::span<const Match> matches) {
  last_links_.clear();
  const auto it = chains_.find(starter);
  if (it == chains_.end()) return;
  for (const std::vector<Values>& chain : it->second) {
    std::vector<bool> shared(last_link);
    for (const Match& match : matches) {
      if (match.link < last_link && chain[match.link].contains(key_of(match)))
        shared[match.link] = true;
    }
    if (std::ranges::all_of(shared, std::identity())) last_links_.push_back(&chain[last_link]);
  }
}

bool MatchedChains::holds(const Match& match) const {
  return std::ranges::any_of(
      last_links_, [key = key_of(match)](const Values* values) { return values->contains(key); });
}

void MatchedChains::add(const parser::Rule* starter, uint32_t links,
                        std::span<const Match> matches) {
  std::vector<Values>& chain = chains_[starter].emplace_back(links);
  for (const Match& match : matches) chain[match.link].insert(key_of(match));
  last_links_.clear();
}

}  // namespace wafcheck::engine::inline program
