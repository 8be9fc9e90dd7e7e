#include "lint/performance/cost.h"

#include <algorithm>
#include <span>

#include "parser/regex/walk.h"

namespace wafcheck::lint {
namespace {

constexpr uint64_t kMost = uint64_t{1} << 32;

struct States {
  uint64_t leaf(const regex::Tree& tree, const regex::Node& node) const {
    return node.kind == regex::Kind::literal ? tree.bytes(node).size() : 1;
  }
  uint64_t inner(const regex::Tree&, const regex::Node& node, std::span<uint64_t> children) const {
    uint64_t sum = 0;
    for (const uint64_t child : children) sum += child;
    if (node.kind == regex::Kind::repeat) {
      sum *= std::max<uint64_t>(node.max == regex::kUnlimited ? node.min : node.max, 1);
    }
    return std::min(sum, kMost);
  }
};

}  // namespace

uint64_t states_of(const regex::Tree& tree) {
  return regex::walk<uint64_t>(tree, States{});
}

}  // namespace wafcheck::lint
