#include "cli/tune/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/tune/place.h"
#include "parser/base/ascii.h"

namespace wafcheck::cli::inline tune {
namespace {

/// Rounds of trials; each finds candidates without effect and takes wider ones.
constexpr int kMaxRounds = 10;
/// Payloads that are put into a target to choose between candidates.
constexpr size_t kPayloadsOfChoice = 12;
/// Requests that are run first to see whether an exclusion is needed.
constexpr size_t kFirstRequests = 32;

/// An id of the set as UNIQUE_ID names it: "/3/7/".
std::string names_of(const std::set<size_t>& active) {
  std::string text = "/";
  for (const size_t each : active) text += std::to_string(each) + "/";
  return text;
}

/// The same exclusion as an action, which may have a condition.
Exclusion as_action(const Exclusion& exclusion) {
  Exclusion action = exclusion;
  if (action.kind == ExclusionKind::update_target) action.kind = ExclusionKind::ctl_target;
  if (action.kind == ExclusionKind::remove) action.kind = ExclusionKind::ctl_rule;
  return action;
}

/// Ids that no rule of the ruleset has.
uint64_t free_ids(const parser::RulesetModel& ruleset) {
  constexpr uint64_t kHighest = 1'900'000'000;
  uint64_t id = 0;
  for (const auto& [own, rule] : ruleset.by_id) {
    if (own < kHighest) id = std::max(id, own);
  }
  return id + 1;
}

}  // namespace

std::string Search::probe_text(const Candidates& candidates,
                               std::vector<uint32_t>& first_lines) const {
  std::string text;
  uint64_t id = free_ids(workbench_.ruleset());
  for (size_t at = 0; at < candidates.all().size(); ++at) {
    first_lines.push_back(static_cast<uint32_t>(std::ranges::count(text, '\n')) + 1);
    const Exclusion action = as_action(candidates.all()[at].exclusion);
    text += seclang_of(std::span(&action, 1), id++, fmt::format("@contains /{}/", at)) + "\n";
  }
  return text;
}

Result<Search::Probe> Search::make_probe(const Candidates& candidates) {
  std::vector<uint32_t> first_lines;
  Trial trial = workbench_.load_with({probe_text(candidates, first_lines), {}});
  if (trial.program != nullptr) {
    Probe probe{trial.program, std::nullopt};
    probe.judge.emplace(probe.program->ruleset());
    return probe;
  }
  if (trial.bad_lines.empty()) {
    return fail("the ruleset does not load with exclusions in it:\n" + trial.errors);
  }
  // The engine refuses some: they are void, and the caller asks for others.
  for (const uint32_t line : trial.bad_lines) {
    const auto next = std::ranges::upper_bound(first_lines, line);
    if (next == first_lines.begin()) continue;
    void_.insert(candidates.all()[static_cast<size_t>(next - first_lines.begin()) - 1].exclusion);
  }
  return Probe{};
}

std::vector<std::optional<Evidence>> Search::rerun(const Probe& probe,
                                                   const std::vector<BlockedRequest>& requests,
                                                   const std::vector<size_t>& which,
                                                   const Active& active) {
  const std::string id = names_of(active);
  std::vector<Rerun> runs;
  for (const size_t at : which) runs.push_back({&requests[at].exchange, requests[at].source, id});
  std::vector<std::optional<Evidence>> left(which.size());
  workbench_.run(probe.program, runs, [&](size_t at, const formats::Outcome& outcome) {
    left[at] = probe.judge->judge(outcome);
  });
  return left;
}

std::vector<double> Search::costs(const Candidates& candidates, const Probe& probe,
                                  const std::vector<BlockedRequest>& requests) {
  struct Try {
    size_t candidate = 0;
    formats::Exchange exchange;
    bool detected = false, still = false;
  };
  std::vector<Try> tries;
  for (size_t at = 0; at < candidates.all().size(); ++at) {
    const Candidate& candidate = candidates.all()[at];
    if (known_costs_.contains(candidate.exclusion)) continue;
    std::set<std::pair<uint64_t, TargetName>> seen;
    for (const size_t each : candidate.sites) {
      const Site& site = candidates.sites()[each];
      if (!seen.emplace(site.rule_id, site.target).second) continue;
      for (const std::string_view payload : attacks_.payloads(site.rule_id, kPayloadsOfChoice)) {
        auto placed = with_payload(requests[site.requests.front()].exchange, site.target,
                                   site.value, payload);
        if (placed) tries.push_back({at, std::move(*placed), false, false});
      }
    }
  }
  std::vector<Rerun> runs;
  for (const Try& each : tries) {
    runs.push_back({&each.exchange, "", "/"});
    runs.push_back({&each.exchange, "", names_of({each.candidate})});
  }
  workbench_.run(probe.program, runs, [&](size_t at, const formats::Outcome& outcome) {
    (at % 2 == 0 ? tries[at / 2].detected : tries[at / 2].still) = formats::is_interrupted(outcome);
  });
  std::vector<double> costs;
  for (const Candidate& candidate : candidates.all()) {
    // A wider one opens other targets too, where nothing was tried.
    double wide = 0;
    for (const size_t each : candidate.sites) {
      const auto payloads = attacks_.payloads(candidates.sites()[each].rule_id);
      wide = std::max(wide, static_cast<double>(payloads.size()));
    }
    if (!known_costs_.contains(candidate.exclusion)) {
      known_costs_[candidate.exclusion] = static_cast<double>(candidate.width) * (1 + wide);
    }
  }
  for (const Try& each : tries) {
    if (each.detected && !each.still) {
      known_costs_[candidates.all()[each.candidate].exclusion] += 1;
    }
  }
  for (const Candidate& candidate : candidates.all()) {
    costs.push_back(known_costs_.at(candidate.exclusion));
  }
  return costs;
}

Result<std::vector<Chosen>> Search::run(std::vector<BlockedRequest>& requests) {
  std::vector<size_t> good;
  for (size_t at = 0; at < requests.size(); ++at) {
    if (requests[at].suspicious.empty()) good.push_back(at);
  }
  if (good.empty()) return std::vector<Chosen>();
  for (int round = 0;; ++round) {
    const Candidates candidates(requests, paths_, workbench_.ruleset(), options_.engine,
                                options_.breadth, void_);
    auto probe = make_probe(candidates);
    if (!probe) return std::unexpected(probe.error());
    if (probe->program == nullptr) {
      if (round < kMaxRounds) continue;
      return fail("the engine refuses the exclusions");
    }
    const std::vector<double> costs = this->costs(candidates, *probe, requests);
    const std::vector<size_t> taken = choose_cover(candidates.cover(), costs);
    Active active(taken.begin(), taken.end());
    const auto left = rerun(*probe, requests, good, active);
    if (options_.say) {
      options_.say(fmt::format(
          "round {}: {} candidates, {} taken, {} requests still held back, {} without effect",
          round + 1, candidates.all().size(), active.size(),
          std::ranges::count_if(left, [](const auto& each) { return each.has_value(); }),
          void_.size()));
      for (const Candidate& each : candidates.all()) {
        options_.say("  " + each.exclusion.group() + " " + each.exclusion.seclang());
      }
    }
    bool learned = false;
    for (size_t i = 0; i < good.size(); ++i) {
      if (!left[i]) continue;
      BlockedRequest& request = requests[good[i]];
      // What an exclusion in force was to take away is there all the same: it has no effect.
      for (const Hit& hit : left[i]->hits) {
        for (const Site& site : candidates.sites()) {
          if (site.rule_id != hit.rule_id || site.target != hit.target ||
              !std::ranges::binary_search(site.requests, good[i])) {
            continue;
          }
          for (const size_t each : site.candidates) {
            if (!active.contains(each)) continue;
            learned |= void_.insert(candidates.all()[each].exclusion).second;
          }
        }
      }
      const bool known = std::ranges::any_of(request.evidence, [&](const Evidence& each) {
        return each.obstacles.size() == left[i]->obstacles.size() &&
               each.hits.size() == left[i]->hits.size() &&
               std::ranges::equal(each.hits, left[i]->hits, [](const Hit& a, const Hit& b) {
                 return a.rule_id == b.rule_id && a.target == b.target;
               });
      });
      if (!known) {
        request.evidence.push_back(*left[i]);
        learned = true;
      }
    }
    if (learned && round < kMaxRounds) continue;
    minimise(*probe, candidates, requests, active);
    return chosen(candidates, active);
  }
}

void Search::minimise(const Probe& probe, const Candidates& candidates,
                      const std::vector<BlockedRequest>& requests, Active& active) {
  const auto touched = [&](size_t candidate) {
    std::set<size_t> found;
    for (const size_t site : candidates.all()[candidate].sites) {
      const auto& own = candidates.sites()[site].requests;
      found.insert(own.begin(), own.end());
    }
    return std::vector<size_t>(found.begin(), found.end());
  };
  std::set<size_t> all;
  for (const size_t each : active) {
    const auto own = touched(each);
    all.insert(own.begin(), own.end());
  }
  const std::vector<size_t> order(all.begin(), all.end());
  const auto left = rerun(probe, requests, order, active);
  std::set<size_t> freed;
  for (size_t i = 0; i < order.size(); ++i) {
    if (!left[i]) freed.insert(order[i]);
  }
  for (const size_t each : std::vector<size_t>(active.begin(), active.end())) {
    Active without = active;
    without.erase(each);
    std::vector<size_t> own = touched(each);
    std::erase_if(own, [&](size_t at) { return !freed.contains(at); });
    bool needed = false;
    for (size_t from = 0; from < own.size() && !needed;) {
      const size_t count = from == 0 ? std::min(kFirstRequests, own.size()) : own.size() - from;
      const std::vector<size_t> part(own.begin() + static_cast<std::ptrdiff_t>(from),
                                     own.begin() + static_cast<std::ptrdiff_t>(from + count));
      const auto blocked = rerun(probe, requests, part, without);
      needed = std::ranges::any_of(blocked, [](const auto& one) { return one.has_value(); });
      from += count;
    }
    if (!needed) active = std::move(without);
  }
}

std::vector<Chosen> Search::chosen(const Candidates& candidates, const Active& active) const {
  std::vector<Chosen> all;
  for (const size_t each : active) {
    const Candidate& candidate = candidates.all()[each];
    Chosen& chosen = all.emplace_back();
    chosen.exclusion = candidate.exclusion;
    std::set<size_t> requests;
    std::set<uint64_t> rules;
    for (const size_t at : candidate.sites) {
      const Site& site = candidates.sites()[at];
      requests.insert(site.requests.begin(), site.requests.end());
      rules.insert(site.rule_id);
    }
    chosen.requests.assign(requests.begin(), requests.end());
    chosen.rules.assign(rules.begin(), rules.end());
    const Site& first = candidates.sites()[candidate.sites.front()];
    chosen.sample = first.requests.front();
    chosen.target = first.target;
    chosen.value = first.value;
  }
  return all;
}

}  // namespace wafcheck::cli::inline tune
