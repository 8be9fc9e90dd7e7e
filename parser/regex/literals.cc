// Literals that every subject with a match contains. For each node: the strings that its matches
// can begin with and end with, and whether these are all there is to a match. Where two nodes meet,
// the ends of one and the beginnings of the other make longer strings.

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "parser/base/ascii.h"
#include "parser/regex/analysis.h"
#include "parser/regex/walk.h"

namespace wafcheck::parser::regex {
namespace {

constexpr size_t kMaxBytes = 28;
constexpr size_t kMaxSetMembers = 8;   ///< larger sets end a literal
constexpr uint32_t kMaxUnrolled = 16;  ///< copies of a repeated node that are looked at

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

/// A Literal of bounded length that is copied and compared as a block: all of a ruleset's
/// expressions are gone through before the first request.
struct alignas(uint64_t) Word {
  std::array<char, kMaxBytes> bytes{};  ///< zeros behind the last
  uint8_t size = 0;
  bool caseless = false;
  uint16_t worth = 0;  ///< the sum of its weights

  std::string_view text() const { return {bytes.data(), size}; }
  /// Adds what fits.
  void append(std::string_view more) {
    const size_t taken = std::min(more.size(), kMaxBytes - size);
    std::copy_n(more.begin(), taken, bytes.begin() + size);
    size = static_cast<uint8_t>(size + taken);
  }
  void weigh() {
    worth = 0;
    for (const char c : text()) {
      worth = static_cast<uint16_t>(worth + kWeights[caseless][static_cast<uint8_t>(c)]);
    }
  }
  void fold_case() {
    for (char& c : bytes) c = to_lower(c);
    caseless = true;
  }

  using Block = std::array<uint64_t, 4>;
  Block block() const { return std::bit_cast<Block>(*this); }
  friend bool operator==(const Word& a, const Word& b) { return a.block() == b.block(); }
  /// By their bytes.
  friend bool operator<(const Word& a, const Word& b) {
    const Block left = a.block(), right = b.block();
    for (size_t i = 0; i < left.size(); ++i) {
      if (left[i] != right[i]) return __builtin_bswap64(left[i]) < __builtin_bswap64(right[i]);
    }
    return false;
  }
};
static_assert(sizeof(Word) == sizeof(Word::Block) && std::endian::native == std::endian::little);

using Words = std::vector<Word>;

/// The better the fewer subjects contain any of `set`; 0 if it requires nothing.
int score(const Words& set) {
  if (set.empty()) return 0;
  const int least = std::ranges::min(set, {}, &Word::worth).worth;
  return least == 0 ? 0 : std::max(1, 2 * least - static_cast<int>(std::bit_width(set.size())));
}

struct Facts {
  Words prefixes;        ///< a match begins with one of these
  Words other_suffixes;  ///< and ends with one of these; see suffixes()
  bool exact = true;     ///< a match is one of `prefixes`
  Words required;        ///< the subject contains one of these; empty: not known
  int worth = 0;         ///< the score of `required`

  const Words& suffixes() const { return exact ? prefixes : other_suffixes; }
};

void prefer(Facts& best, const Words& other) {
  const int worth = score(other);
  if (worth <= best.worth) return;
  best.required = other;
  best.worth = worth;
}

void tidy(Words& set) {
  if (!std::is_sorted(set.begin(), set.end())) std::sort(set.begin(), set.end());
  set.erase(std::unique(set.begin(), set.end()), set.end());
}

enum class Keep : uint8_t { front, back };

/// Cuts each word to `length`.
void cut(Words& set, size_t length, Keep keep) {
  for (Word& word : set) {
    if (word.size <= length) continue;
    const std::string_view text = word.text();
    Word shorter;
    shorter.caseless = word.caseless;
    shorter.append(keep == Keep::front ? text.substr(0, length)
                                       : text.substr(text.size() - length));
    shorter.weigh();
    word = shorter;
  }
  tidy(set);
}

/// Makes `set` fit; true if nothing was lost.
bool fit(Words& set, size_t most, Keep keep) {
  tidy(set);
  if (set.size() <= most) return true;
  for (size_t length = 8; length > 0 && set.size() > most; --length) cut(set, length, keep);
  if (set.size() > most) set = {{}};
  return false;
}

bool has_letters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return is_alpha(static_cast<uint8_t>(c)); });
}

Word join(const Word& a, const Word& b) {
  if (a.size == 0) return b;
  if (b.size == 0) return a;
  Word both = a;
  both.append(b.text());
  if (a.caseless != b.caseless) {
    if (has_letters((a.caseless ? a : b).text())) {
      both.fold_case();  // more subjects contain it so
    } else {
      both.caseless = false;
    }
  }
  both.weigh();
  return both;
}

/// All of `a` before all of `b`; false if they are too many, or too long.
bool cross(const Words& a, const Words& b, size_t most, Words& out) {
  if (a.size() * b.size() > most) return false;
  const size_t longest = std::ranges::max(a, {}, &Word::size).size;
  if (longest + std::ranges::max(b, {}, &Word::size).size > kMaxBytes) return false;
  out.clear();
  out.reserve(a.size() * b.size());
  for (const Word& left : a) {
    for (const Word& right : b) out.push_back(join(left, right));
  }
  tidy(out);
  return true;
}

/// What matches the empty string alone.
Facts nothing() {
  Facts facts;
  facts.prefixes = {{}};
  return facts;
}

Facts unknown() {
  Facts facts = nothing();
  facts.exact = false;
  facts.other_suffixes = {{}};
  return facts;
}

Facts exactly(Words set) {
  return {
      .prefixes = std::move(set), .other_suffixes = {}, .exact = true, .required = {}, .worth = 0};
}

class Requirements {
 public:
  explicit Requirements(size_t most) : most_(most) {}

  Facts leaf(const Tree& tree, const Node& node) const {
    switch (node.kind) {
      case Kind::literal:
        return literal(tree.bytes(node), node.caseless);
      case Kind::set:
        return set(tree.set(node));
      case Kind::opaque:
        return node.max == 0 ? nothing() : unknown();
      case Kind::back_reference:
      case Kind::call:
        return unknown();
      default:
        return nothing();
    }
  }

  Facts inner(const Tree&, const Node& node, std::span<Facts> children) const {
    switch (node.kind) {
      case Kind::sequence: {
        Facts out = nothing();
        for (const Facts& child : children) out = sequence(std::move(out), child);
        return out;
      }
      case Kind::alternation:
        return alternation(children);
      case Kind::repeat:
        return repeat(std::move(children.front()), node.min, node.max);
      case Kind::look: {
        Facts out = nothing();
        if (!node.negative) {
          out.required = best_of(children.front());
          out.worth = score(out.required);
        }
        return out;
      }
      case Kind::conditional: {
        std::vector<Facts> branches;
        branches.push_back(sequence(std::move(children[0]), children[1]));
        branches.push_back(children.size() > 2 ? std::move(children[2]) : nothing());
        return alternation(branches);
      }
      default:
        return std::move(children.front());
    }
  }

  static const Words& best_of(const Facts& facts) {
    static const Words kNothing;
    const int front = score(facts.prefixes);
    const int back = score(facts.suffixes());
    if (facts.worth >= front && facts.worth >= back) {
      return facts.worth == 0 ? kNothing : facts.required;
    }
    return front >= back ? facts.prefixes : facts.suffixes();
  }

 private:
  static Facts literal(std::string_view bytes, bool caseless) {
    const auto word = [&](std::string_view text) {
      Word result;
      result.append(text);
      if (caseless) result.fold_case();
      result.weigh();
      return result;
    };
    Facts facts = exactly({word(bytes)});
    if (bytes.size() > kMaxBytes) {
      facts.exact = false;
      facts.other_suffixes = {word(bytes.substr(bytes.size() - kMaxBytes))};
    }
    return facts;
  }

  Facts set(const ByteSet& set) const {
    const size_t count = set.count();
    if (count == 0 || count > std::min(most_, kMaxSetMembers * 2)) return unknown();
    Words members;
    set.each([&](uint8_t byte) {
      const bool caseless = is_alpha(byte) && set.contains(byte ^ 0x20);
      if (caseless && is_upper(byte)) return;
      Word member;
      member.bytes[0] = static_cast<char>(byte);
      member.size = 1;
      member.caseless = caseless;
      member.weigh();
      members.push_back(member);
    });
    if (members.size() > kMaxSetMembers) return unknown();
    tidy(members);
    return exactly(std::move(members));
  }

  Facts sequence(Facts a, const Facts& b) const {
    Facts out;
    out.required = std::move(a.required);
    out.worth = a.worth;
    if (b.worth > out.worth) {
      out.required = b.required;
      out.worth = b.worth;
    }
    // Across the seam there is more to find only if neither side may be empty there.
    Words seam;
    if (score(a.suffixes()) > 0 && score(b.prefixes) > 0 &&
        cross(a.suffixes(), b.prefixes, most_, seam)) {
      prefer(out, seam);
    }
    prefer(out, a.prefixes);
    prefer(out, a.suffixes());
    prefer(out, b.prefixes);
    prefer(out, b.suffixes());

    const bool begins = a.exact && cross(a.prefixes, b.prefixes, most_, out.prefixes);
    out.exact = begins && b.exact;
    if (!out.exact && (!b.exact || !cross(a.suffixes(), b.suffixes(), most_, out.other_suffixes))) {
      out.other_suffixes = b.suffixes();
    }
    if (!begins) out.prefixes = std::move(a.prefixes);
    return out;
  }

  Facts alternation(std::span<const Facts> branches) const {
    Facts out;
    out.prefixes.clear();
    bool all_require = true;
    for (const Facts& branch : branches) out.exact = out.exact && branch.exact;
    for (const Facts& branch : branches) {
      out.prefixes.insert(out.prefixes.end(), branch.prefixes.begin(), branch.prefixes.end());
      const Words& last = branch.suffixes();
      out.other_suffixes.insert(out.other_suffixes.end(), last.begin(), last.end());
      if (!all_require) continue;
      const Words& best = best_of(branch);
      all_require = !best.empty();
      out.required.insert(out.required.end(), best.begin(), best.end());
    }
    if (!all_require) out.required.clear();
    fit(out.required, most_, Keep::front);
    out.worth = score(out.required);
    out.exact = fit(out.prefixes, most_, Keep::front) && out.exact;
    if (out.exact) {
      out.other_suffixes.clear();
    } else {
      fit(out.other_suffixes, most_, Keep::back);
    }
    return out;
  }

  Facts repeat(Facts once, uint32_t min, uint32_t max) const {
    if (max == 0) return nothing();
    if (min == 0) {
      if (!once.exact || max > 1) return unknown();
      const Facts branches[] = {std::move(once), nothing()};
      return alternation(branches);
    }
    // What is not exact has ends that a third copy does not move.
    const uint32_t copies = std::min(min, once.exact ? kMaxUnrolled : 2U);
    Facts out = once;
    for (uint32_t i = 1; i < copies; ++i) out = sequence(std::move(out), once);
    if (max > copies && out.exact) {
      // What stands between the copies at the front and those at the back is not known.
      out.other_suffixes = out.prefixes;
      out.exact = false;
    }
    return out;
  }

  size_t most_;
};

bool contains(const Word& in, const Word& what) {
  // What is looked for with its case does not follow from what is there without.
  if (in.caseless && !what.caseless) return false;
  if (in.caseless == what.caseless) return in.text().find(what.text()) != std::string_view::npos;
  Word folded = in;
  folded.fold_case();
  return folded.text().find(what.text()) != std::string_view::npos;
}

/// Bytes that occur, case and high bits aside: what lacks one of them cannot contain the word.
uint64_t mask_of(std::string_view bytes) {
  uint64_t mask = 0;
  for (const char c : bytes) mask |= uint64_t{1} << (static_cast<unsigned char>(to_lower(c)) & 63);
  return mask;
}

/// Marks words without letters as such, and drops those that contain another.
Words minimal(Words set) {
  for (Word& word : set) word.caseless = word.caseless && has_letters(word.text());
  tidy(set);
  std::ranges::stable_sort(set, {}, [](const Word& w) { return std::pair(w.size, !w.caseless); });
  Words out;
  std::vector<uint64_t> masks;  // of `out`
  for (const Word& word : set) {
    const uint64_t mask = mask_of(word.text());
    bool needless = false;
    for (size_t i = 0; i < out.size() && !needless; ++i) {
      needless = (masks[i] & ~mask) == 0 && contains(word, out[i]);
    }
    if (needless) continue;
    out.push_back(word);
    masks.push_back(mask);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

std::vector<Literal> required_literals(const Tree& tree, size_t most) {
  if (ends_early(tree) || most == 0) return {};
  const Facts facts = walk<Facts>(tree, Requirements(most));
  std::vector<Literal> literals;
  for (const Word& word : minimal(Requirements::best_of(facts))) {
    literals.push_back({std::string(word.text()), word.caseless});
  }
  return literals;
}

}  // namespace wafcheck::parser::regex
