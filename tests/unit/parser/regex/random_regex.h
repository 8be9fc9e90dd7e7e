#pragma once
// Random expressions, and subjects that have a chance to match them. The same seed gives the same
// sequence everywhere.

#include <cstdint>
#include <string>
#include <string_view>

#include "parser/regex/tree.h"

namespace wafcheck::parser::regex {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  /// 0 to n - 1.
  uint32_t below(uint32_t n) {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<uint32_t>((z ^ (z >> 31)) % n);
  }
  bool one_in(uint32_t n) { return below(n) == 0; }
  template <size_t N>
  std::string_view pick(const std::string_view (&words)[N]) {
    return words[below(static_cast<uint32_t>(N))];
  }

 private:
  uint64_t state_;
};

/// Expressions over a small alphabet, most of which PCRE2 compiles. `plain`: without what is more
/// than a regular language.
class RandomRegex {
 public:
  RandomRegex(Random& random, bool plain) : random_(random), plain_(plain) {}

  std::string expression() {
    std::string out;
    if (random_.one_in(6)) out += random_.pick({"(?i)", "(?s)", "(?m)", "(?-s)", "(?x)", "(?im)"});
    return out + alternation(3);
  }

 private:
  std::string alternation(int depth) {
    std::string out = sequence(depth);
    while (random_.one_in(4)) out += "|" + sequence(depth);
    return out;
  }

  std::string sequence(int depth) {
    std::string out;
    if (random_.one_in(8)) out += random_.pick({"^", "\\A", "\\b", "^", "(?m:^)"});
    for (uint32_t n = random_.below(5); n > 0; --n) out += quantified(depth);
    if (random_.one_in(8)) out += random_.pick({"$", "\\z", "\\Z", "$", "\\b", "\\B"});
    return out;
  }

  std::string quantified(int depth) {
    std::string out = atom(depth);
    if (random_.below(10) < 3) {
      out += random_.pick({"*", "+", "?", "{2}", "{0,2}", "{1,3}", "{2,}", "{0}", "{1}", "{,2}"});
      if (random_.one_in(4))
        out += "?";
      else if (!plain_ && random_.one_in(6))
        out += "+";
    }
    if (random_.one_in(25)) out += random_.pick({"(?#c)", "\\E", "(?i)", "(?-i)", "^", "$"});
    return out;
  }

  std::string atom(int depth) {
    const uint32_t kind = random_.below(20);
    if (kind < 9 || depth == 0) {
      return std::string(random_.pick({"a", "b",   "c",     "ab",  "abc",   "A",   "bA",
                                       "1", "_",   "-",     "\\n", "\\x61", "\\-", "\\Qb.\\E",
                                       " ", "\\ ", "\\x0a", "\\.", "foo",   "Bar"}));
    }
    if (kind < 13) {
      return std::string(random_.pick(
          {".",    "\\w",    "\\W",       "\\d",      "\\D",  "\\s", "\\S",          "[ab]",
           "[^a]", "[a-c1]", "[^a-c\\n]", "[\\s\\S]", "[aA]", "[b]", "[[:alpha:]_]", "[[:^upper:]]",
           "\\h",  "\\v",    "\\N",       "[^\\w]",   "[-a]", "[]b]"}));
    }
    if (kind < 15) return "(" + alternation(depth - 1) + ")";
    if (kind < 17 || plain_) {
      return std::string(random_.pick({"(?:", "(?i:", "(?s-i:", "(?:", "(?m:"})) +
             alternation(depth - 1) + ")";
    }
    if (kind == 17) {
      return std::string(random_.pick({"(?=", "(?!", "(?<=", "(?<!", "(?>", "(?|", "(*pla:"})) +
             alternation(depth - 1) + ")";
    }
    if (kind == 18) {
      return std::string(
          random_.pick({"\\1", "\\g{1}", "(?1)", "\\R", "\\X", "\\C", "\\G", "\\K", "\\pL", "(?R)",
                        "(*F)", "(*ACCEPT)", "(*COMMIT)", "(*THEN)", "[[:<:]]", "[[:>:]]"}));
    }
    return std::string(random_.pick({"(?(1)", "(?(?=a)", "(?(?!b)", "(?(?<=a)"})) +
           sequence(depth - 1) + (random_.one_in(2) ? "|" + sequence(depth - 1) : "") + ")";
  }

  Random& random_;
  bool plain_;
};

/// Subjects: noise, and walks through the tree, some of them then changed.
class RandomSubject {
 public:
  RandomSubject(Random& random, const Tree& tree) : random_(random), tree_(tree) {}

  std::string subject() {
    std::string out;
    if (random_.one_in(3)) noise(out, 6);
    if (!random_.one_in(4)) {
      budget_ = 60;
      walk(tree_.root(), out);
    }
    if (random_.one_in(3)) noise(out, 6);
    if (random_.one_in(8)) out += "\n";
    if (!out.empty() && random_.one_in(4)) out[random_.below(size_of(out))] = byte();
    if (!out.empty() && random_.one_in(8)) out.erase(random_.below(size_of(out)), 1);
    return out;
  }

 private:
  static uint32_t size_of(const std::string& text) { return static_cast<uint32_t>(text.size()); }
  char byte() {
    static constexpr char kBytes[] = "abcABC1_- \n\r.\x85\xff\0fo";
    return kBytes[random_.below(sizeof kBytes - 1)];
  }
  void noise(std::string& out, uint32_t most) {
    for (uint32_t n = random_.below(most); n > 0; --n) out += byte();
  }

  void walk(NodeId id, std::string& out) {
    if (budget_-- <= 0) return;
    const Node& node = tree_[id];
    const auto children = tree_.children(node);
    switch (node.kind) {
      case Kind::literal:
        for (const char c : tree_.bytes(node)) {
          const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
          out += node.caseless && letter && random_.one_in(2) ? static_cast<char>(c ^ 0x20) : c;
        }
        return;
      case Kind::set: {
        const ByteSet& set = tree_.set(node);
        if (set.empty()) return;
        for (int tries = 0; tries < 20; ++tries) {
          const char c = byte();
          if (set.contains(static_cast<uint8_t>(c))) {
            out += c;
            return;
          }
        }
        out += static_cast<char>(set.first());
        return;
      }
      case Kind::alternation:
        return walk(children[random_.below(static_cast<uint32_t>(children.size()))], out);
      case Kind::repeat: {
        const uint32_t spread = std::min(node.max - node.min, 3u) + 1;
        for (uint32_t n = node.min + random_.below(spread); n > 0; --n) walk(children[0], out);
        return;
      }
      case Kind::look:
        if (!node.negative && random_.one_in(3)) walk(children[0], out);
        return;
      case Kind::opaque:
        if (node.max > 0) out += random_.one_in(2) ? "\r\n" : "a";
        return;
      case Kind::conditional:
        return walk(children[1 + random_.below(static_cast<uint32_t>(children.size()) - 1)], out);
      case Kind::back_reference:
      case Kind::call:
        out += random_.pick({"a", "ab", "b", ""});
        return;
      default:
        for (const NodeId child : children) walk(child, out);
        return;
    }
  }

  Random& random_;
  const Tree& tree_;
  int budget_ = 0;
};

}  // namespace wafcheck::parser::regex
