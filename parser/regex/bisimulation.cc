#include "parser/regex/bisimulation.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace wafcheck::parser::regex {
namespace {

using Block = uint32_t;

/// Blocks of states; split until the states of each go on to the same blocks.
class Partition {
 public:
  explicit Partition(const SearchAutomaton& automaton)
      : automaton_(automaton), blocks_(2), block_of_(automaton.size()), from_(automaton.size()) {
    for (uint32_t state = 0; state < automaton.size(); ++state) {
      block_of_[state] = automaton.matches_at_end(state) ? 0 : 1;
      blocks_[block_of_[state]].push_back(state);
      for (const SearchAutomaton::Edge& edge : automaton.edges(state)) {
        from_[edge.to].push_back(state);
      }
    }
    due_ = {0, 1};
    is_due_.assign(2, true);
    while (!due_.empty()) {
      const Block block = due_.back();
      due_.pop_back();
      is_due_[block] = false;
      split(block);
    }
  }

  Block block_of(uint32_t state) const { return block_of_[state]; }
  size_t size() const { return blocks_.size(); }
  uint32_t any_of(Block block) const { return blocks_[block].front(); }

  /// What a state reads on its way to each block.
  std::map<Block, ByteSet> ways(uint32_t state) const {
    std::map<Block, ByteSet> ways;
    for (const SearchAutomaton::Edge& edge : automaton_.edges(state)) {
      ways[block_of_[edge.to]] |= edge.classes;
    }
    return ways;
  }

 private:
  void split(Block block) {
    std::map<std::map<Block, ByteSet>, std::vector<uint32_t>> groups;
    for (const uint32_t state : blocks_[block]) groups[ways(state)].push_back(state);
    if (groups.size() < 2) return;
    // The largest keeps the number, so that a state is seldom renumbered.
    const auto largest =
        std::ranges::max_element(groups, {}, [](const auto& group) { return group.second.size(); });
    for (auto group = groups.begin(); group != groups.end(); ++group) {
      if (group == largest) continue;
      const auto number = static_cast<Block>(blocks_.size());
      blocks_.emplace_back();
      is_due_.push_back(false);
      for (const uint32_t state : group->second) block_of_[state] = number;
      blocks_[number] = std::move(group->second);
    }
    const size_t first_new = blocks_.size() - (groups.size() - 1);
    blocks_[block] = std::move(largest->second);
    for (size_t number = first_new; number < blocks_.size(); ++number) {
      for (const uint32_t state : blocks_[number]) {
        for (const uint32_t before : from_[state]) make_due(block_of_[before]);
      }
    }
  }

  void make_due(Block block) {
    if (is_due_[block]) return;
    is_due_[block] = true;
    due_.push_back(block);
  }

  const SearchAutomaton& automaton_;
  std::vector<std::vector<uint32_t>> blocks_;
  std::vector<Block> block_of_;
  std::vector<std::vector<uint32_t>> from_;
  std::vector<Block> due_;
  std::vector<bool> is_due_;
};

}  // namespace

SearchAutomaton merged(const SearchAutomaton& automaton) {
  using State = SearchAutomaton::State;
  const Partition partition(automaton);
  // What is matched and what never will be keep their numbers.
  std::vector<State> numbers(partition.size(), UINT32_MAX);
  std::vector<Block> blocks;
  const auto number = [&](State state) {
    const Block block = partition.block_of(state);
    if (numbers[block] == UINT32_MAX) {
      numbers[block] = static_cast<State>(blocks.size());
      blocks.push_back(block);
    }
  };
  for (State state = 0; state < automaton.size(); ++state) number(state);

  SearchAutomaton out;
  out.classes_ = automaton.classes_;
  for (const State start : automaton.starts_) {
    out.starts_.push_back(numbers[partition.block_of(start)]);
  }
  for (const Block block : blocks) {
    const State state = partition.any_of(block);
    out.first_edge_.push_back(static_cast<uint32_t>(out.edges_.size()));
    out.at_end_.push_back(automaton.matches_at_end(state));
    for (const auto& [to, classes] : partition.ways(state)) {
      out.edges_.push_back({classes, numbers[to]});
    }
  }
  out.first_edge_.push_back(static_cast<uint32_t>(out.edges_.size()));
  return out;
}

}  // namespace wafcheck::parser::regex
