#include "cli/diff/comparison.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "cli/options.h"
#include "formats/records/evaluator.h"
#include "formats/records/profiler.h"
#include "parser/base/shown.h"
#include "parser/language/semantics.h"

namespace wafcheck::cli::inline diff {
namespace {

/// The evaluators of a thread for one pair of programs.
struct EvaluatorPair {
  formats::Evaluator old, now;
};

/// What one transaction comes to at one level.
struct LevelResult {
  Verdict old, now;
  Change change = Change::same;
  CauseFinder::Found found;
  std::string signature;  ///< what differs; the same for transactions of one group
  RuleEffects old_effects, new_effects;
  formats::ExclusionCounts old_exclusions, new_exclusions;
  double old_ms = 0, new_ms = 0;
};

struct Compared {
  std::string id, method, uri;
  TransactionPlace place;
  bool other_engine = false;  ///< than its log names
  std::vector<LevelResult> levels;
  std::optional<formats::Exchange> exchange;  ///< where traces are needed
};

std::string hash_of(std::string_view text) {
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

/// The same order, whatever part of the traffic was read first.
void sort_changes(std::vector<ChangedTransaction>& changes) {
  const auto key = [](const ChangedTransaction& each) {
    return std::tie(each.place.source, each.place.offset, each.level, each.id, each.method,
                    each.uri);
  };
  std::ranges::stable_sort(changes, {}, key);
}

class TrafficComparison {
 public:
  TrafficComparison(const Rulesets& rulesets, const std::vector<ProgramPair>& programs,
                    const RulesetOptions& options, const TrafficOptions& traffic,
                    const formats::Masks& masks, TrafficRunner& runner, Console& console)
      : rulesets_(rulesets),
        programs_(programs),
        options_(options),
        traffic_(traffic),
        runner_(runner),
        console_(console),
        finder_(rulesets, masks) {}

  /// Before run(): also measure each rule.
  void measure() {
    for (const ProgramPair& pair : programs_) {
      profilers_.push_back({profiler(pair.old), profiler(pair.now)});
    }
  }

  std::optional<TrafficDiff> run() {
    const bool ordered = std::ranges::any_of(programs_, [](const ProgramPair& pair) {
      return pair.old->ordered() || pair.now->ordered();
    });
    for (size_t i = 0; i < 2 * programs_.size(); ++i) {
      collections_.push_back(std::make_unique<engine::MemoryStore>(options_.limits));
    }
    for (const ProgramPair& pair : programs_) result_.levels.push_back({pair.level, {}, 0});
    size_t threads = thread_count(traffic_.jobs);
    if (ordered && threads > 1) {
      if (traffic_.jobs > 1 || console_.options().verbose) console_.note(kOneAtATime);
      threads = 1;
    }
    runner_.run<Compared>(
        threads, [this] { return make_worker(); },
        [this](Compared&& compared) {
          take(std::move(compared));
          return true;
        });
    result_.unreadable = runner_.unreadable();
    result_.skipped = runner_.skipped();
    result_.not_selected = runner_.not_selected();
    const auto complete = [&](formats::ExclusionCounts& counts, const engine::Program& program) {
      counts.complete(program.ruleset(), result_.transactions);
    };
    complete(result_.old_exclusions, *programs_.front().old);
    complete(result_.new_exclusions, *programs_.front().now);
    for (const ProfilerPair& pair : profilers_) {
      add_times(*pair.old, rulesets_.old.ruleset, &RuleTotals::old_us);
      add_times(*pair.now, rulesets_.now.ruleset, &RuleTotals::new_us);
    }
    sort_changes(result_.changes);
    for (const lint::VoidExclusion& each : rulesets_.change.void_exclusions) {
      const parser::Place place = rulesets_.now.ruleset.sources.begin_of(each.span);
      result_.void_exclusions.emplace(place.path, place.line);
    }
    notices_.print(console_);
    if (console_.failed()) return std::nullopt;
    return std::move(result_);
  }

 private:
  struct ProfilerPair {
    std::unique_ptr<formats::Profiler> old, now;
  };
  struct LanePair {
    formats::Profiler::Lane& old;
    formats::Profiler::Lane& now;
  };

  std::unique_ptr<formats::Profiler> profiler(
      const std::shared_ptr<const engine::Program>& program) {
    profiled_collections_.push_back(std::make_unique<engine::MemoryStore>(options_.limits));
    formats::EvaluatorOptions evaluation =
        evaluator_options(options_, *profiled_collections_.back());
    evaluation.front = *formats::find_front(traffic_.front);
    evaluation.decode_bodies = traffic_.decode_bodies;
    return std::make_unique<formats::Profiler>(program, evaluation);
  }

  void add_times(formats::Profiler& profiler, const parser::RulesetModel& ruleset,
                 double RuleTotals::* time) {
    for (const formats::ProfiledRule& rule : profiler.report({}).rules) {
      const parser::Rule* const starter = rule.id ? ruleset.find(*rule.id) : nullptr;
      const lint::RulePair* const pair =
          starter == nullptr ? nullptr : rulesets_.pairs.find(*starter);
      if (pair != nullptr) totals_of(pair).*time += rule.counts.time_us;
    }
  }

  formats::EvaluatorOptions evaluation(size_t collections, bool traced) {
    formats::EvaluatorOptions evaluation = evaluator_options(options_, *collections_[collections]);
    if (traced) evaluation.collections = nullptr;
    evaluation.front = *formats::find_front(traffic_.front);
    evaluation.decode_bodies = traffic_.decode_bodies;
    evaluation.evidence = true;
    if (traced) evaluation.trace.emplace();
    return evaluation;
  }

  std::shared_ptr<std::vector<std::unique_ptr<EvaluatorPair>>> evaluators(bool traced) {
    auto all = std::make_shared<std::vector<std::unique_ptr<EvaluatorPair>>>();
    for (size_t i = 0; i < programs_.size(); ++i) {
      // NOLINTNEXTLINE(modernize-make-unique): an aggregate of what cannot be moved
      all->emplace_back(
          new EvaluatorPair{formats::Evaluator(programs_[i].old, evaluation(2 * i, traced)),
                            formats::Evaluator(programs_[i].now, evaluation(2 * i + 1, traced))});
    }
    return all;
  }

  TrafficRunner::Worker<Compared> make_worker() {
    std::vector<LanePair> lanes;
    for (const ProfilerPair& pair : profilers_) {
      lanes.push_back({pair.old->add_lane(), pair.now->add_lane()});
    }
    return [this, all = evaluators(false), lanes](TrafficJob&& job) {
      Compared compared;
      compared.other_engine = names_other_engine(job.exchange);
      for (const LanePair& lane : lanes) {
        lane.old.run(job.exchange, job.source);
        lane.now.run(job.exchange, job.source);
      }
      for (const auto& pair : *all) {
        const formats::Outcome old = pair->old.run(job.exchange, job.source);
        const formats::Outcome now = pair->now.run(job.exchange, job.source);
        if (compared.levels.empty()) {
          compared.id = old.transaction->id();
          compared.place = {std::string(job.source), job.exchange.entry, job.exchange.offset};
          compared.method = job.exchange.request.method;
          compared.uri = job.exchange.request.uri;
        }
        notices_.collect(*old.transaction);
        notices_.collect(*now.transaction);
        compared.levels.push_back(level_result(old, now));
      }
      const bool traces = std::ranges::any_of(
          compared.levels, [](const LevelResult& each) { return each.found.needs_trace; });
      if (traces) compared.exchange = std::move(job.exchange);
      return compared;
    };
  }

  /// Where --engine says which one is meant, a log's does not count.
  bool names_other_engine(const formats::Exchange& exchange) const {
    const auto& recorded = exchange.recorded;
    if (!options_.engine.empty() || !recorded || !recorded->engine) return false;
    const parser::Engine modelled = parser::semantics_of(*recorded->engine).engine();
    return modelled != programs_.front().old->ruleset().semantics().engine() ||
           modelled != programs_.front().now->ruleset().semantics().engine();
  }

  LevelResult level_result(const formats::Outcome& old, const formats::Outcome& now) const {
    LevelResult result;
    result.old = verdict_of(old);
    result.now = verdict_of(now);
    result.change = change_of(result.old, result.now);
    result.old_effects = finder_.effects(old, false);
    result.new_effects = finder_.effects(now, true);
    result.old_exclusions.add(old.transaction->exclusion_uses());
    result.new_exclusions.add(now.transaction->exclusion_uses());
    result.old_ms = old.elapsed_us / 1000;
    result.new_ms = now.elapsed_us / 1000;
    if (result.change == Change::same) return result;
    result.found = finder_.find(old, now, result.old_effects, result.new_effects);
    if (result.found.needs_trace) result.signature = signature_of(result);
    return result;
  }

  std::string signature_of(const LevelResult& result) const {
    std::string text =
        fmt::format("{} {} ", static_cast<int>(result.change), result.old.rule_id.value_or(0));
    const auto add = [&](const RuleEffects& effects) {
      for (const auto& [pair, effect] : effects) {
        text += fmt::format("{}:{} ", place_of(pair), effect.points);
      }
      text += '|';
    };
    add(result.old_effects);
    add(result.new_effects);
    return text;
  }

  void take(Compared&& compared) {
    ++result_.transactions;
    if (compared.other_engine) ++result_.other_engine;
    for (size_t i = 0; i < compared.levels.size(); ++i) {
      LevelResult& each = compared.levels[i];
      LevelTotals& totals = result_.levels[i];
      ++totals.changes[static_cast<size_t>(each.change)];
      if (each.old.undecided || each.now.undecided) ++totals.undecided;
      result_.old_ms += each.old_ms;
      result_.new_ms += each.new_ms;
      result_.old_exclusions.merge(each.old_exclusions);
      result_.new_exclusions.merge(each.new_exclusions);
      count_effects(each, compared);
      if (each.change == Change::same) continue;
      std::string group;
      if (each.found.needs_trace) {
        group = hash_of(fmt::format("{} {}", i, each.signature));
        trace(i, group, each, compared);
      }
      result_.changes.push_back({compared.id, compared.place, compared.method, compared.uri,
                                 programs_[i].level, std::move(each.old), std::move(each.now),
                                 each.change, std::move(each.found.causes), std::move(group)});
    }
  }

  size_t place_of(const lint::RulePair* pair) const {
    return static_cast<size_t>(pair - rulesets_.pairs.all().data());
  }
  RuleTotals& totals_of(const lint::RulePair* pair) {
    const auto [it, inserted] = result_.rules.try_emplace(place_of(pair));
    if (inserted) {
      const parser::Rule& rule = pair->now != nullptr ? *pair->now : *pair->old;
      it->second.id = rule.id;
      it->second.speaks = rule.has(parser::Action::msg);
    }
    return it->second;
  }

  void count_effects(const LevelResult& level, const Compared& compared) {
    for (const auto& [pair, effect] : level.old_effects) {
      RuleTotals& totals = totals_of(pair);
      totals.old_hits += effect.matched ? 1 : 0;
      totals.old_points += effect.points;
    }
    for (const auto& [pair, effect] : level.new_effects) {
      RuleTotals& totals = totals_of(pair);
      totals.new_hits += effect.matched ? 1 : 0;
      totals.new_points += effect.points;
    }
    const auto matched = [](const RuleEffects& effects, const lint::RulePair* pair) {
      const auto it = effects.find(pair);
      return it != effects.end() && it->second.matched;
    };
    for (const RuleEffects* const effects : {&level.old_effects, &level.new_effects}) {
      for (const auto& [pair, effect] : *effects) {
        if (matched(level.old_effects, pair) == matched(level.new_effects, pair)) continue;
        auto& sample = totals_of(pair).sample;
        if (!sample || compared.place < *sample) sample = compared.place;
      }
    }
  }

  /// Runs a transaction once more, step by step, where it is one that tells of its group.
  void trace(size_t level, const std::string& group, LevelResult& result,
             const Compared& compared) {
    const TransactionPlace& place = compared.place;
    std::string sample = hash_of(fmt::format("{} {}", place.offset, place.source));
    if (!result_.wants_trace(group, sample)) return;
    if (!tracers_) tracers_ = evaluators(true);
    EvaluatorPair& pair = *(*tracers_)[level];
    const formats::Outcome old = pair.old.run(*compared.exchange, place.source);
    const formats::Outcome now = pair.now.run(*compared.exchange, place.source);
    // Without what earlier transactions left in collections it may be decided on otherwise.
    const auto as_before = [](const formats::Outcome& outcome, const Verdict& verdict) {
      return change_of(verdict_of(outcome), verdict) == Change::same;
    };
    GroupTrace found{std::move(sample), result.found.causes};
    if (as_before(old, result.old) && as_before(now, result.now)) {
      found.causes = finder_.find(old, now, result.old_effects, result.new_effects).causes;
    } else {
      found.causes.push_back({CauseKind::unknown, result.now.rule_id, "", ""});
    }
    result_.add_trace(group, std::move(found));
  }

  const Rulesets& rulesets_;
  const std::vector<ProgramPair>& programs_;
  const RulesetOptions& options_;
  const TrafficOptions& traffic_;
  TrafficRunner& runner_;
  Console& console_;
  const CauseFinder finder_;
  std::vector<std::unique_ptr<engine::CollectionStore>> collections_;  ///< old, new, level by level
  std::vector<std::unique_ptr<engine::CollectionStore>> profiled_collections_;
  std::vector<ProfilerPair> profilers_;
  RunNotices notices_;
  std::shared_ptr<std::vector<std::unique_ptr<EvaluatorPair>>> tracers_;
  TrafficDiff result_;
};

}  // namespace

std::string TransactionPlace::text() const {
  return fmt::format("{}#{}", source, formats::entry_name(entry, offset));
}

bool TransactionPlace::operator<(const TransactionPlace& other) const {
  return std::tie(source, offset) < std::tie(other.source, other.offset);
}

void RuleTotals::merge(const RuleTotals& other) {
  id = other.id;
  speaks = other.speaks;
  old_hits += other.old_hits;
  new_hits += other.new_hits;
  old_points += other.old_points;
  new_points += other.new_points;
  old_us += other.old_us;
  new_us += other.new_us;
  if (other.sample && (!sample || *other.sample < *sample)) sample = other.sample;
}

void TrafficDiff::merge(const TrafficDiff& other) {
  transactions += other.transactions;
  unreadable += other.unreadable;
  skipped += other.skipped;
  not_selected += other.not_selected;
  other_engine += other.other_engine;
  for (size_t at = 0; at < std::min(levels.size(), other.levels.size()); ++at) {
    for (size_t i = 0; i < kChanges; ++i) levels[at].changes[i] += other.levels[at].changes[i];
    levels[at].undecided += other.levels[at].undecided;
  }
  changes.insert(changes.end(), other.changes.begin(), other.changes.end());
  sort_changes(changes);
  for (const auto& [group, trace] : other.traces) {
    if (wants_trace(group, trace.sample)) add_trace(group, GroupTrace(trace));
  }
  for (const auto& [place, totals] : other.rules) rules[place].merge(totals);
  void_exclusions.insert(other.void_exclusions.begin(), other.void_exclusions.end());
  old_exclusions.merge(other.old_exclusions);
  new_exclusions.merge(other.new_exclusions);
  old_ms += other.old_ms;
  new_ms += other.new_ms;
}

bool TrafficDiff::wants_trace(const std::string& group, const std::string& sample) const {
  const auto known = traces.find(group);
  if (known != traces.end()) return sample <= known->second.sample;
  return traces.size() < kMostTraces || group < traces.rbegin()->first;
}

void TrafficDiff::add_trace(const std::string& group, GroupTrace&& trace) {
  const auto [known, inserted] = traces.try_emplace(group, trace);
  if (!inserted) known->second = std::min(known->second, trace);
  if (traces.size() > kMostTraces) traces.erase(std::prev(traces.end()));
}

std::vector<Cause> TrafficDiff::causes_of(const ChangedTransaction& change) const {
  if (change.group.empty()) return change.causes;
  if (const auto trace = traces.find(change.group); trace != traces.end()) {
    return trace->second.causes;
  }
  std::vector<Cause> causes = change.causes;
  causes.push_back({CauseKind::unknown, change.now.rule_id, "", ""});
  return causes;
}

std::map<std::string, uint64_t> TrafficDiff::causes() const {
  std::map<std::string, uint64_t> counts;
  for (const ChangedTransaction& change : changes) {
    if (change.change == Change::score) continue;
    for (const std::string& sentence : sentences_of(causes_of(change))) ++counts[sentence];
  }
  return counts;
}

void TrafficDiff::hide_uris(const formats::Masks& masks) {
  for (ChangedTransaction& change : changes) change.uri = masks.hide("REQUEST_URI", change.uri);
}

std::array<uint64_t, kChanges> TrafficDiff::totals() const {
  std::array<uint64_t, kChanges> sums{};
  for (const LevelTotals& level : levels) {
    for (size_t i = 0; i < kChanges; ++i) sums[i] += level.changes[i];
  }
  return sums;
}

uint64_t TrafficDiff::undecided() const {
  uint64_t sum = 0;
  for (const LevelTotals& level : levels) sum += level.undecided;
  return sum;
}

std::optional<TrafficDiff> compare_traffic(const Rulesets& rulesets,
                                           const std::vector<ProgramPair>& programs,
                                           const RulesetOptions& options,
                                           const TrafficOptions& traffic, bool measures,
                                           const formats::Masks& masks, TrafficRunner& runner,
                                           Console& console) {
  TrafficComparison comparison(rulesets, programs, options, traffic, masks, runner, console);
  if (measures) comparison.measure();
  return comparison.run();
}

}  // namespace wafcheck::cli::inline diff
