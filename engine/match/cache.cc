#include "engine/match/cache.h"

#include <algorithm>

namespace wafcheck::engine {

MatchCache::MatchCache(size_t words, size_t texts)
    : words_(words), keys_(texts), sets_(texts * words) {}

const PatternBits* MatchCache::find(TextHash text) const {
  const size_t at = slot(text);
  return keys_[at] == text ? sets_.data() + at * words_ : nullptr;
}

void MatchCache::keep(TextHash text, const PatternBits* patterns) {
  const size_t at = slot(text);
  keys_[at] = text;
  std::copy_n(patterns, words_, sets_.data() + at * words_);
}

void MatchCache::rule_out(TextHash text, size_t pattern) {
  const size_t at = slot(text);
  if (keys_[at] == text) sets_[at * words_ + pattern / 64] &= ~(PatternBits{1} << (pattern % 64));
}

}  // namespace wafcheck::engine
