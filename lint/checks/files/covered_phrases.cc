// The automaton of Aho and Corasick ("Efficient string matching", 1975), each phrase run through
// that of all: where a node ends a phrase that is not the one being read, that one covers it.

#include "lint/checks/files/covered_phrases.h"

#include <array>
#include <utility>

#include "parser/base/ascii.h"

namespace wafcheck::lint::inline checks {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

class Automaton {
 public:
  explicit Automaton(const std::vector<std::string_view>& phrases) {
    nodes_.emplace_back();
    root_.fill(0);
    for (uint32_t i = 0; i < phrases.size(); ++i) add(phrases[i], i);
    link();
  }

  /// The first phrase in `phrase` that is shorter, or is equal and earlier in the list.
  std::optional<uint32_t> cover_of(std::string_view phrase, uint32_t self) const {
    uint32_t at = 0;
    for (const char c : phrase) {
      at = step(at, static_cast<unsigned char>(to_lower(c)));
      const uint32_t covering = nodes_[at].phrase != kNone && nodes_[at].phrase != self
                                    ? nodes_[at].phrase
                                    : nodes_[nodes_[at].fail].shortest;
      if (covering != kNone && covering != self) return covering;
    }
    return std::nullopt;
  }

 private:
  struct Node {
    uint32_t child = 0, sibling = 0;  ///< 0: none
    uint32_t fail = 0;
    uint32_t phrase = kNone;    ///< the first phrase that ends here
    uint32_t shortest = kNone;  ///< one that ends here or at a suffix of here
    unsigned char byte = 0;
  };

  uint32_t child(uint32_t of, unsigned char byte) const {
    if (of == 0) return root_[byte];
    uint32_t at = nodes_[of].child;
    while (at != 0 && nodes_[at].byte != byte) at = nodes_[at].sibling;
    return at;
  }

  uint32_t step(uint32_t at, unsigned char byte) const {
    uint32_t next = child(at, byte);
    while (next == 0 && at != 0) {
      at = nodes_[at].fail;
      next = child(at, byte);
    }
    return next;
  }

  void add(std::string_view phrase, uint32_t index) {
    if (phrase.empty()) return;
    uint32_t at = 0;
    for (const char c : phrase) {
      const auto byte = static_cast<unsigned char>(to_lower(c));
      uint32_t next = child(at, byte);
      if (next == 0) {
        next = static_cast<uint32_t>(nodes_.size());
        Node& node = nodes_.emplace_back();
        node.byte = byte;
        node.sibling = std::exchange(nodes_[at].child, next);
        if (at == 0) root_[byte] = next;
      }
      at = next;
    }
    if (nodes_[at].phrase == kNone) nodes_[at].phrase = index;
  }

  void link() {
    std::vector<uint32_t> queue = {0};
    for (size_t i = 0; i < queue.size(); ++i) {
      const uint32_t parent = queue[i];
      for (uint32_t at = nodes_[parent].child; at != 0; at = nodes_[at].sibling) {
        nodes_[at].fail = parent == 0 ? 0 : step(nodes_[parent].fail, nodes_[at].byte);
        const uint32_t shorter = nodes_[nodes_[at].fail].shortest;
        nodes_[at].shortest = shorter != kNone ? shorter : nodes_[at].phrase;
        queue.push_back(at);
      }
    }
  }

  std::vector<Node> nodes_;
  std::array<uint32_t, 256> root_{};
};

}  // namespace

std::vector<std::optional<uint32_t>> covered_by(const std::vector<std::string_view>& phrases) {
  const Automaton automaton(phrases);
  std::vector<std::optional<uint32_t>> covers;
  covers.reserve(phrases.size());
  for (uint32_t i = 0; i < phrases.size(); ++i) {
    covers.push_back(automaton.cover_of(phrases[i], i));
  }
  return covers;
}

}  // namespace wafcheck::lint::inline checks
