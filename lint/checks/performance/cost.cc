#include "lint/checks/performance/cost.h"

#include <algorithm>
#include <span>

#include "parser/regex/walk.h"

namespace wafcheck::lint::inline checks {
namespace {

constexpr uint64_t kMost = uint64_t{1} << 32;

struct States {
  uint64_t leaf(const parser::regex::Tree& tree, const parser::regex::Node& node) const {
    return node.kind == parser::regex::Kind::literal ? tree.bytes(node).size() : 1;
  }
  uint64_t inner(const parser::regex::Tree&, const parser::regex::Node& node,
                 std::span<uint64_t> children) const {
    uint64_t sum = 0;
    for (const uint64_t child : children) sum += child;
    if (node.kind == parser::regex::Kind::repeat) {
      sum *= std::max<uint64_t>(node.max == parser::regex::kUnlimited ? node.min : node.max, 1);
    }
    return std::min(sum, kMost);
  }
};

}  // namespace

uint64_t states_of(const parser::regex::Tree& tree) {
  return parser::regex::walk<uint64_t>(tree, States{});
}

}  // namespace wafcheck::lint::inline checks
