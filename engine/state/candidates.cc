#include "engine/state/candidates.h"

namespace wafcheck::engine::inline state {
namespace {

// A first transaction of more than that is worth building the filters for.
constexpr size_t kManyTexts = 4'096;
constexpr size_t kManyBytes = size_t{64} << 10;

}  // namespace

void Candidates::begin_phase(size_t body_bytes) {
  if (!allowed_ || active_) return;
  if (!evaluated_) {
    evaluated_ = true;
    // Finding out what patterns need costs as much as some dozen transactions: the first one over a
    // program does without.
    worth_it_ = program_.usage().note();
  }
  if (!worth_it_ && strings_.size() <= kManyTexts && body_bytes <= kManyBytes) return;
  active_ = true;
  groups_.resize(program_.target_groups().size());
  sets_.resize(program_.target_sets().size());
}

/// Returns the variants that are to be added.
uint64_t Candidates::begin_gathering(size_t number, Group& group, uint64_t variants) {
  if (memory_ != nullptr) variants = memory_->variants(number) |= variants;
  variants &= ~group.variants;
  if (group.patterns == nullptr) group.patterns = arena_.make_array<PatternBits>(words(number));
  if (group.variants == 0) std::fill_n(group.patterns, words(number), PatternBits{0});
  group.variants |= variants;
  return variants;
}

/// What is remembered of a value holds for a group and these variants of it.
TextHash Candidates::key_of(size_t number, uint64_t variants, StringId value) const {
  const uint64_t salt = (number + 1) * 0x9E3779B97F4A7C15U ^ variants * 0xD6E8FEB86659FD93U;
  const TextHash text = strings_.hash(value);
  return {text.low ^ salt, text.high + salt};
}

/// Memory answers several questions at once, but one after the other if each is waited for.
void Candidates::prefetch(size_t number, uint64_t variants) const {
  const MatchCache& cache = memory_->values(program_.target_groups()[number].side);
  for (const StringId value : values_) cache.prefetch(key_of(number, variants, value));
}

void Candidates::add_value(size_t number, Group& group, uint64_t variants, StringId value,
                           PatternBits* own) {
  const TargetGroup& targets = program_.target_groups()[number];
  if (memory_ == nullptr) {
    add_patterns(targets, variants, value, group.patterns);
    if (profile_ != nullptr) profile_->value_gathered(number, false);
    return;
  }
  const TextHash key = key_of(number, variants, value);
  MatchCache& cache = memory_->values(targets.side);
  const size_t count = words(number);
  const PatternBits* patterns = cache.find(key);
  bool cached = patterns != nullptr;
  if (!cached) {
    std::fill_n(own, count, PatternBits{0});
    // Of texts seen before, more is remembered than may match at first sight.
    cached = add_patterns(targets, variants, value, own);
    if (cached) cache.keep(key, own);
    patterns = own;
  }
  if (profile_ != nullptr) profile_->value_gathered(number, cached);
  for (size_t word = 0; word < count; ++word) group.patterns[word] |= patterns[word];
}

/// Adds the patterns that may match a value to `all`; true if all of its texts were cached.
bool Candidates::add_patterns(const TargetGroup& group, uint64_t variants, StringId value,
                              PatternBits* all) {
  // Many chains of transformations come to the same text: it is asked once, for all their patterns.
  const size_t words = program_.patterns_of(group.side).words();
  std::array<StringId, TargetGroup::kMaxVariants> texts;
  size_t count = 0;
  for (; variants != 0; variants &= variants - 1) {
    const TargetGroup::Variant& variant =
        group.variants[static_cast<size_t>(std::countr_zero(variants))];
    const StringId text = strings_.transform(value, variant.pipeline);
    const auto at =
        static_cast<size_t>(std::find(texts.begin(), texts.begin() + count, text) - texts.begin());
    if (at == count) {
      texts[count++] = text;
      wanted_.resize(std::max(wanted_.size(), count * words));
      std::fill_n(wanted_.begin() + static_cast<ptrdiff_t>(at * words), words, PatternBits{0});
    }
    PatternBits* const wanted = wanted_.data() + at * words;
    for (size_t word = 0; word < words; ++word) wanted[word] |= variant.patterns[word];
  }
  bool remembered = true;
  for (size_t at = 0; at < count; ++at) {
    const PatternBits* const wanted = wanted_.data() + at * words;
    const PatternBits* const set = strings_.candidates(texts[at], group.side, wanted);
    for (size_t word = 0; word < words; ++word) all[word] |= set[word] & wanted[word];
    remembered = remembered && strings_.remembered(texts[at], group.side);
  }
  return remembered;
}

}  // namespace wafcheck::engine::inline state
