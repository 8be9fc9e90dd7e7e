#include "engine/state/table_order.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "parser/base/ascii.h"

namespace wafcheck::engine::inline state {
namespace {

/// More members than that keep the order in which they came: names of equal sums are easily made,
/// and cost a step for each pair of them.
constexpr size_t kMostTabled = 1024;

struct Name {
  std::string_view text;
  uint32_t hash = 0;  ///< makes most comparisons one integer's
  size_t sum = 0;     ///< what the table goes by
};

size_t sum_of(std::string_view text) {
  size_t sum = 0;
  for (const char c : text) sum += static_cast<size_t>(static_cast<signed char>(to_lower(c)));
  return sum;
}

struct NameSum {
  size_t operator()(const Name& name) const { return name.sum; }
};

struct SameName {
  bool operator()(const Name& one, const Name& other) const {
    return one.hash == other.hash && iequals(one.text, other.text);
  }
};

}  // namespace

std::vector<uint32_t> table_order(std::span<const Member> members) {
  std::vector<uint32_t> order(members.size());
  std::iota(order.begin(), order.end(), 0U);
  if (members.size() > kMostTabled) return order;
  std::unordered_multimap<Name, uint32_t, NameSum, SameName> table;
  table.reserve(10);  // as there: where it grows, the order turns
  for (const uint32_t at : order) {
    const Member& member = members[at];
    table.emplace(Name{member.key, member.hash, sum_of(member.key)}, at);
  }
  // It puts each member that it comes upon before the others.
  auto place = order.rbegin();
  for (const auto& [name, at] : table) *place++ = at;
  return order;
}

}  // namespace wafcheck::engine::inline state
