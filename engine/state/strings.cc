#include "engine/state/strings.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace wafcheck::engine::inline state {
namespace {

constexpr size_t kFirstBuckets = 256;
constexpr size_t kBucketsKept = size_t{1} << 18;
constexpr size_t kScratchKept = size_t{1} << 20;
/// What a string takes besides its bytes: its rows in the tables, which double as they grow.
constexpr size_t kBytesOfString = 160;

/// Of what is known of a set of candidates: its literals were looked for.
constexpr uint64_t kLiterals = uint64_t{1} << 63;
static_assert(Gate::kStages < 63);

}  // namespace

StringTable::StringTable(Arena& arena, const std::vector<Pipeline>& pipelines,
                         const transformations::TransformationContext& context)
    : arena_(arena), pipelines_(pipelines), context_(context), buckets_(kFirstBuckets) {}

void StringTable::give_back() {
  for (size_t side = 0; side < kSides; ++side) {
    if (dfas_[side].empty()) continue;
    (*patterns_)[side].gate().give_back(std::move(dfas_[side]));
    dfas_[side].clear();
  }
}

void StringTable::clear() {
  give_back();
  strings_.clear();
  hashes_.clear();
  if (buckets_.size() > kBucketsKept) {  // of a transaction unlike the others
    strings_.shrink_to_fit();
    hashes_.shrink_to_fit();
    buckets_ = std::vector<uint32_t>(kFirstBuckets);
  } else {
    std::fill(buckets_.begin(), buckets_.end(), 0);
  }
  if (scratch_.capacity() > kScratchKept) scratch_ = {};
}

StringId StringTable::find_or_add(std::string_view bytes, bool copied) {
  const XXH128_hash_t digest = XXH3_128bits(bytes.data(), bytes.size());
  const TextHash hash{digest.low64, digest.high64};
  const size_t mask = buckets_.size() - 1;
  size_t at = hash.low & mask;
  for (; buckets_[at] != 0; at = (at + 1) & mask) {
    const StringId id = buckets_[at] - 1;
    if (hashes_[id] == hash && strings_[id].bytes == bytes) return id;
  }
  arena_.spend(kBytesOfString);
  if (copied) bytes = arena_.copy(bytes);
  const auto id = static_cast<StringId>(strings_.size());
  strings_.push_back({bytes, nullptr, {}, 0, transformations::kinds_of(bytes)});
  hashes_.push_back(hash);
  // What is known of it will be asked soon: most strings are of requests.
  const MatchCache* const cache = caches_[static_cast<size_t>(Side::request)];
  if (cache != nullptr) cache->prefetch(hash);
  buckets_[at] = id + 1;
  if (strings_.size() * 2 > buckets_.size()) grow();
  return id;
}

void StringTable::grow() {
  buckets_.assign(buckets_.size() * 2, 0);
  const size_t mask = buckets_.size() - 1;
  for (StringId id = 0; id < strings_.size(); ++id) {
    size_t at = hashes_[id].low & mask;
    while (buckets_[at] != 0) at = (at + 1) & mask;
    buckets_[at] = id + 1;
  }
}

StringId StringTable::transform(StringId id, PipelineId pipeline) {
  const Pipeline& node = pipelines_[pipeline];
  if (!strings_[id].kinds.has_any_of(node.changes)) return id;
  if (strings_[id].transformed == nullptr) {
    strings_[id].transformed = arena_.make_array<StringId>(pipelines_.size());
  }
  if (const StringId before = strings_[id].transformed[pipeline]; before != 0) return before - 1;

  // A chain is as deep as a rule wrote it, so this recursion is bounded by the ruleset.
  const StringId before = transform(id, node.prefix);
  StringId after = before;
  if (strings_[before].kinds.has_any_of(node.step_changes)) {
    const auto timed = Profile::time_step(profile_, pipeline);
    const size_t size = strings_[before].bytes.size();
    if (node.growth > 1) arena_.require(size * node.growth);
    if (node.function(strings_[before].bytes, scratch_, context_)) {
      after = intern(arena_.copy(scratch_));
    }
    if (profile_ != nullptr) profile_->step_run(pipeline, size, after != before);
  }
  strings_[id].transformed[pipeline] = after + 1;
  return after;
}

/// A set of which little is known yet, or what was known before this transaction.
PatternBits* StringTable::begin_candidates(StringId id, Side side) {
  const auto number = static_cast<size_t>(side);
  const Prefilter& prefilter = (*patterns_)[number].prefilter();
  MatchCache* const cache = caches_[number];
  PatternBits* const set = arena_.make_array<PatternBits>(prefilter.words() + 1);
  const PatternBits* const cached = cache == nullptr ? nullptr : cache->find(hashes_[id]);
  if (cached != nullptr) {
    std::copy_n(cached, prefilter.words() + 1, set);
    strings_[id].remembered |= static_cast<uint8_t>(1U << number);
  } else {
    prefilter.look_at_bytes(strings_[id].bytes, set);
    set[prefilter.words()] = 0;
  }
  strings_[id].candidates[number] = set;
  return set;
}

const PatternBits* StringTable::candidates(StringId id, Side side, const PatternBits* wanted) {
  const auto timed = Profile::time(profile_, Account::prefilter);
  const auto number = static_cast<size_t>(side);
  const Patterns& patterns = (*patterns_)[number];
  const std::string_view bytes = strings_[id].bytes;
  PatternBits* set = strings_[id].candidates[number];
  const bool begins = set == nullptr;
  if (begins) set = begin_candidates(id, side);
  uint64_t& known = set[patterns.words()];
  const uint64_t before = known;
  if ((known & kLiterals) == 0 && patterns.prefilter().asks_for_literals(set, wanted) &&
      !patterns.prefilter().look_for_few_literals(bytes, set, wanted)) {
    patterns.prefilter().look_for_literals(bytes, set);
    known |= kLiterals;
  }
  known =
      patterns.gate().narrow(bytes, set, wanted, known, dfas_[number], LazyDfa::Effort::bounded);
  const bool is_cached = begins && remembered(id, side);
  if (MatchCache* const cache = caches_[number];
      cache != nullptr && (known != before || (begins && !is_cached))) {
    cache->keep(hashes_[id], set);
  }
  return set;
}

const PatternBits* StringTable::find_candidates(StringId id, Side side) {
  const std::vector<PatternBits> all((*patterns_)[static_cast<size_t>(side)].words(),
                                     ~PatternBits{0});
  return candidates(id, side, all.data());
}

bool StringTable::could_match(StringId id, Side side, int32_t pattern) {
  const size_t number = static_cast<size_t>(side);
  const Patterns& patterns = (*patterns_)[number];
  std::vector<PatternBits> only(patterns.words());
  only[static_cast<size_t>(pattern) / 64] |= PatternBits{1} << (pattern % 64);
  candidates(id, side, only.data());
  patterns.gate().narrow(strings_[id].bytes, strings_[id].candidates[number], only.data(), 0,
                         dfas_[number], LazyDfa::Effort::whole);
  return may_match(id, side, pattern);
}

void StringTable::rule_out(StringId id, Side side, int32_t pattern) {
  PatternBits* const set = strings_[id].candidates[static_cast<size_t>(side)];
  set[pattern / 64] &= ~(PatternBits{1} << (pattern % 64));
  if (MatchCache* const cache = caches_[static_cast<size_t>(side)]; cache != nullptr) {
    cache->rule_out(hashes_[id], static_cast<size_t>(pattern));
  }
}

}  // namespace wafcheck::engine::inline state
