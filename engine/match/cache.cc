#include "engine/match/cache.h"

#include <algorithm>

#include "parser/base/arena.h"

namespace wafcheck::engine::inline match {

template <typename T>
MatchCache::Zeroed<T> MatchCache::zeroed(size_t count) {
  auto* const memory = static_cast<T*>(std::calloc(count, sizeof(T)));
  if (memory == nullptr && count != 0) out_of_memory();
  return {memory, &std::free};
}

MatchCache::MatchCache(size_t words, size_t texts)
    : words_(words),
      texts_(texts),
      keys_(zeroed<TextHash>(texts)),
      sets_(zeroed<PatternBits>(texts * words)) {}

const PatternBits* MatchCache::find(TextHash text) const {
  const size_t at = slot(text);
  return keys_[at] == text ? sets_.get() + at * words_ : nullptr;
}

void MatchCache::keep(TextHash text, const PatternBits* patterns) {
  const size_t at = slot(text);
  keys_[at] = text;
  std::copy_n(patterns, words_, sets_.get() + at * words_);
}

void MatchCache::rule_out(TextHash text, size_t pattern) {
  const size_t at = slot(text);
  if (keys_[at] == text) sets_[at * words_ + pattern / 64] &= ~(PatternBits{1} << (pattern % 64));
}

}  // namespace wafcheck::engine::inline match
