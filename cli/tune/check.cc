#include "cli/tune/check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "cli/tune/report.h"
#include "cli/tune/workbench.h"
#include "formats/json/writer.h"
#include "formats/why/evidence.h"
#include "lint/analysis/exclusions.h"
#include "parser/base/ascii.h"
#include "parser/base/markdown_text.h"
#include "parser/base/shown.h"
#include "parser/regex/pcre.h"

namespace wafcheck::cli::inline tune {
namespace {

/// Up to so many targets or paths are "only these".
constexpr size_t kFew = 3;
constexpr uint32_t kMatchSteps = 100'000;

/// What a rule matched in one transaction.
struct CheckedHit {
  uint64_t rule_id = 0;
  TargetName target;
  auto operator<=>(const CheckedHit&) const = default;
};

struct CheckedRun {
  std::set<CheckedHit> without, with;
  std::set<uint64_t> matched;  ///< rules, with the exclusions
  std::string path;
};

std::set<CheckedHit> hits_of(const formats::Outcome& outcome, std::set<uint64_t>* rules) {
  std::set<CheckedHit> hits;
  for (const formats::RuleEvidence& rule : outcome.evidence->rules()) {
    if (!rule.matched || !rule.starter->id) continue;
    if (rules != nullptr) rules->insert(*rule.starter->id);
    for (const formats::ValueEvidence& value : rule.values) {
      hits.insert({*rule.starter->id,
                   {value.tested.variable, std::string(value.tested.key), value.tested.counted}});
    }
  }
  return hits;
}

/// Adds while there are few; one more says that there are many.
void add_few(std::set<std::string>& to, const std::string& text) {
  if (to.size() <= kFew) to.insert(text);
}

/// One exclusion, and what it did.
struct Watched {
  const lint::Exclusion* exclusion = nullptr;
  std::set<uint64_t> rules;            ///< that it is about
  std::optional<uint64_t> holder;      ///< the rule with the ctl; none: a directive
  std::vector<parser::Pcre> patterns;  ///< of its targets, those that are expressions
  uint64_t met = 0, gone = 0, stayed = 0;
  std::set<std::string> targets, paths;  ///< of what is gone

  bool covers(const CheckedHit& hit) const {
    if (!rules.contains(hit.rule_id)) return false;
    if (exclusion->targets == nullptr) return true;
    size_t pattern = 0;
    return std::ranges::any_of(*exclusion->targets, [&](const parser::Target& target) {
      const bool is_regex = target.selector.kind == parser::SelectorKind::regex;
      const parser::Pcre* const regex = is_regex ? &patterns[pattern++] : nullptr;
      if (parser::info(target.variable).whole != parser::info(hit.target.variable).whole) {
        return false;
      }
      if (regex != nullptr) {
        return regex->match(hit.target.key, 0, kMatchSteps, nullptr) == parser::PcreResult::matched;
      }
      return target.selector.kind == parser::SelectorKind::none ||
             iequals(target.selector.text, hit.target.key);
    });
  }

  void see(const CheckedRun& run) {
    if (holder && !run.matched.contains(*holder)) return;
    ++met;
    for (const CheckedHit& hit : run.without) {
      if (!covers(hit)) continue;
      if (run.with.contains(hit)) {
        ++stayed;
      } else {
        ++gone;
        add_few(targets, hit.target.text());
        add_few(paths, run.path);
      }
    }
  }

  std::pair<ExclusionVerdict, std::string> verdict() const {
    using enum ExclusionVerdict;
    if (met == 0) return {unused, "its conditions are met by no transaction"};
    if (gone == 0 && stayed == 0) return {unused, "what it excludes matches in no transaction"};
    if (gone == 0) {
      return {void_,
              "the rule matches all the same: it runs before the exclusion, or the engine does not "
              "honour this one"};
    }
    const auto list = [](const std::set<std::string>& texts) {
      return fmt::format("{}", fmt::join(texts, ", "));
    };
    const bool whole_collection =
        exclusion->targets != nullptr &&
        std::ranges::any_of(*exclusion->targets, [](const parser::Target& target) {
          return target.selector.kind == parser::SelectorKind::none &&
                 parser::info(target.variable).kind == parser::VariableKind::Collection;
        });
    if ((exclusion->targets == nullptr || whole_collection) && targets.size() <= kFew) {
      return {wider, "the rule matches only in " + list(targets)};
    }
    if (!holder && paths.size() <= kFew) {
      return {wider, "it is needed only on " + list(paths)};
    }
    return {used, {}};
  }
};

Watched watch(const lint::Exclusion& exclusion, const lint::Exclusions& all,
              const parser::RulesetModel& ruleset) {
  Watched watched;
  watched.exclusion = &exclusion;
  all.each(*exclusion.filter, [&](parser::RuleIndex rule) {
    if (ruleset.rules[rule].id) watched.rules.insert(*ruleset.rules[rule].id);
    return true;
  });
  if (exclusion.rule != nullptr) watched.holder = ruleset.rules[exclusion.rule->starter].id;
  if (exclusion.targets == nullptr) return watched;
  for (const parser::Target& target : *exclusion.targets) {
    if (target.selector.kind != parser::SelectorKind::regex) continue;
    auto pattern = parser::Pcre::compile(target.selector.text, {.caseless = true});
    // The loader has compiled it.
    if (pattern) watched.patterns.push_back(std::move(*pattern));
  }
  return watched;
}

}  // namespace

std::string_view to_string(ExclusionVerdict verdict) {
  switch (verdict) {
    case ExclusionVerdict::used:
      return "used";
    case ExclusionVerdict::unused:
      return "unused";
    case ExclusionVerdict::void_:
      return "void";
    case ExclusionVerdict::wider:
      break;
  }
  return "wider";
}

std::optional<std::vector<CheckedExclusion>> check_exclusions(
    const TunePlan& plan, const std::vector<ExclusionFile>& files, Console& console) {
  TrafficRunner runner(plan.traffic, console);
  Workbench workbench(plan.ruleset, plan.traffic, console, files);
  if (!runner.check() || !workbench.load()) return std::nullopt;
  const Trial trial = workbench.load_with_set_aside();
  if (trial.program == nullptr) {
    console.error("the ruleset does not load with the exclusions", trial.errors);
    return std::nullopt;
  }
  const parser::RulesetModel& ruleset = trial.program->ruleset();
  const lint::Exclusions all(ruleset);
  std::vector<Watched> watched;
  for (const lint::Exclusion& exclusion : all.all()) {
    const std::string path(ruleset.sources.begin_of(exclusion.span).path);
    if (!workbench.name_of(path).empty()) watched.push_back(watch(exclusion, all, ruleset));
  }
  if (watched.empty()) {
    console.error("--check: these files hold no exclusions");
    return std::nullopt;
  }
  workbench.empty_collections();
  const auto make = [&]() -> TrafficRunner::Worker<CheckedRun> {
    const auto without =
        std::make_shared<formats::Evaluator>(workbench.base(), workbench.evaluation());
    const auto with = std::make_shared<formats::Evaluator>(trial.program, workbench.evaluation());
    return [without, with](TrafficJob&& job) {
      CheckedRun run;
      const formats::Outcome before = without->run(job.exchange, job.source);
      run.without = hits_of(before, nullptr);
      run.path = path_of(before);
      run.with = hits_of(with->run(std::move(job.exchange), job.source), &run.matched);
      return run;
    };
  };
  runner.run<CheckedRun>(workbench.threads(*trial.program), make, [&](CheckedRun&& run) {
    for (Watched& each : watched) each.see(run);
    return true;
  });
  if (console.failed()) return std::nullopt;
  std::vector<CheckedExclusion> checked;
  for (const Watched& each : watched) {
    const parser::Place place = ruleset.sources.begin_of(each.exclusion->span);
    CheckedExclusion& out = checked.emplace_back();
    out.file = workbench.name_of(std::string(place.path));
    out.line = place.line;
    out.text = ruleset.sources.text(each.exclusion->span);
    std::tie(out.verdict, out.reason) = each.verdict();
  }
  return checked;
}

std::string checked_text(const std::vector<CheckedExclusion>& checked) {
  std::string text;
  std::map<ExclusionVerdict, size_t> counts;
  for (const CheckedExclusion& each : checked) {
    ++counts[each.verdict];
    if (each.verdict == ExclusionVerdict::used) continue;
    text += fmt::format("{}:{}: {}: {}\n    {}\n", readable(each.file), each.line,
                        to_string(each.verdict), readable(each.text), readable(each.reason));
  }
  std::vector<std::string> parts;
  for (const auto& [verdict, count] : counts) {
    parts.push_back(fmt::format("{} {}", count, to_string(verdict)));
  }
  return fmt::format("{}{} exclusions: {}\n", text, checked.size(), fmt::join(parts, ", "));
}

std::string checked_json(const std::vector<CheckedExclusion>& checked) {
  std::string out;
  formats::JsonWriter json(out, 2);
  json.begin_object();
  json.key("schema");
  json.number(1);
  json.key("checked");
  json.begin_array();
  for (const CheckedExclusion& each : checked) {
    json.begin_object();
    json.bytes("file", each.file);
    json.key("line");
    json.number(each.line);
    json.bytes("text", each.text);
    json.member("verdict", to_string(each.verdict));
    if (!each.reason.empty()) json.bytes("reason", each.reason);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + "\n";
}

std::string checked_markdown(const std::vector<CheckedExclusion>& checked) {
  std::string text = "<!-- wafcheck tune -->\n| where | exclusion | verdict | why |\n";
  text += "| --- | --- | --- | --- |\n";
  for (const CheckedExclusion& each : checked) {
    text += fmt::format("| {}:{} | {} | {} | {} |\n", readable(each.file), each.line,
                        markdown_code(each.text), to_string(each.verdict), readable(each.reason));
  }
  return text;
}

}  // namespace wafcheck::cli::inline tune
