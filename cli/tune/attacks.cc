#include "cli/tune/attacks.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "cli/ftw_tests.h"
#include "formats/front/front.h"
#include "formats/ftw/runner.h"
#include "formats/why/evidence.h"
#include "parser/base/ascii.h"

namespace wafcheck::cli::inline tune {
namespace {

namespace fs = std::filesystem;

/// Longer values are no payloads that fit anywhere else.
constexpr size_t kLongestPayload = 4096;
/// Payloads that are shorter, or words with less between them, are contained in much that is good;
/// a value may still equal one.
constexpr size_t kShortestContained = 12;
constexpr ptrdiff_t kFewestMarks = 3;

bool is_telling(std::string_view payload) {
  const auto marks = std::ranges::count_if(payload, [](char byte) {
    return !is_alnum(static_cast<unsigned char>(byte)) && byte != '_';
  });
  return payload.size() >= kShortestContained && marks >= kFewestMarks;
}

bool is_tests_file(const fs::path& path) {
  const std::string extension = lowercase(path.extension().string());
  return extension == ".yaml" || extension == ".yml";
}

/// Whether an input holds FTW tests: they are the only attacks in YAML.
bool holds_tests(const std::string& input) {
  std::error_code error;
  if (!fs::is_directory(input, error)) return is_tests_file(input);
  return std::ranges::any_of(
      fs::recursive_directory_iterator(input, error),
      [](const fs::directory_entry& each) { return is_tests_file(each.path()); });
}

/// Whether a rule is about attacks on applications, by its tags; those on the protocol are
/// often found in what is only unusual.
bool is_about_attacks(const parser::Rule& starter) {
  return std::ranges::any_of(starter.effective, [](const parser::ActionUse* use) {
    return use->id == parser::Action::tag && use->raw.starts_with("attack-") &&
           use->raw != "attack-protocol";
  });
}

}  // namespace

/// What one attack is, and what rules match in it.
struct AttackCorpus::Found {
  Attack attack;
  bool detected = false;
  std::vector<std::pair<const parser::Rule*, std::string>> values;
  std::vector<std::pair<const parser::Rule*, std::string>> others;  ///< that fit nowhere else

  void read(const formats::Outcome& outcome) {
    attack.exchange = *outcome.exchange;
    detected = !outcome.rejected && formats::is_interrupted(outcome);
    for (const formats::RuleEvidence& rule : outcome.evidence->rules()) {
      if (!rule.matched || !rule.starter->id) continue;
      for (const formats::ValueEvidence& value : rule.values) {
        const auto traits = parser::info(value.tested.variable).traits;
        const bool is_input = traits.has(parser::VariableTrait::Input);
        const bool is_sent =
            traits.has(parser::VariableTrait::Path) || traits.has(parser::VariableTrait::Sent);
        if (value.tested.counted || (!is_input && !is_sent) || value.link->op.negated ||
            value.tested.value.empty() || value.tested.value.size() > kLongestPayload) {
          continue;
        }
        (is_input ? values : others).emplace_back(rule.starter, value.tested.value);
      }
    }
  }
};

void AttackCorpus::take(Found&& found) {
  ++count_;
  for (auto& [rule, value] : found.values) {
    if (is_about_attacks(*rule)) payloads_.insert(value);
    by_rule_[*rule->id].insert(std::move(value));
  }
  for (auto& [rule, value] : found.others) {
    if (is_about_attacks(*rule)) others_.insert(std::move(value));
  }
  if (found.detected) detected_.push_back(std::move(found.attack));
}

bool AttackCorpus::read(const std::vector<std::string>& inputs, const TrafficOptions& traffic,
                        Workbench& workbench, Console& console) {
  bool well = true;
  for (const std::string& input : inputs) {
    well &= holds_tests(input) ? read_tests(input, workbench, console)
                               : read_traffic(input, traffic, workbench, console);
  }
  for (const std::string& payload : payloads_) {
    if (is_telling(payload)) contained_.push_back(payload);
  }
  return well;
}

bool AttackCorpus::read_tests(const std::string& input, Workbench& workbench, Console& console) {
  FtwInputOptions options;
  options.option = "--attacks";
  options.notes = false;
  const std::vector<formats::FtwFile> files = read_ftw_files({input}, options, console);
  if (console.failed()) return false;
  const formats::FtwOverrides none;
  const auto overrides = formats::FtwOverrider::make(none);
  formats::EvaluatorOptions evaluation = workbench.evaluation();
  evaluation.front = formats::Front::httpd;  // the reference platform of CRS's tests
  using Requests = std::vector<Found>;
  run_ftw_jobs<Requests>(
      ftw_jobs(files), workbench.threads(*workbench.base()),
      [&] {
        const auto requests = std::make_shared<Requests>();
        const auto runner = std::make_shared<formats::FtwRunner>(
            workbench.base(), evaluation, *overrides, [requests](const formats::Outcome& outcome) {
              requests->emplace_back().read(outcome);
            });
        return [runner, requests](FtwJob&& job) {
          requests->clear();
          runner->run(*job.test, *job.file);
          for (Found& each : *requests) {
            each.attack.id = job.test->id();
            each.attack.source = *job.file;
          }
          return std::move(*requests);
        };
      },
      [&](Requests&& requests) {
        for (Found& each : requests) take(std::move(each));
        return true;
      });
  return true;
}

bool AttackCorpus::read_traffic(const std::string& input, const TrafficOptions& traffic,
                                Workbench& workbench, Console& console) {
  TrafficOptions options = traffic;
  options.inputs = {input};
  options.curl.clear();
  options.choice = {};
  TrafficRunner runner(options, console);
  if (!runner.check()) return false;
  workbench.empty_collections();
  const auto make = [&]() -> TrafficRunner::Worker<Found> {
    const auto evaluator =
        std::make_shared<formats::Evaluator>(workbench.base(), workbench.evaluation());
    return [evaluator](TrafficJob&& job) {
      Found found;
      const formats::Outcome outcome = evaluator->run(std::move(job.exchange), job.source);
      found.read(outcome);
      found.attack.id = outcome.transaction->id();
      found.attack.source = job.source;
      return found;
    };
  };
  runner.run<Found>(workbench.threads(*workbench.base()), make, [&](Found&& found) {
    take(std::move(found));
    return true;
  });
  return !console.failed();
}

std::vector<std::string_view> AttackCorpus::payloads(uint64_t rule_id, size_t limit) const {
  std::vector<std::string_view> found;
  const auto own = by_rule_.find(rule_id);
  if (own == by_rule_.end()) return found;
  const size_t count = std::min(limit, own->second.size());
  size_t at = 0;
  for (const std::string& each : own->second) {
    if (at++ * count / own->second.size() == found.size() && found.size() < count) {
      found.push_back(each);
    }
  }
  return found;
}

std::string_view AttackCorpus::find_in(std::string_view value) const {
  if (const auto equal = payloads_.find(value); equal != payloads_.end()) return *equal;
  if (const auto equal = others_.find(value); equal != others_.end()) return *equal;
  for (const std::string_view each : contained_) {
    if (each.size() <= value.size() && value.find(each) != std::string_view::npos) return each;
  }
  return {};
}

std::string find_tests(const parser::RulesetModel& ruleset) {
  std::error_code error;
  for (const parser::LoadedFile& file : ruleset.files) {
    const fs::path folder = fs::path(ruleset.sources[file.file].path).parent_path();
    const fs::path tests = folder / "../tests/regression/tests";
    if (fs::is_directory(tests, error)) return tests.lexically_normal().string();
  }
  return {};
}

}  // namespace wafcheck::cli::inline tune
