#include "cli/tune/tuner.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <utility>

#include "cli/run_identity.h"
#include "cli/tune/files.h"
#include "cli/tune/path.h"
#include "cli/tune/place.h"
#include "cli/tune/plugin.h"
#include "formats/front/front.h"
#include "parser/base/escape.h"
#include "parser/base/iso8601.h"
#include "parser/ruleset/message.h"

namespace wafcheck::cli::inline tune {
namespace {

/// Payloads of a rule that are put into each of its targets for the proof.
constexpr size_t kPayloadsOfProof = 60;

std::string line_of(const formats::Exchange& exchange) {
  const std::string& uri = exchange.request.uri;
  return exchange.request.method + " " + uri.substr(0, uri.find('?'));
}

/// The message of a rule; empty: there is no such rule.
std::string message_of(const parser::RulesetModel& ruleset, uint64_t id) {
  const parser::Rule* const rule = ruleset.find(id);
  return rule == nullptr ? std::string() : std::string(parser::message_of(*rule));
}

/// The names of the two files of exclusions.
ExclusionFiles names_of_files(const std::string& plugin) {
  if (plugin.empty()) return {std::string(kBeforeName), std::string(kAfterName)};
  return {plugin + "-before.conf", plugin + "-after.conf"};
}

BlockedRequest blocked_by(const formats::Outcome& outcome, Evidence evidence) {
  BlockedRequest blocked;
  blocked.exchange = *outcome.exchange;
  blocked.source = outcome.source;
  blocked.id = outcome.transaction->id();
  blocked.evidence.push_back(std::move(evidence));
  return blocked;
}

std::optional<lint::EngineTarget> engine_of(const std::string& text) {
  const auto engine = lint::parse_engine(text);
  return engine ? std::optional(*engine) : std::nullopt;
}

}  // namespace

/// A transaction of the good traffic when a worker is done with it.
struct Tuner::Seen {
  std::string path, expression, host, client;
  std::optional<int64_t> time_us;
  std::optional<BlockedRequest> blocked;
};

Tuner::Tuner(const TunePlan& plan, Console& console)
    : plan_(plan),
      console_(console),
      workbench_(plan.ruleset, plan.traffic, console, plan.directory, names_of_files(plan.plugin)),
      runner_(plan.traffic, console) {}

std::vector<std::string> Tuner::files_of(const TunePlan& plan) {
  const ExclusionFiles names = names_of_files(plan.plugin);
  const std::filesystem::path directory = plan.directory;
  return {(directory / names.before).string(), (directory / names.after).string()};
}

std::optional<TuneResult> Tuner::run() {
  if (!load() || !read_lock()) return std::nullopt;
  result_.plugin = plan_.plugin;
  result_.id_base = plan_.id_base;
  result_.before_file = workbench_.path_before();
  result_.after_file = workbench_.path_after();
  if (plan_.evidence ? !take_evidence() : !gather()) return std::nullopt;
  result_.transactions = good_.transactions;
  if (good_.newest_us) result_.date = format_iso8601(*good_.newest_us).substr(0, 10);
  if (!good_.blocked.empty() && !read_attacks()) return std::nullopt;
  if (!plan_.include_suspicious)
    mark_suspicious(good_.blocked, attacks_, good_.clients, workbench_.ruleset());
  for (const BlockedRequest& request : good_.blocked) {
    if (request.suspicious.empty()) {
      ++result_.before;
    } else {
      result_.suspicious.push_back(named(request));
      result_.suspicious.back().reason = request.suspicious;
    }
  }
  if (!search() || !prove()) return std::nullopt;
  return std::move(result_);
}

bool Tuner::load() {
  workbench_.add(plan_.present);
  if (!runner_.check() || !workbench_.load()) return false;
  judge_.emplace(workbench_.ruleset());
  return true;
}

const GoodTraffic* Tuner::gather_only() {
  runner_.expect_summary();
  return load() && gather() ? &good_ : nullptr;
}

bool Tuner::read_lock() {
  const uint64_t first = plan_.id_base + (plan_.plugin.empty() ? 0 : kPluginFirst);
  ids_.emplace(first, [this](uint64_t id) { return workbench_.ruleset().by_id.contains(id); });
  const std::string path = (std::filesystem::path(plan_.directory) / kLockName).string();
  std::error_code error;
  if (plan_.directory.empty() || !std::filesystem::exists(path, error)) return true;
  console_.files().name_file(path);
  const auto text = console_.files().read(path);
  const auto read = text ? ids_->read(*text) : Result<void>(std::unexpected(text.error()));
  if (!read) console_.error(fmt::format("{}: {}", path, read.error().message));
  return read.has_value();
}

bool Tuner::gather() {
  workbench_.empty_collections();
  const auto make = [&]() -> TrafficRunner::Worker<Seen> {
    const auto evaluator =
        std::make_shared<formats::Evaluator>(workbench_.base(), workbench_.evaluation());
    return [this, evaluator](TrafficJob&& job) {
      const formats::Outcome outcome = evaluator->run(std::move(job.exchange), job.source);
      notices_.collect(*outcome.transaction);
      Seen seen;
      seen.path = path_of(outcome);
      seen.expression = path_template(seen.path);
      seen.host = host_of(outcome.exchange->request);
      if (outcome.exchange->client) seen.client = outcome.exchange->client->ip;
      seen.time_us = outcome.exchange->time_us;
      if (auto evidence = judge_->judge(outcome)) {
        seen.blocked = blocked_by(outcome, std::move(*evidence));
      }
      return seen;
    };
  };
  runner_.run<Seen>(workbench_.threads(*workbench_.base()), make, [&](Seen&& seen) {
    ++good_.transactions;
    good_.paths.add(seen.path, seen.expression, seen.host);
    if (!seen.client.empty()) ++good_.clients[seen.client];
    good_.newest_us = std::max(good_.newest_us, seen.time_us);
    if (seen.blocked) good_.blocked.push_back(std::move(*seen.blocked));
    return true;
  });
  good_.unreadable = runner_.unreadable();
  good_.skipped = runner_.skipped();
  good_.not_selected = runner_.not_selected();
  good_.sort();
  notices_.print(console_);
  return !console_.failed();
}

bool Tuner::take_evidence() {
  if (plan_.evidence_rules != identity_of(plan_.ruleset, plan_.traffic, *workbench_.base())) {
    console_.error("--evidence: it is of other rules, or of other options, than these");
    return false;
  }
  good_ = *plan_.evidence;
  console_.note(fmt::format("the proof runs the {} requests that were held back, and no others",
                            good_.blocked.size()));
  return true;
}

bool Tuner::read_attacks() {
  std::vector<std::string> inputs = plan_.attacks;
  if (inputs.empty()) {
    const std::string tests = find_tests(workbench_.ruleset());
    if (!tests.empty()) {
      console_.note(fmt::format("attacks are those of the rules' own tests, {}", tests));
      inputs = {tests};
    } else {
      console_.note(
          "no tests stand beside the rules: what exclusions lose is not measured; name attacks "
          "with --attacks");
    }
  }
  return attacks_.read(inputs, plan_.traffic, workbench_, console_);
}

bool Tuner::search() {
  SearchOptions options{{}, engine_of(plan_.ruleset.engine), plan_.breadth};
  if (console_.options().verbose) {
    options.say = [this](const std::string& line) { console_.note(line); };
  }
  Search search(workbench_, attacks_, good_.paths, std::move(options));
  auto chosen = search.run(good_.blocked);
  if (!chosen) {
    console_.error(chosen.error().message);
    return false;
  }
  chosen_ = std::move(*chosen);
  for (size_t at = 0; at < chosen_.size(); ++at) {
    Proposal& proposal = result_.proposals.emplace_back();
    proposal.exclusion = chosen_[at].exclusion;
    proposal.number = at;
    proposal.message = message_of(workbench_.ruleset(), proposal.exclusion.rule_id);
    const Evidence& sample = good_.blocked[chosen_[at].sample].evidence.front();
    proposal.sample_method = sample.method;
    proposal.sample_path = sample.path;
    proposal.value = chosen_[at].value;
  }
  return true;
}

bool Tuner::prove() {
  arrange(result_.proposals, *ids_, result_.before_file, result_.after_file);
  const auto write = [&] {
    result_.before_text = file_text(result_, result_.before_file);
    result_.after_text = file_text(result_, result_.after_file);
  };
  write();
  const Trial trial = workbench_.load_with({result_.before_text, result_.after_text}, true);
  if (trial.program == nullptr) {
    console_.error("the ruleset does not load with the exclusions", trial.errors);
    return false;
  }
  result_.warnings = trial.warnings;
  prove_good(trial);
  prove_attacks(trial);
  // What the proof found stands in the comments, which change nothing.
  write();
  if (!plan_.plugin.empty()) add_plugin_files(trial);
  return !console_.failed();
}

void Tuner::add_plugin_files(const Trial& trial) {
  formats::EvaluatorOptions evaluation = workbench_.evaluation();
  evaluation.front = formats::Front::httpd;
  result_.plugin_files = plugin_tests(plan_.plugin, result_.proposals, trial.program, evaluation,
                                      result_.without_tests);
  result_.plugin_files.emplace_back(plan_.plugin + "-config.conf",
                                    plugin_config(plan_.plugin, plan_.id_base));
  if (ids_->highest() >= plan_.id_base + kPluginBlock) {
    console_.warning(
        fmt::format("the exclusions need more ids than the {} of a plugin", kPluginBlock));
  }
}

NamedRequest Tuner::named(const BlockedRequest& request) const {
  return {request.id,
          request.source,
          request.exchange.entry,
          request.exchange.offset,
          line_of(request.exchange),
          {}};
}

std::string Tuner::left_reason(const Evidence& evidence) const {
  if (!evidence.reason.empty()) return evidence.reason;
  std::string reason;
  for (const Obstacle& obstacle : evidence.obstacles) {
    reason += fmt::format("{}{}:", reason.empty() ? "" : "; ", obstacle.rule_id);
    for (const Obstacle::Part& part : obstacle.parts) {
      const Hit& hit = evidence.hits[part.hit];
      if (hit.rule_id != obstacle.rule_id) reason += fmt::format(" {}", hit.rule_id);
      reason += " " + hit.target.text();
    }
  }
  return reason;
}

/// What of all good traffic the rules still hold back with the files as they are written.
std::vector<BlockedRequest> Tuner::held_back_by(const Trial& trial) {
  std::vector<BlockedRequest> left;
  // What is to be said about the input was said by the first run.
  std::ostringstream said;
  Streams streams{console_.in(), said, said};
  streams.err_is_terminal = false;
  Console quiet(streams, console_.options());
  if (!quiet.guard_files()) return left;
  TrafficRunner runner(plan_.traffic, quiet);
  if (!runner.check()) return left;
  const Judge judge(trial.program->ruleset());
  workbench_.empty_collections();
  const auto make = [&]() -> TrafficRunner::Worker<std::optional<BlockedRequest>> {
    const auto evaluator =
        std::make_shared<formats::Evaluator>(trial.program, workbench_.evaluation());
    return [&judge, evaluator](TrafficJob&& job) -> std::optional<BlockedRequest> {
      const formats::Outcome outcome = evaluator->run(std::move(job.exchange), job.source);
      auto evidence = judge.judge(outcome);
      if (!evidence) return std::nullopt;
      return blocked_by(outcome, std::move(*evidence));
    };
  };
  uint64_t count = 0;
  runner.run<std::optional<BlockedRequest>>(workbench_.threads(*trial.program), make,
                                            [&](std::optional<BlockedRequest>&& blocked) {
                                              ++count;
                                              if (blocked) left.push_back(std::move(*blocked));
                                              return true;
                                            });
  if (count != result_.transactions) {
    console_.error(fmt::format(
        "the traffic changed while it was read: {} transactions, then {}; it is read twice, so it "
        "must be a file",
        result_.transactions, count));
  }
  return left;
}

/// The same of the requests alone that were held back: no others are there.
std::vector<BlockedRequest> Tuner::held_back_again(const Trial& trial) {
  const Judge judge(trial.program->ruleset());
  std::vector<Rerun> runs;
  for (const BlockedRequest& request : good_.blocked) {
    runs.push_back({&request.exchange, request.source});
  }
  std::vector<std::optional<Evidence>> evidence(runs.size());
  workbench_.run(trial.program, runs, [&](size_t at, const formats::Outcome& outcome) {
    evidence[at] = judge.judge(outcome);
  });
  std::vector<BlockedRequest> left;
  for (size_t at = 0; at < runs.size(); ++at) {
    if (!evidence[at]) continue;
    left.push_back(good_.blocked[at]);
    left.back().evidence = {std::move(*evidence[at])};
  }
  return left;
}

void Tuner::prove_good(const Trial& trial) {
  std::set<Place> suspicious, was_blocked, still;
  for (const BlockedRequest& request : good_.blocked) {
    const Place place{request.source, request.exchange.offset};
    (request.suspicious.empty() ? was_blocked : suspicious).insert(place);
  }
  for (const BlockedRequest& request :
       plan_.evidence ? held_back_again(trial) : held_back_by(trial)) {
    const Place place{request.source, request.exchange.offset};
    if (suspicious.contains(place)) continue;
    still.insert(place);
    result_.left.push_back(named(request));
    result_.left.back().reason = left_reason(request.evidence.front());
  }
  for (Proposal& proposal : result_.proposals) {
    for (const size_t at : chosen_[proposal.number].requests) {
      const BlockedRequest& request = good_.blocked[at];
      if (!still.contains({request.source, request.exchange.offset})) {
        proposal.freed.push_back(named(request));
      }
    }
  }
}

void Tuner::prove_attacks(const Trial& trial) {
  const std::vector<Attack>& attacks = attacks_.detected();
  result_.has_attacks = attacks_.size() != 0;
  std::vector<Rerun> runs;
  for (const Attack& attack : attacks) runs.push_back({&attack.exchange, attack.source});
  const auto detect = [&](const std::shared_ptr<const engine::Program>& program) {
    std::vector<char> detected(runs.size(), 0);
    workbench_.run(program, runs, [&](size_t at, const formats::Outcome& outcome) {
      detected[at] = !outcome.rejected && formats::is_interrupted(outcome) ? 1 : 0;
    });
    return detected;
  };
  const std::vector<char> before = detect(workbench_.base());
  const std::vector<char> after = result_.proposals.empty() ? before : detect(trial.program);
  for (size_t at = 0; at < attacks.size(); ++at) {
    if (before[at] == 0) continue;
    ++result_.attacks_before;
    if (after[at] != 0) {
      ++result_.attacks_after;
    } else {
      result_.lost.push_back({attacks[at].id, 0, false, 0, {}, {}});
    }
  }
  add_lost_payloads(trial);
}

/// The payloads of each rule, put where it is excluded.
void Tuner::add_lost_payloads(const Trial& trial) {
  struct Try {
    size_t proposal = 0;
    uint64_t rule_id = 0;
    std::string_view payload;
    formats::Exchange exchange;
    char before = 0, after = 0;
  };
  std::vector<Try> tries;
  for (size_t at = 0; at < result_.proposals.size(); ++at) {
    const Chosen& chosen = chosen_[result_.proposals[at].number];
    for (const uint64_t rule : chosen.rules) {
      for (const std::string_view payload : attacks_.payloads(rule, kPayloadsOfProof)) {
        auto placed = with_payload(good_.blocked[chosen.sample].exchange, chosen.target,
                                   chosen.value, payload);
        if (placed) tries.push_back({at, rule, payload, std::move(*placed)});
      }
    }
  }
  std::vector<Rerun> runs;
  for (const Try& each : tries) runs.push_back({&each.exchange, ""});
  const auto detect = [&](const std::shared_ptr<const engine::Program>& program,
                          char Try::* detected) {
    workbench_.run(program, runs, [&](size_t at, const formats::Outcome& outcome) {
      tries[at].*detected = formats::is_interrupted(outcome) ? 1 : 0;
    });
  };
  detect(workbench_.base(), &Try::before);
  detect(trial.program, &Try::after);
  for (const Try& each : tries) {
    if (each.before == 0) continue;
    Proposal& proposal = result_.proposals[each.proposal];
    ++proposal.tried;
    ++result_.attacks_before;
    if (each.after != 0) {
      ++result_.attacks_after;
      continue;
    }
    ++proposal.lost;
    result_.lost.push_back({{},
                            each.proposal,
                            true,
                            each.rule_id,
                            chosen_[proposal.number].target.text(),
                            std::string(each.payload)});
  }
}

}  // namespace wafcheck::cli::inline tune
