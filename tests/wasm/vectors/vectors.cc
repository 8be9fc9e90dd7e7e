// With vectors a module finds what it finds without: random texts, in a module for vectors.mjs.

#include <cstring>
#include <random>
#include <set>
#include <string>

#include "engine/match/literal_set.h"
#include "wasm/core/export.h"

namespace wafcheck::wasm {
namespace {

using engine::LiteralSet;
using engine::WindowFilter;
using Vectors = WindowFilter::Vectors;

/// Texts of few different bytes, so that they have much in common: letters of either case, what
/// stands between words, and bytes above 127.
std::string text_of(std::mt19937& random, size_t size) {
  constexpr std::string_view kBytes("abAB<;0 @\0\xc1\xe1", 12);
  std::string text;
  while (text.size() < size) text += kBytes[random() % kBytes.size()];
  return text;
}

std::set<uint32_t> found(const LiteralSet& literals, std::string_view text, Vectors vectors) {
  std::set<uint32_t> all;
  literals.scan(text, [&](uint32_t literal) { all.insert(literal); }, vectors);
  return all;
}

int sign_of(int number) {
  return (number > 0) - (number < 0);
}

}  // namespace

/// Whether vectors are used at all.
WAFCHECK_EXPORT("has_vectors") uint32_t has_vectors() {
  return WindowFilter::best() == Vectors::simd128 ? 1 : 0;
}

/// Texts in which vectors find other literals, of so many.
WAFCHECK_EXPORT("literal_differences") uint32_t literal_differences(uint32_t texts) {
  std::mt19937 random(7);
  std::vector<LiteralSet::Literal> all;
  for (int i = 0; i < 60; ++i)
    all.push_back({text_of(random, 2 + random() % 5), random() % 2 == 0});
  for (LiteralSet::Literal& literal : all) {
    if (literal.caseless) literal.bytes = lowercase(literal.bytes);
  }
  const LiteralSet literals(all);
  uint32_t differences = 0;
  size_t hits = 0;
  for (uint32_t text = 0; text < texts; ++text) {
    // One literal in a text of what is in none, so that it is not found for another's sake.
    std::string bytes(random() % 300, 'z');
    bytes.insert(random() % (bytes.size() + 1), all[random() % all.size()].bytes);
    if (text % 2 == 0) bytes += text_of(random, random() % 8);
    const std::set<uint32_t> expected = found(literals, bytes, Vectors::none);
    hits += expected.size();
    differences += found(literals, bytes, Vectors::simd128) == expected ? 0 : 1;
  }
  return hits < texts ? texts : differences;
}

/// Texts in which memchr() or memcmp() says something else than a loop, of so many.
WAFCHECK_EXPORT("memory_differences") uint32_t memory_differences(uint32_t texts) {
  std::mt19937 random(7);
  uint32_t differences = 0;
  for (uint32_t text = 0; text < texts; ++text) {
    const size_t size = random() % 70;
    std::string left(size, 'a'), right(size, 'a');
    if (size != 0 && text % 4 != 0) left[random() % size] = static_cast<char>(random());
    if (size != 0 && text % 4 != 0) right[random() % size] = static_cast<char>(random());
    int order = 0;
    for (size_t at = 0; at < size && order == 0; ++at) {
      order = static_cast<unsigned char>(left[at]) - static_cast<unsigned char>(right[at]);
    }
    const char wanted = size == 0 ? 'b' : left[random() % size];
    size_t first = 0;
    while (first < size && left[first] != wanted) ++first;
    const void* const place = std::memchr(left.data(), wanted, size);
    const void* const expected = first == size ? nullptr : left.data() + first;
    const int compared = std::memcmp(left.data(), right.data(), size);
    differences += place == expected && sign_of(compared) == sign_of(order) ? 0 : 1;
  }
  return differences;
}

}  // namespace wafcheck::wasm
