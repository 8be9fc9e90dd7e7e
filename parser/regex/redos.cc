#include "parser/regex/redos.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "parser/regex/ambiguity.h"
#include "parser/regex/analysis.h"
#include "parser/regex/positions.h"
#include "parser/regex/steps.h"

namespace wafcheck::parser::regex {
namespace {

constexpr uint64_t kProbeSteps = 2'000;
constexpr uint64_t kLeastProbe = 500;
constexpr uint32_t kProbeBytes = 40;
constexpr size_t kMaxBadBytes = 3;
/// The fewest steps that show exponential growth.
constexpr uint64_t kLeastExponential = 20'000;
/// Work that a try takes besides its steps.
constexpr uint64_t kWorkOfTry = 100;
/// And the automaton of an expression that turns out too large for one.
constexpr uint64_t kWorkOfLarge = 400'000;

/// a?a?a?aaa: repetitions with an end are no loop, but the ways multiply with each that may take a
/// byte or leave it to the next.
struct Choices {
  char byte = 0;
  std::vector<Span> quantifiers;  ///< that may take it, by place
};

/// Of fewer choices the ways are not too many.
constexpr size_t kManyChoices = 16;
constexpr size_t kBytesOfChoices = 3;

/// The bytes that most repetitions with an end may take, where these are many.
std::vector<Choices> many_choices(const Tree& tree) {
  std::vector<std::pair<ByteSet, Span>> all;
  for (const Node& node : tree.nodes()) {
    const bool open = node.max < kLoopFrom && node.min != node.max;
    if (node.kind != Kind::repeat || !open || node.greed == Greed::possessive) continue;
    const Node& child = tree[tree.child(node)];
    if (child.kind == Kind::set) {
      all.emplace_back(tree.set(child), node.quantifier);
    } else if (child.kind == Kind::literal && tree.bytes(child).size() == 1) {
      all.emplace_back(ByteSet::of(tree.bytes(child)), node.quantifier);
    }
  }
  std::vector<Choices> most;
  if (all.size() < kManyChoices) return most;
  std::ranges::sort(all, {}, [](const auto& choice) { return choice.second.begin; });
  for (int byte = ' '; byte < 0x7F; ++byte) {
    Choices choices{static_cast<char>(byte), {}};
    for (const auto& [set, quantifier] : all) {
      if (set.contains(static_cast<uint8_t>(byte))) choices.quantifiers.push_back(quantifier);
    }
    if (choices.quantifiers.size() >= kManyChoices) most.push_back(std::move(choices));
  }
  std::ranges::stable_sort(most, std::ranges::greater(),
                           [](const Choices& choices) { return choices.quantifiers.size(); });
  if (most.size() > kBytesOfChoices) most.resize(kBytesOfChoices);
  return most;
}

/// By how much each pump multiplies the steps, and what they will come to.
class Growth {
 public:
  void add(uint32_t pumps, uint64_t steps) {
    const double count = static_cast<double>(std::max<uint64_t>(steps, 1));
    const double factor = pumps_ == 0 ? 0 : std::pow(count / count_, 1.0 / (pumps - pumps_));
    steady_ = factor > kLeastFactor && std::abs(factor - factor_) < kSame * factor;
    factor_ = factor;
    count_ = count;
    pumps_ = pumps;
  }

  /// Infinite where the last two factors differ: then only a try can tell.
  double expected(uint32_t pumps) const {
    if (!steady_) return std::numeric_limits<double>::infinity();
    return count_ * std::pow(factor_, pumps - pumps_);
  }

 private:
  static constexpr double kLeastFactor = 1.5;
  static constexpr double kSame = 0.01;

  uint32_t pumps_ = 0;  ///< what was added last
  double count_ = 0;
  double factor_ = 0;  ///< that each pump multiplied the steps by
  bool steady_ = false;
};

/// Tries candidates out, within a number of steps.
class Trial {
 public:
  Trial(const StepCounter& counter, const RedosLimits& limits, uint64_t work)
      : counter_(counter), limits_(limits), left_(work) {
    // Where a step takes more, fewer of them are too many.
    exponential_steps_ = std::min<uint64_t>(
        limits.exponential_steps,
        std::max<uint64_t>(limits.exponential_steps / counter.work_of_step(), kLeastExponential));
    probe_steps_ = std::max(kProbeSteps / counter.work_of_step(), kLeastProbe);
  }

  /// Whether no more can be tried: what was measured last may be less than it takes.
  bool spent() const { return left_ == 0; }
  uint64_t left() const { return left_; }
  /// Whether what takes many steps may look harmless, as fewer are tried where each takes more.
  bool shortened() const { return exponential_steps_ < limits_.exponential_steps; }

  /// `redos` has what is known of the candidate without a try.
  std::optional<Redos> run(const Ambiguity& candidate, Redos redos) {
    Redos other = redos;
    if (choose_suffix(candidate, redos)) {
      if (candidate.exponential && exponential(redos)) return redos;
      if (polynomial(redos)) return redos;
    }
    if (candidate.exponential || candidate.search) return std::nullopt;
    // PCRE2 makes the second of two loops possessive where it can: it does not try again what
    // follows at each byte, but still reads all of them for each that the first one gives back.
    other.measure = Measure::match;
    if (choose_suffix(candidate, other) && polynomial(other)) return other;
    return std::nullopt;
  }

  /// As many bytes as there are choices about them, and an end that may not match.
  std::optional<Redos> run(const Choices& choices) {
    Redos redos;
    redos.pump = choices.byte;
    redos.quantifiers = choices.quantifiers;
    redos.pumps =
        std::min(static_cast<uint32_t>(choices.quantifiers.size()), limits_.exponential_bytes - 1);
    for (const char end : {'\0', choices.byte == '!' ? '~' : '!'}) {
      redos.suffix = end == '\0' ? std::string() : std::string(1, end);
      const Steps steps = measure(redos, redos.pumps, exponential_steps_);
      if (spent()) return std::nullopt;
      if (!steps.more) continue;
      redos.exponential = redos.more = true;
      redos.steps = steps.count;
      return redos;
    }
    return std::nullopt;
  }

 private:
  Steps measure(const Redos& redos, uint32_t pumps, uint64_t limit) {
    const uint64_t most = std::min(limit, left_ / counter_.work_of_step());
    const auto [known, is_new] = tried_.try_emplace({redos.measure, attack(redos, pumps)});
    Tried& tried = known->second;
    uint64_t work = kWorkOfTry;
    if (is_new || (tried.steps.more && tried.limit < most)) {
      tried = {counter_.count(known->first.second, most, redos.measure), most};
      work += tried.steps.count * counter_.work_of_step();
    }
    const Steps steps{.count = std::min(tried.steps.count, most),
                      .more = tried.steps.more || tried.steps.count > most};
    left_ = most < limit && steps.more ? 0 : left_ - std::min(work, left_);
    return steps;
  }

  /// Ends that may keep a match from coming about: bytes that the loop cannot take come first.
  static std::vector<std::string> suffixes_of(const Ambiguity& candidate) {
    const std::string& tail = candidate.tail;
    std::vector<std::string> suffixes = {""};
    std::string bytes;
    for (const bool taken : {false, true}) {
      for (const char byte : std::string_view("!\n\0a0\" \xff", 8)) {
        if (candidate.pump.find(byte) != std::string::npos) continue;
        if (candidate.next.contains(static_cast<uint8_t>(byte)) == taken) bytes += byte;
      }
    }
    for (const char byte : bytes.substr(0, kMaxBadBytes)) {
      suffixes.push_back(std::string(1, byte));
      if (tail.empty()) continue;
      suffixes.push_back(byte + tail);
      if (tail.size() > 1) suffixes.push_back({byte, tail.back()});
    }
    if (tail.size() > 1) suffixes.push_back(tail.substr(0, tail.size() - 1));
    return suffixes;
  }

  /// The end that makes the match fail, or succeed late, after the most steps. What PCRE2 looks for
  /// before it begins to match may have to be there, so ends are tried with the tail of a match.
  bool choose_suffix(const Ambiguity& candidate, Redos& redos) {
    const std::vector<std::string> suffixes = suffixes_of(candidate);
    const auto size = static_cast<uint32_t>(redos.pump.size());
    const uint32_t pumps = std::max<uint32_t>(kProbeBytes / size, 4);
    // What begins with the pump may match at once, and not do so after another byte.
    std::vector<std::string> prefixes = {redos.prefix};
    if (redos.search) prefixes.push_back("!");
    uint64_t most = 0;
    Redos best;
    for (const std::string& prefix : prefixes) {
      redos.prefix = prefix;
      for (const std::string& suffix : suffixes) {
        redos.suffix = suffix;
        const Steps steps = measure(redos, pumps, probe_steps_);
        if (steps.count > most) {
          most = steps.count;
          best = redos;
        }
        if (most == probe_steps_) break;  // no other can take more
      }
      if (most == probe_steps_) break;
    }
    redos = std::move(best);
    return most >= uint64_t{pumps} * pumps / 4;
  }

  /// Whether steps multiply with each pump, up to the limit within the bytes.
  bool exponential(Redos& redos) {
    const auto fixed = static_cast<uint32_t>(redos.prefix.size() + redos.suffix.size());
    const auto pump = static_cast<uint32_t>(redos.pump.size());
    if (fixed + pump > limits_.exponential_bytes) return false;
    const uint32_t most = (limits_.exponential_bytes - fixed) / pump;
    Growth growth;
    for (uint32_t pumps = 4; pumps <= most && !spent(); pumps += std::max(1u, pumps / 6)) {
      if (growth.expected(pumps) < kNear * static_cast<double>(exponential_steps_)) continue;
      const Steps steps = measure(redos, pumps, exponential_steps_);
      if (spent()) return false;
      if (!steps.more) {
        growth.add(pumps, steps.count);
        continue;
      }
      redos.pumps = pumps;
      if (!multiplies(redos)) return false;
      redos.exponential = true;
      redos.steps = steps.count;
      redos.more = true;
      return true;
    }
    return false;
  }

  /// Tells the exponential from a steep polynomial: as many pumps more make for ten times the steps
  /// at any size, while a polynomial needs ever more of them.
  bool multiplies(const Redos& redos) {
    const auto pumps_for = [&](uint64_t limit) {
      uint32_t pumps = 1;
      while (pumps < redos.pumps && !measure(redos, pumps, limit).more) ++pumps;
      return pumps;
    };
    const uint32_t small = pumps_for(std::max<uint64_t>(exponential_steps_ / 1000, 30));
    const uint32_t middle = pumps_for(exponential_steps_ / 32);
    const uint32_t grown = middle - small;
    return redos.pumps <= middle + grown + grown / 3 + redos.pumps / 6 + 1;
  }

  bool polynomial(Redos& redos) {
    const auto fixed = static_cast<uint32_t>(redos.prefix.size() + redos.suffix.size());
    const auto pump = static_cast<uint32_t>(redos.pump.size());
    double exponent = 0;
    redos.steps = 0;
    for (uint32_t pumps = kFirstPumps; fixed + pumps * pump <= limits_.polynomial_bytes;
         pumps *= 2) {
      const Steps steps = measure(redos, pumps, limits_.polynomial_steps);
      if (steps.more || spent()) break;
      const auto count = static_cast<double>(steps.count);
      const double growth = redos.steps == 0 ? 0 : count / static_cast<double>(redos.steps);
      redos.pumps = pumps;
      redos.steps = steps.count;
      if (growth == 0) continue;
      exponent = std::log2(growth);
      if (exponent < kLinear) return false;
      if (!wanted(redos, exponent + may_rise(exponent, count))) return false;
      // The next size would take too many: a polynomial grows no slower than before.
      if (count * std::min(growth, kSquare) * kSure > limits_.polynomial_steps) break;
    }
    if (exponent < kQuadratic || !wanted(redos, exponent)) return false;
    redos.degree = degree(exponent);
    return true;
  }

  static uint32_t degree(double exponent) { return static_cast<uint32_t>(std::lround(exponent)); }

  bool wanted(const Redos& redos, double exponent) const {
    return limits_.squares_of_search || !redos.search || degree(exponent) > 2;
  }

  /// The most by which the exponent still grows before the steps are too many.
  double may_rise(double exponent, double count) const {
    return kRise * std::floor(std::log2(limits_.polynomial_steps / count) / exponent);
  }

  /// Fewer steps than this part of the limit are not counted where growth foretells them.
  static constexpr double kNear = 0.9;
  static constexpr uint32_t kFirstPumps = 8;
  static constexpr double kLinear = 1.1;
  static constexpr double kQuadratic = 1.75;
  /// Twice what a cube that outgrows a square adds to the exponent when the bytes double.
  static constexpr double kRise = 0.35;
  /// Part of the growth so far that the next size surely has, of no more than a square's.
  static constexpr double kSure = 0.75;
  static constexpr double kSquare = 4;

  const StepCounter& counter_;
  const RedosLimits& limits_;
  uint64_t exponential_steps_ = 0;
  uint64_t probe_steps_ = 0;
  uint64_t left_;

  struct Tried {
    Steps steps;
    uint64_t limit = 0;
  };
  std::map<std::pair<Measure, std::string>, Tried> tried_;  ///< by subject: candidates share some
};

bool has_loop(const Tree& tree) {
  return std::ranges::any_of(tree.nodes(), [](const Node& node) {
    return node.kind == Kind::repeat && node.max >= kLoopFrom;
  });
}

bool overlap(const Redos& a, const Redos& b) {
  return std::ranges::any_of(a.quantifiers, [&](const Span& span) {
    return std::ranges::find(b.quantifiers, span) != b.quantifiers.end();
  });
}

/// What is known of a candidate without a try.
Redos untried(const Ambiguity& candidate, const Tree& tree) {
  Redos redos;
  redos.search = candidate.search;
  redos.prefix = candidate.prefix;
  redos.pump = candidate.pump;
  for (const NodeId loop : candidate.loops) redos.quantifiers.push_back(tree[loop].quantifier);
  std::ranges::sort(redos.quantifiers, {}, &Span::begin);
  return redos;
}

/// Adds quantifiers that take part in the same.
void blame(Redos& redos, const std::vector<Span>& quantifiers) {
  auto& all = redos.quantifiers;
  all.insert(all.end(), quantifiers.begin(), quantifiers.end());
  std::ranges::sort(all, {}, &Span::begin);
  const auto again = std::ranges::unique(all);
  all.erase(again.begin(), again.end());
}

}  // namespace

std::string attack(const Redos& redos, uint32_t pumps) {
  std::string subject = redos.prefix;
  for (uint32_t i = 0; i < pumps; ++i) subject += redos.pump;
  return subject + redos.suffix;
}

std::vector<Redos> find_redos(std::string_view pattern, const Tree& tree,
                              parser::PcreOptions options, const RedosLimits& limits,
                              RedosEffort* effort) {
  RedosEffort unused;
  RedosEffort& told = effort != nullptr ? *effort : unused;
  told = {};
  const std::vector<Choices> choices = many_choices(tree);
  if (choices.empty() && !has_loop(tree)) return {};
  const bool anchored = shape(tree).start == Start::subject;
  const auto positions = Positions::of(tree, /*search=*/!anchored);
  if (!positions) {
    told = {.work = kWorkOfLarge, .undecided = true};
    return {};
  }
  const Ambiguities candidates = find_ambiguities(*positions, limits.candidates);
  told = {.work = candidates.work + positions->size(), .undecided = !candidates.all};
  if (candidates.found.empty() && choices.empty()) return {};
  const auto counter = StepCounter::compile(pattern, options);
  if (!counter) {
    told.undecided = true;
    return {};
  }

  std::vector<Redos> found;
  const uint64_t work = limits.work - std::min(limits.work, told.work);
  Trial trial(*counter, limits, work);
  for (const Ambiguity& candidate : candidates.found) {
    if (trial.spent()) break;
    Redos first = untried(candidate, tree);
    // Nothing is said of it next to something exponential with the same loop.
    const bool outdone = std::ranges::any_of(
        found, [&](const Redos& seen) { return seen.exponential && overlap(first, seen); });
    if (outdone) continue;
    auto redos = trial.run(candidate, std::move(first));
    if (!redos && candidate.exponential) told.undecided |= trial.shortened();
    if (redos) found.push_back(std::move(*redos));
  }
  for (const Choices& choice : choices) {
    if (trial.spent() || !found.empty()) break;
    if (auto redos = trial.run(choice)) found.push_back(std::move(*redos));
  }
  told.work += work - trial.left();
  told.undecided |= trial.spent();
  std::ranges::stable_sort(found, [](const Redos& a, const Redos& b) {
    if (a.exponential != b.exponential) return a.exponential;
    if (a.degree != b.degree) return a.degree > b.degree;
    if (a.search != b.search) return b.search;
    return a.measure < b.measure;
  });
  std::vector<Redos> worst;
  for (Redos& redos : found) {
    const auto other =
        std::ranges::find_if(worst, [&](const Redos& seen) { return overlap(redos, seen); });
    if (other == worst.end()) {
      worst.push_back(std::move(redos));
    } else if (!redos.exponential && !other->exponential && redos.degree == other->degree &&
               redos.search == other->search && redos.pump == other->pump) {
      blame(*other, redos.quantifiers);
    }
  }
  return worst;
}

}  // namespace wafcheck::parser::regex
