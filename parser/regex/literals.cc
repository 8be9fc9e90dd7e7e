// Literals that every subject with a match contains. For each node: the strings that its matches
// can begin with and end with, and whether these are all there is to a match. Where two nodes meet,
// the ends of one and the beginnings of the other make longer strings.

#include <algorithm>
#include <array>
#include <bit>

#include "parser/ascii.h"
#include "parser/regex/analysis.h"
#include "parser/regex/walk.h"

namespace wafcheck::regex {
namespace {

constexpr size_t kMaxBytes = 32;
constexpr size_t kMaxSetMembers = 8;   ///< larger sets end a literal
constexpr uint32_t kMaxUnrolled = 16;  ///< copies of a repeated node that are looked at

using Literals = std::vector<Literal>;

struct Known {
  Literals prefixes = {{}};  ///< a match begins with one of these
  Literals suffixes = {{}};  ///< and ends with one of these
  bool exact = true;         ///< a match is one of `prefixes`, which are `suffixes`
  Literals required;         ///< the subject contains one of these; empty: not known
  int worth = 0;             ///< the score of `required`
};

/// How rare a byte is in what requests hold; the sum over a literal is its worth.
constexpr int weight_of(uint8_t byte, bool caseless) {
  if (is_alpha(byte)) {
    const bool common = std::string_view("etaoinsrhl").find(static_cast<char>(byte)) < 10;
    return (common ? 4 : is_upper(byte) ? 6 : 5) - (caseless ? 1 : 0);
  }
  if (byte == ' ') return 4;
  if (is_digit(byte) || std::string_view("/.-_=&%?+,:").find(static_cast<char>(byte)) < 11) {
    return 5;
  }
  return byte < 0x20 || byte > 0x7e ? 9 : 8;
}

/// By byte, with the case of letters and without.
constexpr auto kWeights = [] {
  std::array<std::array<uint8_t, 256>, 2> weights{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (const bool caseless : {false, true}) {
      weights[caseless][byte] =
          static_cast<uint8_t>(weight_of(static_cast<uint8_t>(byte), caseless));
    }
  }
  return weights;
}();

/// The better the fewer subjects contain any of `set`; 0 if it requires nothing.
int score(const Literals& set) {
  if (set.empty()) return 0;
  int least = INT32_MAX;
  for (const Literal& literal : set) {
    int sum = 0;
    for (const char c : literal.bytes) sum += kWeights[literal.caseless][static_cast<uint8_t>(c)];
    least = std::min(least, sum);
    if (least == 0) return 0;
  }
  return least == 0 ? 0 : std::max(1, 2 * least - static_cast<int>(std::bit_width(set.size())));
}

void prefer(Known& best, const Literals& other) {
  const int worth = score(other);
  if (worth <= best.worth) return;
  best.required = other;
  best.worth = worth;
}

void tidy(Literals& set) {
  const auto not_rising = [](const Literal& a, const Literal& b) { return !(a < b); };
  if (std::ranges::adjacent_find(set, not_rising) == set.end()) return;
  std::ranges::sort(set);
  const auto again = std::ranges::unique(set);
  set.erase(again.begin(), again.end());
}

enum class Keep : uint8_t { front, back };

/// Cuts each literal to `length`.
void cut(Literals& set, size_t length, Keep keep) {
  for (Literal& literal : set) {
    if (literal.bytes.size() <= length) continue;
    literal.bytes.erase(keep == Keep::front ? length : 0, literal.bytes.size() - length);
  }
  tidy(set);
}

/// Makes `set` fit; true if nothing was lost.
bool fit(Literals& set, size_t most, Keep keep) {
  tidy(set);
  const bool whole = std::ranges::all_of(
      set, [](const Literal& literal) { return literal.bytes.size() <= kMaxBytes; });
  if (!whole) cut(set, kMaxBytes, keep);
  if (set.size() <= most) return whole;
  for (size_t length = 8; length > 0 && set.size() > most; --length) cut(set, length, keep);
  if (set.size() > most) set = {{}};
  return false;
}

/// The caseless form of `literal`, which more subjects contain.
std::string lowered(const Literal& literal) {
  std::string bytes = literal.bytes;
  for (char& c : bytes) c = static_cast<char>(to_lower(static_cast<unsigned char>(c)));
  return bytes;
}

Literal join(const Literal& a, const Literal& b) {
  if (a.bytes.empty()) return b;
  if (b.bytes.empty()) return a;
  const auto neutral = [](const Literal& literal) {
    return std::ranges::none_of(literal.bytes,
                                [](char c) { return is_alpha(static_cast<unsigned char>(c)); });
  };
  if (a.caseless == b.caseless) return {a.bytes + b.bytes, a.caseless};
  if (neutral(a.caseless ? a : b)) return {a.bytes + b.bytes, false};
  return {lowered(a) + lowered(b), true};
}

bool cross(const Literals& a, const Literals& b, size_t most, Literals& out) {
  if (a.size() * b.size() > most) return false;
  out.clear();
  for (const Literal& left : a) {
    for (const Literal& right : b) out.push_back(join(left, right));
  }
  tidy(out);
  return true;
}

Known unknown() {
  Known known;
  known.exact = false;
  return known;
}

Known exactly(Literals set) {
  return {.prefixes = set, .suffixes = set, .exact = true, .required = {}, .worth = 0};
}

class Requirements {
 public:
  explicit Requirements(size_t most) : most_(most) {}

  Known leaf(const Tree& tree, const Node& node) const {
    switch (node.kind) {
      case Kind::literal:
        return literal({std::string(tree.bytes(node)), node.caseless});
      case Kind::set:
        return set(tree.set(node));
      case Kind::opaque:
        return node.max == 0 ? Known() : unknown();
      case Kind::back_reference:
      case Kind::call:
        return unknown();
      default:
        return Known();
    }
  }

  Known inner(const Tree&, const Node& node, std::span<Known> children) const {
    switch (node.kind) {
      case Kind::sequence: {
        Known out;
        for (const Known& child : children) out = sequence(std::move(out), child);
        return out;
      }
      case Kind::alternation:
        return alternation(children);
      case Kind::repeat:
        return repeat(children.front(), node.min, node.max);
      case Kind::look: {
        Known out;
        if (!node.negative) {
          out.required = best_of(children.front());
          out.worth = score(out.required);
        }
        return out;
      }
      case Kind::conditional: {
        std::vector<Known> branches = {sequence(children[0], children[1])};
        branches.push_back(children.size() > 2 ? std::move(children[2]) : Known());
        return alternation(branches);
      }
      default:
        return std::move(children.front());
    }
  }

  Literals best_of(const Known& known) const {
    const int front = score(known.prefixes);
    const int back = score(known.suffixes);
    if (known.worth >= front && known.worth >= back)
      return known.worth == 0 ? Literals() : known.required;
    return front >= back ? known.prefixes : known.suffixes;
  }

 private:
  Known literal(Literal literal) const {
    if (literal.caseless) literal.bytes = lowered(literal);
    Known known = exactly({literal});
    settle(known);
    return known;
  }

  Known set(const ByteSet& set) const {
    const size_t count = set.count();
    if (count == 0 || count > std::min(most_, kMaxSetMembers * 2)) return unknown();
    Literals members;
    set.each([&](uint8_t byte) {
      const bool caseless = is_alpha(byte) && set.contains(byte ^ 0x20);
      if (caseless && is_upper(byte)) return;
      members.push_back({std::string(1, static_cast<char>(byte)), caseless});
    });
    if (members.size() > kMaxSetMembers) return unknown();
    tidy(members);
    return exactly(members);
  }

  Known sequence(Known a, const Known& b) const {
    Known out;
    out.required = std::move(a.required);
    out.worth = a.worth;
    if (b.worth > out.worth) {
      out.required = b.required;
      out.worth = b.worth;
    }
    Literals seam;
    if (cross(a.suffixes, b.prefixes, most_, seam)) prefer(out, seam);

    out.exact = a.exact && b.exact && cross(a.prefixes, b.prefixes, most_, out.prefixes);
    if (out.exact) {
      out.suffixes = out.prefixes;
    } else {
      if (!a.exact || !cross(a.prefixes, b.prefixes, most_, out.prefixes)) {
        out.prefixes = a.prefixes;
      }
      if (!b.exact || !cross(a.suffixes, b.suffixes, most_, out.suffixes)) {
        out.suffixes = b.suffixes;
      }
    }
    prefer(out, a.prefixes);
    prefer(out, a.suffixes);
    prefer(out, b.prefixes);
    prefer(out, b.suffixes);
    settle(out);
    return out;
  }

  Known alternation(std::span<const Known> branches) const {
    Known out;
    out.prefixes.clear();
    out.suffixes.clear();
    bool all_require = true;
    for (const Known& branch : branches) {
      out.exact = out.exact && branch.exact;
      out.prefixes.insert(out.prefixes.end(), branch.prefixes.begin(), branch.prefixes.end());
      out.suffixes.insert(out.suffixes.end(), branch.suffixes.begin(), branch.suffixes.end());
      const Literals best = best_of(branch);
      all_require = all_require && !best.empty();
      out.required.insert(out.required.end(), best.begin(), best.end());
    }
    if (!all_require) out.required.clear();
    fit(out.required, most_, Keep::front);
    out.worth = score(out.required);
    settle(out);
    return out;
  }

  Known repeat(const Known& once, uint32_t min, uint32_t max) const {
    if (max == 0) return Known();
    if (min == 0) {
      if (!once.exact || max > 1) return unknown();
      const Known branches[] = {once, Known()};
      return alternation(branches);
    }
    const uint32_t copies = std::min(min, kMaxUnrolled);
    Known out = once;
    for (uint32_t i = 1; i < copies; ++i) out = sequence(std::move(out), once);
    if (max > copies) {
      // What stands between the copies at the front and those at the back is not known.
      out.exact = false;
    }
    return out;
  }

  /// Brings the sets within bounds.
  void settle(Known& known) const {
    const bool front = fit(known.prefixes, most_, Keep::front);
    const bool back = fit(known.suffixes, most_, Keep::back);
    known.exact = known.exact && front && back;
  }

  size_t most_;
};

bool contains(const Literal& in, const Literal& what) {
  // What is looked for with its case does not follow from what is there without.
  if (in.caseless && !what.caseless) return false;
  return (what.caseless ? lowered(in) : in.bytes).find(what.bytes) != std::string::npos;
}

/// Bytes that occur, case and high bits aside: what lacks one of them cannot contain the literal.
uint64_t mask_of(std::string_view bytes) {
  uint64_t mask = 0;
  for (const char c : bytes) mask |= uint64_t{1} << (static_cast<unsigned char>(to_lower(c)) & 63);
  return mask;
}

/// Marks literals without letters as such, and drops those that contain another.
Literals minimal(Literals set) {
  for (Literal& literal : set) {
    literal.caseless = literal.caseless && std::ranges::any_of(literal.bytes, [](char c) {
                         return is_alpha(static_cast<unsigned char>(c));
                       });
  }
  tidy(set);
  std::ranges::stable_sort(set, {},
                           [](const Literal& l) { return std::pair(l.bytes.size(), !l.caseless); });
  Literals out;
  std::vector<uint64_t> masks;  // of `out`
  for (Literal& literal : set) {
    const uint64_t mask = mask_of(literal.bytes);
    bool needless = false;
    for (size_t i = 0; i < out.size() && !needless; ++i) {
      needless = (masks[i] & ~mask) == 0 && contains(literal, out[i]);
    }
    if (needless) continue;
    out.push_back(std::move(literal));
    masks.push_back(mask);
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

std::vector<Literal> required_literals(const Tree& tree, size_t most) {
  if (ends_early(tree) || most == 0) return {};
  const Requirements requirements(most);
  const Known known = walk<Known>(tree, requirements);
  return minimal(requirements.best_of(known));
}

}  // namespace wafcheck::regex
