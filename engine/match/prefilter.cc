#include "engine/match/prefilter.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/regex/analysis.h"
#include "parser/regex/parse.h"

namespace wafcheck::engine::inline match {
namespace {

/// Literals that one pattern may ask for: with more, they would hit too often to be worth it.
constexpr size_t kMostLiterals = 64;
/// Nodes beyond which no expression has had literals of use.
constexpr size_t kMostNodes = 1'000;

/// Literals that are looked for one by one where nothing else is wanted.
constexpr size_t kFewLiterals = 3;

/// Nodes from which on an expression takes long.
constexpr size_t kCostlyNodes = 40;
constexpr size_t kFewBytes = 4;     ///< to begin with: they are soon found
constexpr size_t kRareLiteral = 4;  ///< bytes
/// Most texts have some of them.
constexpr parser::regex::ByteSet kWordBytes = parser::regex::ByteSet::range('a', 'z') |
                                              parser::regex::ByteSet::range('A', 'Z') |
                                              parser::regex::ByteSet::range('0', '9');

/// Room for some sets, in place unless a ruleset has thousands of patterns.
class Room {
 public:
  explicit Room(size_t words) : size_(words) {
    if (words > in_place_.size()) elsewhere_.resize(words);
  }
  PatternBits* begin() { return elsewhere_.empty() ? in_place_.data() : elsewhere_.data(); }
  size_t size() const { return size_; }

 private:
  size_t size_;
  std::array<PatternBits, 64> in_place_;
  std::vector<PatternBits> elsewhere_;
};

/// Words that are added at once.
constexpr size_t kStep = 8;

// Compiled for several processors: the loader takes the best.
#if defined(__x86_64__) && defined(__linux__)
#define WAFCHECK_FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WAFCHECK_FOR_EACH_PROCESSOR
#endif

/// Adds the rows of some bytes, `words` long, to `have`.
WAFCHECK_FOR_EACH_PROCESSOR void add_rows(const PatternBits* rows, size_t words,
                                          const unsigned char* bytes, size_t count,
                                          PatternBits* have) {
  for (size_t word = 0; word < words; word += kStep) {
    PatternBits sum[kStep];
    for (size_t i = 0; i < kStep; ++i) sum[i] = have[word + i];
    for (size_t at = 0; at < count; ++at) {
      const PatternBits* const row = rows + bytes[at] * words + word;
      for (size_t i = 0; i < kStep; ++i) sum[i] |= row[i];
    }
    for (size_t i = 0; i < kStep; ++i) have[word + i] = sum[i];
  }
}

void set_bit(PatternBits* row, size_t pattern) {
  row[pattern / 64] |= PatternBits{1} << (pattern % 64);
}

}  // namespace

bool may_match(const Needs& needs, std::string_view text) {
  if (text.size() < needs.min_length) return false;
  const auto is = [](const parser::regex::ByteSet& set, char byte) {
    return set.contains(static_cast<uint8_t>(byte));
  };
  if (!text.empty() && (!is(needs.first, text.front()) || !is(needs.last, text.back()))) {
    return false;
  }
  const auto holds = [&](const LiteralSet::Literal& literal) {
    if (!literal.caseless) return text.find(literal.bytes) != std::string_view::npos;
    for (size_t at = 0; at + literal.bytes.size() <= text.size(); ++at) {
      if (iequals(text.substr(at, literal.bytes.size()), literal.bytes)) return true;
    }
    return false;
  };
  return needs.literals.empty() || std::ranges::any_of(needs.literals, holds);
}

Needs needs_of_expression(std::string_view pattern, parser::PcreOptions options) {
  Needs needs;
  const auto tree = parser::regex::parse(pattern, options);
  if (!tree) return needs;
  const parser::regex::Shape shape = parser::regex::shape(*tree);
  needs.min_length = shape.min;
  if (shape.start == parser::regex::Start::subject && !shape.nullable) needs.first = shape.first;
  if (shape.end == parser::regex::End::subject && !shape.nullable) needs.last = shape.last;
  std::vector<parser::regex::Literal> literals;
  if (tree->size() <= kMostNodes) literals = parser::regex::required_literals(*tree, kMostLiterals);
  size_t shortest = literals.empty() ? 0 : SIZE_MAX;
  for (const parser::regex::Literal& literal : literals)
    shortest = std::min(shortest, literal.bytes.size());
  if (shortest >= 2) {
    for (parser::regex::Literal& literal : literals) {
      needs.literals.push_back({std::move(literal.bytes), literal.caseless});
    }
  }
  needs.sets = parser::regex::required_sets(*tree);
  if (needs.sets.size() > Needs::kSets) needs.sets.resize(Needs::kSets);
  const bool needs_rare_byte = std::ranges::any_of(
      needs.sets, [](const parser::regex::ByteSet& set) { return (set & kWordBytes).empty(); });
  needs.costly = !needs_rare_byte && tree->size() >= kCostlyNodes && shortest < kRareLiteral &&
                 shape.start == parser::regex::Start::anywhere && shape.first.count() > kFewBytes;
  return needs;
}

Needs needs_of_phrases(std::span<const std::string> phrases) {
  Needs needs;
  if (phrases.empty()) return needs;
  size_t shortest = SIZE_MAX;
  parser::regex::ByteSet first;
  for (const std::string& phrase : phrases) {
    shortest = std::min(shortest, phrase.size());
    if (!phrase.empty()) first.add(static_cast<uint8_t>(phrase.front()));
  }
  if (shortest == 0) return needs;
  needs.min_length = shortest;
  needs.sets.push_back(first.folded());
  if (shortest == 1) return needs;
  for (const std::string& phrase : phrases) needs.literals.push_back({lowercase(phrase), true});
  return needs;
}

Prefilter::Prefilter(const std::vector<Needs>& needs) : words_((needs.size() + 63) / 64) {
  by_length_.assign(kLengths * words_, 0);
  by_first_.assign(256 * words_, 0);
  by_last_.assign(256 * words_, 0);
  row_words_ = (Needs::kSets * words_ + kStep - 1) / kStep * kStep;
  by_byte_.assign(256 * row_words_, 0);
  exempt_.assign(row_words_, 0);
  without_literals_.assign(words_, 0);

  std::map<std::pair<std::string, bool>, std::vector<size_t>> literals;
  for (size_t pattern = 0; pattern < needs.size(); ++pattern) {
    const Needs& needed = needs[pattern];
    for (size_t length = std::min(needed.min_length, kLengths - 1); length < kLengths; ++length) {
      set_bit(row(by_length_, length), pattern);
    }
    needed.first.each([&](uint8_t byte) { set_bit(row(by_first_, byte), pattern); });
    needed.last.each([&](uint8_t byte) { set_bit(row(by_last_, byte), pattern); });
    for (size_t i = 0; i < Needs::kSets; ++i) {
      if (i >= needed.sets.size()) {
        set_bit(row(exempt_, i), pattern);
        continue;
      }
      needed.sets[i].each([&](uint8_t byte) {
        set_bit(by_byte_.data() + byte * row_words_ + i * words_, pattern);
      });
    }
    if (needed.literals.empty()) set_bit(without_literals_.data(), pattern);
    for (const LiteralSet::Literal& literal : needed.literals) {
      literals[{literal.bytes, literal.caseless}].push_back(pattern);
    }
  }
  few_literals_.resize(needs.size());
  for (size_t pattern = 0; pattern < needs.size(); ++pattern) {
    const std::vector<LiteralSet::Literal>& asked = needs[pattern].literals;
    if (asked.size() > kFewLiterals || std::ranges::any_of(asked, &LiteralSet::Literal::caseless)) {
      continue;
    }
    for (const LiteralSet::Literal& literal : asked) {
      few_literals_[pattern].push_back(literal.bytes);
    }
  }
  std::vector<LiteralSet::Literal> all;
  by_literal_.assign(literals.size() * words_, 0);
  for (const auto& [literal, patterns] : literals) {
    for (const size_t pattern : patterns) set_bit(row(by_literal_, all.size()), pattern);
    all.push_back({literal.first, literal.second});
  }
  literals_ = LiteralSet(std::move(all));
}

/// Adds the rows of the bytes that occur.
void Prefilter::add_bytes(std::string_view text, PatternBits* have) const {
  constexpr size_t kLong = 256;
  std::array<unsigned char, 256> distinct;
  size_t count = 0;
  if (text.size() < kLong) {
    std::array<bool, 256> seen{};
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      distinct[count] = byte;  // kept where it is a new one; no branch to be guessed
      count += seen[byte] ? 0 : 1;
      seen[byte] = true;
    }
  } else {
    // Two halves, so that a byte need not wait for the one before it to be stored.
    std::array<bool, 256> seen{}, seen_too{};
    const size_t half = text.size() / 2;
    for (size_t at = 0; at < half; ++at) {
      seen[static_cast<unsigned char>(text[at])] = true;
      seen_too[static_cast<unsigned char>(text[half + at])] = true;
    }
    seen[static_cast<unsigned char>(text.back())] = true;
    for (size_t byte = 0; byte < seen.size(); ++byte) {
      distinct[count] = static_cast<unsigned char>(byte);
      count += seen[byte] || seen_too[byte] ? 1 : 0;
    }
  }
  add_rows(by_byte_.data(), row_words_, distinct.data(), count, have);
}

void Prefilter::candidates(std::string_view text, PatternBits* out) const {
  look_at_bytes(text, out);
  if (asks_for_literals(out, out)) look_for_literals(text, out);
}

void Prefilter::look_at_bytes(std::string_view text, PatternBits* out) const {
  std::copy_n(row(by_length_, std::min(text.size(), kLengths - 1)), words_, out);
  if (!text.empty()) {
    const PatternBits* const first = row(by_first_, static_cast<unsigned char>(text.front()));
    const PatternBits* const last = row(by_last_, static_cast<unsigned char>(text.back()));
    for (size_t word = 0; word < words_; ++word) out[word] &= first[word] & last[word];
  }

  Room have(row_words_);
  std::ranges::copy(exempt_, have.begin());
  add_bytes(text, have.begin());
  for (size_t i = 0; i < Needs::kSets; ++i) {
    for (size_t word = 0; word < words_; ++word) out[word] &= have.begin()[i * words_ + word];
  }
}

bool Prefilter::asks_for_literals(const PatternBits* set, const PatternBits* wanted) const {
  PatternBits left = 0;
  for (size_t word = 0; word < words_; ++word) {
    left |= set[word] & wanted[word] & ~without_literals_[word];
  }
  return left != 0;
}

void Prefilter::look_for_literals(std::string_view text, PatternBits* set) const {
  Room have(words_);
  std::ranges::copy(without_literals_, have.begin());
  literals_.scan(text, [&](uint32_t literal) {
    const PatternBits* const with = row(by_literal_, literal);
    for (size_t word = 0; word < words_; ++word) have.begin()[word] |= with[word];
  });
  for (size_t word = 0; word < words_; ++word) set[word] &= have.begin()[word];
}

bool Prefilter::look_for_few_literals(std::string_view text, PatternBits* set,
                                      const PatternBits* wanted) const {
  size_t pattern = SIZE_MAX;
  for (size_t word = 0; word < words_; ++word) {
    const PatternBits left = set[word] & wanted[word] & ~without_literals_[word];
    if (left == 0) continue;
    if (pattern != SIZE_MAX || (left & (left - 1)) != 0) return false;
    pattern = word * 64 + static_cast<size_t>(std::countr_zero(left));
  }
  if (pattern == SIZE_MAX || few_literals_[pattern].empty()) return false;
  const auto occurs = [text](const std::string& literal) {
    return ::memmem(text.data(), text.size(), literal.data(), literal.size()) != nullptr;
  };
  if (std::ranges::none_of(few_literals_[pattern], occurs)) {
    set[pattern / 64] &= ~(PatternBits{1} << (pattern % 64));
  }
  return true;
}

size_t Prefilter::memory() const {
  const size_t words =
      by_length_.size() + by_first_.size() + by_last_.size() + by_byte_.size() + by_literal_.size();
  return words * sizeof(PatternBits) + literals_.memory();
}

}  // namespace wafcheck::engine::inline match
