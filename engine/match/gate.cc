#include "engine/match/gate.h"

#include <algorithm>
#include <array>

#include "parser/regex/parse.h"

namespace wafcheck::engine::inline match {
namespace {

constexpr size_t kMostStates = 16'000;  ///< of one expression
constexpr size_t kGroup = 4;            ///< expressions run together

}  // namespace

const std::vector<Gate::Group>& Gate::groups() const {
  std::call_once(once_, [this] {
    std::vector<parser::regex::Nfa> nfas;
    std::vector<uint32_t> numbers;
    for (const Pattern& pattern : patterns_) {
      const auto tree = parser::regex::parse(pattern.expression, options_);
      if (!tree) continue;
      auto nfa = parser::regex::nfa_of(*tree, kMostStates);
      if (!nfa) continue;
      nfas.push_back(std::move(*nfa));
      numbers.push_back(pattern.number);
      if (nfas.size() < kGroup) continue;
      add_group(nfas, std::move(numbers));
      nfas.clear();
      numbers.clear();
    }
    if (!nfas.empty()) add_group(nfas, std::move(numbers));
  });
  return groups_;
}

void Gate::add_group(const std::vector<parser::regex::Nfa>& nfas,
                     std::vector<uint32_t> numbers) const {
  Group group;
  group.first_word = std::ranges::min(numbers) / 64;
  group.mask.resize(std::ranges::max(numbers) / 64 + 1 - group.first_word);
  for (const uint32_t number : numbers) {
    group.mask[number / 64 - group.first_word] |= PatternBits{1} << (number % 64);
  }
  group.automaton = std::make_unique<const Automaton>(nfas);
  group.numbers = std::move(numbers);
  groups_.push_back(std::move(group));
}

uint64_t Gate::narrow(std::string_view text, PatternBits* set, const PatternBits* wanted,
                      uint64_t known, Dfas& dfas, LazyDfa::Effort effort) const {
  const std::vector<Group>& groups = this->groups();
  uint64_t stages = 0;
  for (size_t at = 0; at < groups.size(); ++at) {
    if (concerns(groups[at], set, wanted)) stages |= stage_of(at);
  }
  stages &= ~known;
  if (stages == 0) return known;
  if (dfas.empty()) {
    const std::scoped_lock lock(lending_);
    if (!idle_.empty()) {
      dfas = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  dfas.resize(groups.size());
  std::array<const Group*, LazyDfa::kMaxTogether> asked;
  std::array<LazyDfa*, LazyDfa::kMaxTogether> running;
  std::array<std::optional<uint64_t>, LazyDfa::kMaxTogether> answers;
  for (size_t at = 0; at < groups.size();) {
    size_t count = 0;
    for (; at < groups.size() && count < running.size(); ++at) {
      if ((stages & stage_of(at)) == 0 || !concerns(groups[at], set, set)) continue;
      if (!dfas[at]) dfas[at] = std::make_unique<LazyDfa>(*groups[at].automaton);
      asked[count] = &groups[at];
      running[count++] = dfas[at].get();
    }
    LazyDfa::match({running.data(), count}, text, effort, answers);
    for (size_t i = 0; i < count; ++i) {
      if (answers[i]) keep(*asked[i], *answers[i], set);
    }
  }
  return known | stages;
}

bool Gate::concerns(const Group& group, const PatternBits* set, const PatternBits* wanted) {
  PatternBits all = 0;
  for (size_t i = 0; i < group.mask.size(); ++i) {
    const size_t word = group.first_word + i;
    all |= set[word] & wanted[word] & group.mask[i];
  }
  return all != 0;
}

void Gate::keep(const Group& group, uint64_t matched, PatternBits* set) {
  for (size_t i = 0; i < group.numbers.size(); ++i) {
    const uint32_t number = group.numbers[i];
    if ((matched >> i & 1) == 0) set[number / 64] &= ~(PatternBits{1} << (number % 64));
  }
}

void Gate::give_back(Dfas dfas) const {
  const std::scoped_lock lock(lending_);
  idle_.push_back(std::move(dfas));
}

}  // namespace wafcheck::engine::inline match
