#include "formats/why/evidence.h"

#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline why {

void EvidenceRecorder::clear() {
  rules_.clear();
  changes_.clear();
  link_ = nullptr;
  action_ = nullptr;
  recorded_ = false;
}

/// The evaluation that runs: most rules match nothing, and leave none.
RuleEvidence& EvidenceRecorder::current() {
  if (!recorded_) {
    recorded_ = true;
    // The links of a chain follow their starter in the ruleset.
    rules_.push_back({link_ - link_->link, phase_, false, {}});
  }
  return rules_.back();
}

void EvidenceRecorder::rule_begins(const parser::Rule& rule, int phase) {
  const bool goes_on = link_ != nullptr && &rule == link_ + 1 && rule.link > 0;
  if (!goes_on) recorded_ = false;
  link_ = &rule;
  phase_ = phase;
}

void EvidenceRecorder::value_tested(const engine::TestedValue& value) {
  current().values.push_back({link_, value});
}

void EvidenceRecorder::action_run(const parser::ActionUse& action) {
  action_ = &action;
}

void EvidenceRecorder::tx_changed(std::string_view name, std::string_view before,
                                  std::string_view after) {
  const size_t values = current().values.size();
  changes_.push_back({link_, action_, std::string(name), before, after, rules_.size() - 1, values});
}

void EvidenceRecorder::rule_ends(bool matched) {
  const parser::Rule* const starter = link_ - link_->link;
  if (matched && link_->link + 1 == starter->links) current().matched = true;
}

}  // namespace wafcheck::formats::inline why
