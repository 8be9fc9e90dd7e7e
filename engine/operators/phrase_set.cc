#include "engine/operators/phrase_set.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "parser/base/ascii.h"

namespace wafcheck::engine::operators {
namespace {

constexpr uint32_t kNone = UINT32_MAX;
constexpr uint32_t kRowCells = 1u << 16;  // 256 KiB of rows stay in a core's cache

}  // namespace

/// The phrases as a tree, children in a list; only while building.
struct PhraseSet::Trie {
  struct Node {
    uint32_t first_child = kNone;
    uint32_t next_sibling = kNone;
    uint32_t phrase = kNone;
    uint8_t byte_class = 0;
  };
  std::vector<Node> nodes{1};

  uint32_t child(uint32_t parent, uint8_t byte_class) {
    for (uint32_t at = nodes[parent].first_child; at != kNone; at = nodes[at].next_sibling) {
      if (nodes[at].byte_class == byte_class) return at;
    }
    const auto added = static_cast<uint32_t>(nodes.size());
    nodes.push_back({.next_sibling = nodes[parent].first_child, .byte_class = byte_class});
    nodes[parent].first_child = added;
    return added;
  }
};

PhraseSet::PhraseSet(std::span<const std::string> phrases) {
  [[maybe_unused]] size_t total = 0;  // only checked
  for (const std::string& phrase : phrases) {
    total += phrase.size();
    for (const char c : phrase) {
      const char lower = to_lower(c);
      uint8_t& byte_class = class_of_[static_cast<unsigned char>(lower)];
      if (byte_class == 0)
        byte_class = static_cast<uint8_t>(classes_++);  // at most 230: capitals fold
      class_of_[static_cast<unsigned char>(to_upper(lower))] = byte_class;
    }
  }
  assert(total <= kMaxBytes && phrases.size() < kNone);

  Trie trie;
  lengths_.reserve(phrases.size());
  for (uint32_t index = 0; const std::string& phrase : phrases) {
    uint32_t node = 0;
    for (const char c : phrase) node = trie.child(node, class_of_[static_cast<unsigned char>(c)]);
    if (node != 0 && trie.nodes[node].phrase == kNone) trie.nodes[node].phrase = index;
    lengths_.push_back(static_cast<uint32_t>(phrase.size()));
    ++index;
  }
  number_states(trie);
  link_suffixes();
  fill_rows();
}

void PhraseSet::number_states(const Trie& trie) {
  // Breadth first; the children of a state get consecutive numbers, so that an edge needs no
  // target.
  const size_t states = trie.nodes.size();
  std::vector<uint32_t> order{0};
  order.reserve(states);
  depth_.assign(states, 0);
  ending_.assign(states, kNone);
  edges_begin_.reserve(states + 1);
  edge_class_.reserve(states);
  for (State state = 0; state < order.size(); ++state) {
    const Trie::Node& node = trie.nodes[order[state]];
    ending_[state] = node.phrase;
    edges_begin_.push_back(static_cast<uint32_t>(edge_class_.size()));
    for (uint32_t at = node.first_child; at != kNone; at = trie.nodes[at].next_sibling) {
      depth_[order.size()] = depth_[state] + 1;
      order.push_back(at);
      edge_class_.push_back(trie.nodes[at].byte_class);
    }
  }
  edges_begin_.push_back(static_cast<uint32_t>(edge_class_.size()));
}

std::optional<PhraseSet::State> PhraseSet::child(State state, uint8_t byte_class) const {
  const auto begin = edge_class_.begin() + edges_begin_[state];
  const auto end = edge_class_.begin() + edges_begin_[state + 1];
  const auto edge = std::find(begin, end, byte_class);
  if (edge == end) return std::nullopt;
  // Every state but the root hangs on one edge, and both are numbered in the same order.
  return static_cast<State>(edge - edge_class_.begin()) + 1;
}

void PhraseSet::link_suffixes() {
  suffix_.assign(ending_.size(), 0);
  for (State state = 0; state < suffix_.size(); ++state) {
    for (uint32_t edge = edges_begin_[state]; edge < edges_begin_[state + 1]; ++edge) {
      const State target = edge + 1;
      if (state != 0) {
        State suffix = suffix_[state];
        std::optional<State> next = child(suffix, edge_class_[edge]);
        while (!next && suffix != 0) {
          suffix = suffix_[suffix];
          next = child(suffix, edge_class_[edge]);
        }
        suffix_[target] = next.value_or(0);
      }
      if (ending_[target] == kNone) ending_[target] = ending_[suffix_[target]];
    }
  }
}

void PhraseSet::fill_rows() {
  row_shift_ = static_cast<unsigned>(std::bit_width(classes_ - 1));
  const uint32_t rows = std::min(static_cast<State>(ending_.size()), kRowCells >> row_shift_);
  rows_end_ = rows << row_shift_;
  rows_.assign(rows_end_, 0);
  for (State state = 0; state < rows; ++state) {
    Cursor* row = &rows_[size_t{state} << row_shift_];
    if (state != 0) std::copy_n(&rows_[size_t{suffix_[state]} << row_shift_], classes_, row);
    for (uint32_t edge = edges_begin_[state]; edge < edges_begin_[state + 1]; ++edge) {
      row[edge_class_[edge]] = cursor_of(edge + 1);
    }
  }
}

PhraseSet::Cursor PhraseSet::cursor_of(State state) const {
  return state << row_shift_ | (ending_[state] == kNone ? 0 : kHit);
}

inline PhraseSet::Cursor PhraseSet::step(Cursor cursor, char byte) const {
  const uint8_t byte_class = class_of_[static_cast<unsigned char>(byte)];
  while (cursor >= rows_end_) {
    const State state = cursor >> row_shift_;
    if (const auto target = child(state, byte_class)) return cursor_of(*target);
    cursor = suffix_[state] << row_shift_;
  }
  return rows_[cursor | byte_class];
}

std::optional<PhraseSet::Hit> PhraseSet::first_to_end(std::string_view text) const {
  Cursor cursor = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    cursor = step(cursor, text[at]);
    if ((cursor & kHit) == 0) continue;
    const uint32_t phrase = ending_[(cursor & ~kHit) >> row_shift_];
    return Hit{at + 1 - lengths_[phrase], at + 1, phrase};
  }
  return std::nullopt;
}

std::optional<PhraseSet::Hit> PhraseSet::leftmost_longest(std::string_view text,
                                                          size_t from) const {
  std::optional<Hit> best;
  Cursor cursor = 0;
  for (size_t at = from; at < text.size(); ++at) {
    cursor = step(cursor, text[at]);
    const bool hit = (cursor & kHit) != 0;
    cursor &= ~kHit;
    const State state = cursor >> row_shift_;
    // The state is the longest beginning of a phrase that ends here: none from before it is open.
    const size_t open_from = at + 1 - depth_[state];
    if (best && open_from > best->begin) break;
    if (!hit) continue;
    const uint32_t phrase = ending_[state];
    const size_t begin = at + 1 - lengths_[phrase];
    if (!best || begin <= best->begin) best = Hit{begin, at + 1, phrase};
  }
  return best;
}

size_t PhraseSet::memory() const {
  return rows_.capacity() * sizeof(Cursor) + edges_begin_.capacity() * sizeof(uint32_t) +
         edge_class_.capacity() + suffix_.capacity() * sizeof(State) +
         depth_.capacity() * sizeof(uint32_t) + ending_.capacity() * sizeof(uint32_t) +
         lengths_.capacity() * sizeof(uint32_t);
}

}  // namespace wafcheck::engine::operators
