#include "engine/profiling/profile.h"

#include <sys/resource.h>

#include <numeric>

#include "engine/operators/regex.h"
#include "engine/program.h"
#include "engine/program/program_data.h"
#include "parser/regex/steps.h"

namespace wafcheck::engine::inline profiling {
namespace {

/// What one search may take; longer ones are counted up to here.
constexpr uint64_t kStepsOfOneText = 1'000'000;

/// A number's place in an order that has nothing to do with it. Source: SplitMix64's finalizer.
uint64_t scattered(uint64_t number) {
  number += 0x9E3779B97F4A7C15U;
  number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9U;
  number = (number ^ (number >> 27)) * 0x94D049BB133111EBU;
  return number ^ (number >> 31);
}

bool has_steps(const CompiledRule& rule) {
  const bool expression = parser::info(rule.op.id).search == parser::Search::Expression;
  return expression && rule.op.op != nullptr;
}

MatchSteps count_sample(const operators::LazyOperator& op, const TextSample& sample) {
  MatchSteps counted;
  const auto counter = parser::regex::StepCounter::compile(
      op.argument(), operators::regex_options(op.context().semantics));
  if (!counter) return counted;
  for (const auto& [hash, text] : sample.texts()) {
    const parser::regex::Steps steps = counter->count(text, kStepsOfOneText);
    counted.steps += steps.count;
    counted.most = std::max(counted.most, steps.count);
    counted.stopped |= steps.more;
    ++counted.texts;
  }
  return counted;
}

}  // namespace

uint64_t preemptions() {
#if defined(RUSAGE_THREAD)
  rusage usage{};
  if (getrusage(RUSAGE_THREAD, &usage) == 0) return static_cast<uint64_t>(usage.ru_nivcsw);
#endif
  return 0;
}

int64_t steady_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

TickRate::TickRate(Ticks ticks, Nanoseconds ns)
    : read_ticks_(ticks), read_ns_(ns), ticks_(ticks()), ns_(ns()) {}

double TickRate::us_per_tick() const {
  constexpr int64_t kEnoughNs = 5'000'000;
  int64_t ns = 0;
  do {
    ns = read_ns_() - ns_;
  } while (ns < kEnoughNs);
  return static_cast<double>(ns) / 1000.0 / static_cast<double>(read_ticks_() - ticks_);
}

void TextSample::offer(std::string_view text) {
  const uint64_t hash = scattered(offered_++);
  if (!wants(hash)) return;
  texts_.emplace_back(hash, text.substr(0, kBytes));
  while (texts_.size() > kTexts) thin();
}

void TextSample::thin() {
  ++halvings_;
  std::erase_if(texts_, [this](const auto& text) { return !wants(text.first); });
}

void TextSample::merge(TextSample&& other) {
  offered_ += other.offered_;
  while (halvings_ < other.halvings_) thin();
  for (auto& text : other.texts_) {
    if (wants(text.first)) texts_.push_back(std::move(text));
  }
  while (texts_.size() > kTexts) thin();
}

Profile::Profile(const Program& program)
    : rules(program.data().rules.size()),
      steps(program.data().pipelines.size()),
      sampled_(rules.size()),
      groups_(program.data().target_groups().size()) {
  for (size_t at = 0; at < rules.size(); ++at) sampled_[at] = has_steps(*program.data().rules[at]);
}

/// The running account, unless the thread was stopped meanwhile.
uint64_t& Profile::charged_for_long() {
  if (running_ == &idle_) return idle_;
  const uint64_t before = std::exchange(preemptions_, engine::preemptions());
  return preemptions_ == before ? *running_ : preempted;
}

void Profile::start() {
  preemptions_ = engine::preemptions();
  charge(accounts[static_cast<size_t>(Account::rest)]);
  started_ = since_;
}

void Profile::stop() {
  charge(idle_);
  ticks += since_ - started_;
  ++transactions;
}

void Profile::merge(Profile&& other) {
  transactions += other.transactions;
  ticks += other.ticks;
  preempted += other.preempted;
  for (size_t at = 0; at < rules.size(); ++at) {
    RuleProfile& rule = rules[at];
    RuleProfile& more = other.rules[at];
    rule.ticks += more.ticks;
    rule.operator_ticks += more.operator_ticks;
    rule.runs += more.runs;
    rule.ruled_out += more.ruled_out;
    rule.cached += more.cached;
    rule.candidates += more.candidates;
    rule.matches += more.matches;
    rule.sample.merge(std::move(more.sample));
  }
  for (size_t at = 0; at < steps.size(); ++at) {
    steps[at].ticks += other.steps[at].ticks;
    steps[at].runs += other.steps[at].runs;
    steps[at].changed += other.steps[at].changed;
    steps[at].bytes += other.steps[at].bytes;
  }
  for (size_t at = 0; at < accounts.size(); ++at) accounts[at] += other.accounts[at];
  for (size_t at = 0; at < phases.size(); ++at) {
    phases[at].ticks += other.phases[at].ticks;
    phases[at].runs += other.phases[at].runs;
  }
}

Profile::PhaseScope::PhaseScope(Profile* profile, int phase) : profile_(profile) {
  if (profile_ == nullptr) return;
  phase_ = &profile_->phases[static_cast<size_t>(phase)];
  profile_->charge(profile_->accounts[static_cast<size_t>(Account::rest)]);
  begin_ = profile_->since_;
  preempted_ = profile_->preempted;
}

Profile::PhaseScope::~PhaseScope() {
  if (profile_ == nullptr) return;
  profile_->charge(profile_->accounts[static_cast<size_t>(Account::rest)]);
  phase_->ticks += profile_->since_ - begin_ - (profile_->preempted - preempted_);
  ++phase_->runs;
}

std::vector<MatchSteps> count_match_steps(const Program& program, const Profile& profile,
                                          uint64_t budget) {
  std::vector<MatchSteps> counted(profile.rules.size());
  std::vector<size_t> order(profile.rules.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(),
                           [&](size_t rule) { return profile.rules[rule].operator_ticks; });
  uint64_t spent = 0;
  for (const size_t rule : order) {
    if (spent > budget) break;
    const CompiledRule& compiled = *program.data().rules[rule];
    if (!has_steps(compiled)) continue;
    counted[rule] = count_sample(*compiled.op.op, profile.rules[rule].sample);
    spent += counted[rule].steps;
  }
  return counted;
}

}  // namespace wafcheck::engine::inline profiling
