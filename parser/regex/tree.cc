#include "parser/regex/tree.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/base/escape.h"

namespace wafcheck::parser::regex {
namespace {

constexpr std::array<std::string_view, 15> kKinds = {
    "literal", "set",  "sequence",  "alternation", "repeat",
    "group",   "look", "assertion", "reference",   "conditional",
    "call",    "verb", "options",   "reset_start", "opaque"};
constexpr std::array<std::string_view, 3> kGreeds = {"greedy", "lazy", "possessive"};
constexpr std::array<std::string_view, 5> kGroups = {"capture", "plain", "atomic", "branch_reset",
                                                     "script_run"};
constexpr std::array<std::string_view, 10> kAssertions = {
    "subject_start", "line_start",        "subject_end", "final_end", "line_end",
    "word_boundary", "not_word_boundary", "word_start",  "word_end",  "match_start"};

template <typename Enum, size_t N>
std::string_view name(const std::array<std::string_view, N>& names, Enum value) {
  return names[std::to_underlying(value)];
}

std::string printed(std::string_view bytes) {
  return hex_escaped(bytes, [](char byte) { return !is_printable(byte); });
}

std::string printed(const ByteSet& set) {
  std::string out;
  for (unsigned low = 0; low < 256; ++low) {
    if (!set.contains(static_cast<uint8_t>(low))) continue;
    unsigned high = low;
    while (high < 255 && set.contains(static_cast<uint8_t>(high + 1))) ++high;
    out += low == high ? fmt::format(" {:02x}", low) : fmt::format(" {:02x}-{:02x}", low, high);
    low = high;
  }
  return out;
}

std::string details(const Tree& tree, const Node& node) {
  switch (node.kind) {
    case Kind::literal:
      return fmt::format(" '{}'{}", printed(tree.bytes(node)), node.caseless ? " caseless" : "");
    case Kind::set:
      return printed(tree.set(node)) + (tree.class_of(node).exact ? "" : " or fewer");
    case Kind::repeat:
      return fmt::format(" {}-{} {}", node.min,
                         node.max == kUnlimited ? "" : fmt::to_string(node.max),
                         name(kGreeds, node.greed));
    case Kind::group:
      return fmt::format(" {} {}", name(kGroups, node.group), node.number);
    case Kind::look:
      return fmt::format(" {}{}", node.behind ? "behind" : "ahead", node.negative ? " not" : "");
    case Kind::assertion:
      return fmt::format(" {}", name(kAssertions, node.assertion));
    case Kind::back_reference:
    case Kind::call:
      return fmt::format(" {}", node.number);
    default:
      return "";
  }
}

}  // namespace

std::string dump(const Tree& tree) {
  std::string out;
  std::vector<std::pair<NodeId, size_t>> left = {{tree.root(), 0}};
  while (!left.empty()) {
    const auto [id, depth] = left.back();
    left.pop_back();
    const Node& node = tree[id];
    out += fmt::format("{:{}}{}{} [{},{})\n", "", depth * 2, name(kKinds, node.kind),
                       details(tree, node), node.span.begin, node.span.end);
    const auto children = tree.children(node);
    for (size_t i = children.size(); i-- > 0;) left.emplace_back(children[i], depth + 1);
  }
  return out;
}

}  // namespace wafcheck::parser::regex
