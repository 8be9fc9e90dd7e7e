// Nothing that is said of an expression may rule out a subject that PCRE2 matches.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "parser/base/ascii.h"
#include "parser/regex/analysis.h"
#include "parser/regex/parse.h"
#include "parser/regex/pcre.h"
#include "tests/unit/parser/regex/crs_expressions.h"
#include "tests/unit/parser/regex/random_regex.h"

namespace wafcheck::parser::regex {
namespace {

using parser::Pcre;
using parser::PcreOptions;
using parser::PcreResult;

constexpr uint32_t kMatchLimit = 20'000;

/// Pairs of expression and subject to try; WAFCHECK_REGEX_PAIRS asks for more.
size_t wanted_pairs() {
  const char* const given = std::getenv("WAFCHECK_REGEX_PAIRS");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 1'000'000;
}

std::string shown(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte >= 0x20 && byte < 0x7f ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
  }
  return out;
}

std::string shown(PcreOptions options) {
  return fmt::format("{}{}{}{}", options.caseless ? "i" : "", options.dotall ? "s" : "",
                     options.multiline ? "m" : "", options.dollar_endonly ? "D" : "");
}

bool equal(std::string_view a, const Literal& literal) {
  return literal.caseless ? iequals(a, literal.bytes) : a == literal.bytes;
}

bool contains(std::string_view subject, const Literal& literal) {
  for (size_t at = 0; at + literal.bytes.size() <= subject.size(); ++at) {
    if (equal(subject.substr(at, literal.bytes.size()), literal)) return true;
  }
  return false;
}

bool holds(Start start, std::string_view subject, size_t at) {
  if (start == Start::anywhere || at == 0) return true;
  return start == Start::line && subject[at - 1] == '\n' && at < subject.size();
}

bool holds(End end, std::string_view subject, size_t at) {
  if (end == End::anywhere || at == subject.size()) return true;
  if (end == End::subject || subject[at] != '\n') return false;
  return end == End::line || at + 1 == subject.size();
}

bool matches(const PlainForm& form, std::string_view subject) {
  for (const Literal& literal : form.literals) {
    for (size_t at = 0; at + literal.bytes.size() <= subject.size(); ++at) {
      const size_t end = at + literal.bytes.size();
      if (equal(subject.substr(at, literal.bytes.size()), literal) &&
          holds(form.start, subject, at) && holds(form.end, subject, end)) {
        return true;
      }
    }
  }
  return false;
}

struct Analysis {
  explicit Analysis(const Tree& tree)
      : shape(parser::regex::shape(tree)),
        always(always_matches(tree)),
        literals(required_literals(tree)),
        sets(required_sets(tree)),
        plain(plain_form(tree)) {
    moves_start = std::ranges::any_of(
        tree.nodes(), [](const Node& node) { return node.kind == Kind::reset_start; });
  }

  Shape shape;
  bool always;
  std::vector<Literal> literals;
  std::vector<ByteSet> sets;
  std::optional<PlainForm> plain;
  bool moves_start = false;  ///< \K: the match that PCRE2 reports is not all that was taken
};

/// What is wrong with the analysis, given the first match; empty: nothing.
std::string fault(const Analysis& said, std::string_view subject, Pcre::Group match) {
  if (said.shape.never) return "never matches";
  if (!said.literals.empty() && std::ranges::none_of(said.literals, [&](const Literal& literal) {
        return contains(subject, literal);
      })) {
    return "required literals";
  }
  for (const ByteSet& set : said.sets) {
    if (std::ranges::none_of(subject,
                             [&](char c) { return set.contains(static_cast<uint8_t>(c)); })) {
      return "required sets";
    }
  }
  if (said.moves_start) return "";

  const auto [begin, end] = match;
  const std::string_view taken = subject.substr(begin, end - begin);
  if (taken.size() < said.shape.min) return "min";
  if (said.shape.max != kUnlimited && taken.size() > said.shape.max) return "max";
  if (!holds(said.shape.start, subject, begin)) return "start";
  if (!holds(said.shape.end, subject, end)) return "end";
  if (taken.empty()) return said.shape.nullable ? "" : "nullable";
  if (!said.shape.first.contains(static_cast<uint8_t>(taken.front()))) return "first";
  if (!said.shape.last.contains(static_cast<uint8_t>(taken.back()))) return "last";
  for (const char c : taken) {
    if (!said.shape.alphabet.contains(static_cast<uint8_t>(c))) return "alphabet";
  }
  return "";
}

struct Counts {
  size_t expressions = 0;
  size_t refused = 0;
  size_t pairs = 0;
  size_t matched = 0;
  size_t literals = 0;
  size_t plain = 0;
  size_t always = 0;
  size_t never = 0;
};

/// Tries `subjects` subjects against an expression that compiled.
void compare(Random& random, const std::string& text, PcreOptions options, const Pcre& pcre,
             const Tree& tree, size_t subjects, Counts& counts) {
  const Analysis said(tree);
  counts.literals += said.literals.empty() ? 0 : 1;
  counts.plain += said.plain ? 1 : 0;
  counts.always += said.always ? 1 : 0;
  counts.never += said.shape.never ? 1 : 0;
  RandomSubject source(random, tree);
  std::vector<Pcre::Group> groups;
  for (size_t i = 0; i < subjects; ++i) {
    const std::string subject = source.subject();
    const PcreResult result = pcre.match(subject, 0, kMatchLimit, &groups);
    if (result != PcreResult::matched && result != PcreResult::no_match) return;
    ++counts.pairs;
    const bool matched = result == PcreResult::matched;
    counts.matched += matched ? 1 : 0;
    std::string wrong = matched ? fault(said, subject, groups[0]) : "";
    if (!matched && said.always) wrong = "always matches";
    if (said.plain && matches(*said.plain, subject) != matched) wrong = "plain form";
    ASSERT_EQ(wrong, "") << "expression: " << shown(text) << "\noptions: " << shown(options)
                         << "\nsubject: " << shown(subject) << "\n"
                         << dump(tree);
  }
}

void compare_random(uint64_t seed, bool plain, size_t pairs, Counts& counts) {
  Random random(seed);
  RandomRegex source(random, plain);
  while (counts.pairs < pairs && !testing::Test::HasFailure()) {
    const std::string text = source.expression();
    PcreOptions options;
    options.caseless = random.one_in(5);
    options.dotall = !random.one_in(3);
    options.multiline = random.one_in(2);
    options.dollar_endonly = random.one_in(2);
    const auto pcre = Pcre::compile(text, options);
    if (!pcre) {
      ++counts.refused;
      continue;
    }
    const auto tree = parse(text, options);
    ASSERT_TRUE(tree) << shown(text) << ": " << tree.error().message;
    ++counts.expressions;
    compare(random, text, options, *pcre, *tree, 30, counts);
  }
  EXPECT_GT(counts.expressions, counts.refused * 2);
  EXPECT_GT(counts.matched, counts.pairs / 4);
  EXPECT_LT(counts.matched, counts.pairs * 9 / 10);
  // Each analysis had its say.
  EXPECT_GT(counts.literals, counts.expressions / 5);
  EXPECT_GT(counts.plain, counts.expressions / 100);
  EXPECT_GT(counts.always, counts.expressions / 100);
  EXPECT_GT(counts.never, counts.expressions / 1000);
}

TEST(RegexSoundness, RegularExpressions) {
  Counts counts;
  compare_random(1, /*plain=*/true, wanted_pairs() / 2, counts);
}

TEST(RegexSoundness, EverythingOfPcre) {
  Counts counts;
  compare_random(2, /*plain=*/false, wanted_pairs() / 2, counts);
}

TEST(RegexSoundness, CoreRuleSet) {
  const std::vector<std::string> expressions = crs_expressions();
  if (expressions.empty()) GTEST_SKIP() << "no Core Rule Set: set WAFCHECK_SHARED";
  Random random(3);
  Counts counts;
  for (const std::string& text : expressions) {
    for (const bool multiline : {false, true}) {
      const PcreOptions options{
          .dotall = true, .multiline = multiline, .dollar_endonly = !multiline};
      const auto pcre = Pcre::compile(text, options);
      const auto tree = parse(text, options);
      ASSERT_EQ(pcre.has_value(), tree.has_value()) << text;
      ++counts.expressions;
      compare(random, text, options, *pcre, *tree, 100, counts);
    }
  }
  EXPECT_GT(counts.expressions, 500u);
  EXPECT_GT(counts.matched, counts.pairs / 4);
  EXPECT_GT(counts.literals, counts.expressions / 3);
}

/// Strings of what expressions are made of, few of which mean anything: whatever PCRE2 compiles,
/// the parser takes.
TEST(RegexSoundness, TakesWhatPcreTakes) {
  static constexpr std::string_view kPieces[] = {
      "a",    "b",     "1",       "0",    "7",    "8",      "(",         ")",      "(?",
      "(?:",  "[",     "]",       "[^",   "-",    "\\",     "{",         "}",      ",",
      "*",    "+",     "?",       "|",    "^",    "$",      ".",         "\\Q",    "\\E",
      "(?#",  "#",     " ",       "\n",   "(?x)", "(?i",    "\\x",       "\\o{",   "\\c",
      "\\g",  "\\k",   "<",       ">",    "'",    "(?<n>",  "(?P",       "(?P=n)", "(*",
      "F",    ":",     "(?(",     "R",    "&n",   "=",      "!",         "[[:",    "alpha",
      ":]",   "(?xx)", "\\d",     "\\b",  "\\N",  "\\R",    "\\p",       "{L}",    "(?C",
      "\"",   "\x85",  "\xff",    "(?|",  "\\1",  "(?J)",   "^i",        "\\w",    "(?n)",
      "(?U)", "{2}",   "{1,2}",   "{,2}", "{2,}", "(*pla:", "(*MARK:x)", "(?-i)",  "[[:<:]]",
      "\\11", "(?+1)", "\\g{-1}", "(?<!", "(?>"};
  Random random(4);
  size_t taken = 0;
  for (size_t i = 0; i < wanted_pairs() / 2; ++i) {
    std::string text;
    for (uint32_t n = 1 + random.below(6); n > 0; --n) text += random.pick(kPieces);
    PcreOptions options;
    options.caseless = random.one_in(4);
    const auto pcre = Pcre::compile(text, options);
    if (!pcre) {
      (void)parse(text, options);  // must not crash
      continue;
    }
    ++taken;
    const auto tree = parse(text, options);
    ASSERT_TRUE(tree) << shown(text) << ": " << tree.error().message;
    Counts counts;
    if (i % 8 == 0) compare(random, text, options, *pcre, *tree, 4, counts);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(taken, wanted_pairs() / 20);
}

/// A class holds the bytes that PCRE2 lets it match, all 256 tried.
TEST(RegexSoundness, ClassesHoldTheSameBytes) {
  static constexpr std::string_view kPieces[] = {
      "a",           "b",         "z",         "A",          "Z",         "0",          "9",
      "-",           "]",         "[",         "^",          "\\d",       "\\D",        "\\w",
      "\\W",         "\\s",       "\\S",       "\\h",        "\\H",       "\\v",        "\\V",
      "\\n",         "\\b",       "\\x41",     "\\x{7a}",    "[:alpha:]", "[:^digit:]", "[:lower:]",
      "[:^upper:]",  "[:punct:]", "[:space:]", "[:xdigit:]", "[:cntrl:]", "[:print:]",  "[:graph:]",
      "[:word:]",    "[:ascii:]", "[:blank:]", "\\Q-]\\E",   "\\E",       "\\]",        "\\-",
      "\\101",       "\\8",       "\\cA",      "\\e",        "\x80",      "\xff",       " ",
      ":",           "{",         "|",         "\\Qa",       "a-z",       "A-Z",        "!-/",
      "\\x00-\\x1f", "+-."};
  Random random(5);
  size_t classes = 0;
  for (size_t i = 0; i < wanted_pairs() / 50; ++i) {
    std::string text = random.one_in(4) ? "(?xx)[" : "[";
    if (random.one_in(3)) text += '^';
    for (uint32_t n = 1 + random.below(5); n > 0; --n) text += random.pick(kPieces);
    text += "]";
    const PcreOptions options{.caseless = random.one_in(3)};
    const auto pcre = Pcre::compile(text, options);
    if (!pcre) continue;
    const auto tree = parse(text, options);
    ASSERT_TRUE(tree) << shown(text) << ": " << tree.error().message;
    const auto sets = std::ranges::count(tree->nodes(), Kind::set, &Node::kind);
    const size_t nodes = text.starts_with("(?xx)") ? 3 : 1;
    if (sets != 1 || tree->size() != nodes) continue;  // the bracket closed early
    const Shape said = shape(*tree);
    ++classes;
    for (unsigned byte = 0; byte < 256; ++byte) {
      const char c = static_cast<char>(byte);
      const bool matched = pcre->match({&c, 1}, 0, kMatchLimit, nullptr) == PcreResult::matched;
      ASSERT_EQ(said.first.contains(static_cast<uint8_t>(byte)), matched)
          << shown(text) << " " << shown(options) << " byte " << byte << "\n"
          << dump(*tree);
    }
  }
  EXPECT_GT(classes, wanted_pairs() / 200);
}

}  // namespace
}  // namespace wafcheck::parser::regex
