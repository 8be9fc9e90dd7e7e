#include "cli/tune/workbench.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "cli/options.h"
#include "cli/ordered_pool.h"
#include "cli/progress.h"
#include "engine/collections.h"
#include "formats/front/front.h"
#include "lint/checks/check.h"
#include "lint/report/text.h"

namespace wafcheck::cli::inline tune {
namespace {

namespace fs = std::filesystem;

std::string file_name(const std::string& path) {
  return fs::path(path).filename().string();
}

/// Places for exclusions that CRS ships, with and without ".example".
bool is_own_place(const std::string& path) {
  return file_name(path).starts_with("REQUEST-900-EXCLUSION-RULES-BEFORE-CRS");
}

/// A file of CRS with rules: "REQUEST-901-INITIALIZATION.conf".
bool is_crs_file(const std::string& path) {
  const std::string name = file_name(path);
  return name.starts_with("REQUEST-9") || name.starts_with("RESPONSE-9");
}

uint64_t bytes_of(const formats::Exchange& exchange) {
  uint64_t bytes = exchange.request.uri.size() + exchange.request.body.size();
  for (const auto& [name, value] : exchange.request.headers) bytes += name.size() + value.size();
  return bytes + (exchange.response ? exchange.response->body.size() : 0);
}

/// An Include that leads from any file to `path`.
std::string include_of(const std::string& path) {
  return fmt::format("Include \"{}\"\n", fs::absolute(path).string());
}

}  // namespace

Workbench::Workbench(RulesetOptions ruleset, const TrafficOptions& traffic, Console& console,
                     const std::string& directory, const ExclusionFiles& names)
    : options_(std::move(ruleset)), traffic_(traffic), console_(console) {
  options_.directives.emplace_back("SecRuleEngine DetectionOnly");
  options_.state.clear();
  own_.push_back({(fs::path(directory) / names.before).string(), {}, At::before});
  own_.push_back({(fs::path(directory) / names.after).string(), {}, At::after});
}

Workbench::Workbench(RulesetOptions ruleset, const TrafficOptions& traffic, Console& console,
                     const std::vector<ExclusionFile>& set_aside)
    : Workbench(std::move(ruleset), traffic, console, "", ExclusionFiles{}) {
  own_.clear();
  for (const ExclusionFile& file : set_aside) {
    if (!file.bytes) console_.files().name_file(file.path);
    own_.push_back({file.path, file.bytes.value_or(""), At::before});
  }
}

void Workbench::add(const std::vector<ExclusionFile>& files) {
  for (const ExclusionFile& file : files) present_.push_back(added(file));
}

Workbench::Added Workbench::added(const ExclusionFile& file) {
  const std::string& bytes = file.bytes.value_or("");
  const bool updates = ("\n" + bytes).find("\nSecRuleUpdate") != std::string::npos ||
                       ("\n" + bytes).find("\nSecRuleRemove") != std::string::npos;
  return {file.path, bytes, updates ? At::after : At::before};
}

bool Workbench::load() {
  plan_ = plan_ruleset(options_, console_);
  if (!plan_) return false;
  lint::Overlay& files = overlays_.emplace_back(*plan_->files);
  std::error_code error;
  for (const Added& own : own_) {
    if (fs::exists(own.path, error)) files.put(own.path, {});
  }
  plan_->load.files = plan_->compile.files = &files;
  base_ = load_program(options_, *plan_, console_);
  if (base_ == nullptr || !find_anchor()) return false;
  if (present_.empty()) return true;
  const Trial trial = load_with(std::vector<Added>(), false);
  if (trial.program == nullptr) {
    console_.error("the ruleset does not load with the exclusions", trial.errors);
    return false;
  }
  base_ = trial.program;
  return true;
}

bool Workbench::find_anchor() {
  const parser::RulesetModel& ruleset = base_->ruleset();
  lint::Overlay& files = overlays_.front();
  std::string first_crs, first;
  for (const parser::LoadedFile& file : ruleset.files) {
    const std::string& path = ruleset.sources[file.file].path;
    const std::string whole = files.canonical(path);
    for (Added& own : own_) own.loaded = own.loaded || whole == files.canonical(own.path);
    if (is_own_place(path)) {
      anchor_ = path;
      after_anchor_ = true;
    }
    if (first_crs.empty() && is_crs_file(path)) first_crs = path;
  }
  for (const parser::Rule& rule : ruleset.rules) {
    if (rule.span.file == parser::kNoFile || !rule.id) continue;
    first = ruleset.sources[rule.span.file].path;
    break;
  }
  if (!anchor_.empty()) return true;
  anchor_ = first_crs.empty() ? first : first_crs;
  if (anchor_.empty()) {
    console_.error("the ruleset has no file of rules before which exclusions could stand");
  }
  return !anchor_.empty();
}

std::string Workbench::name_of(const std::string& path) {
  lint::Overlay& files = overlays_.front();
  const auto found = std::ranges::find_if(
      own_, [&](const Added& own) { return files.canonical(own.path) == files.canonical(path); });
  return found == own_.end() ? std::string() : found->path;
}

Trial Workbench::load_with_set_aside() {
  std::vector<Added> all;
  Trial trial;
  for (const Added& own : own_) {
    const auto bytes =
        own.bytes.empty() ? console_.files().read(own.path) : Result<std::string>(own.bytes);
    if (!bytes) {
      trial.errors += fmt::format("cannot read {}: {}\n", own.path, bytes.error().message);
      continue;
    }
    all.push_back(added({own.path, *bytes}));
    all.back().loaded = own.loaded;
  }
  return trial.errors.empty() ? load_with(all, false) : trial;
}

Trial Workbench::load_with(const ExclusionFiles& exclusions, bool lint) {
  std::vector<Added> both = own_;
  both.front().bytes = exclusions.before;
  both.back().bytes = exclusions.after;
  return load_with(both, lint);
}

Trial Workbench::load_with(const std::vector<Added>& added, bool lint) {
  Trial trial;
  lint::Overlay& files = overlays_.emplace_back(overlays_.front());
  RulesetPlan plan;
  plan.semantics = plan_->semantics;
  plan.load = plan_->load;
  plan.load.semantics = &plan.semantics;
  plan.compile = plan_->compile;
  plan.inputs = plan_->inputs;
  plan.load.files = plan.compile.files = &files;
  std::string includes;
  std::vector<Added> all = present_;
  all.insert(all.end(), added.begin(), added.end());
  for (const Added& each : all) {
    files.put(each.path, each.bytes);
    if (each.loaded) continue;
    if (each.at == At::before) {
      includes += include_of(each.path);
    } else {
      plan.inputs.push_back(each.path);
    }
  }
  if (!includes.empty()) {
    const std::string own = files.read(anchor_).value_or("");
    files.put(anchor_, after_anchor_ ? own + "\n" + includes : includes + own);
  }

  auto ruleset =
      std::make_shared<const parser::RulesetModel>(parser::load_model(plan.inputs, plan.load));
  const auto is_added = [&](const parser::Diagnostic& found) {
    const std::string path(ruleset->sources.begin_of(found.span).path);
    return std::ranges::any_of(added, [&](const Added& each) {
      return files.canonical(each.path) == files.canonical(path);
    });
  };
  const auto tell = [&](const parser::Diagnostics& found) {
    for (const parser::Diagnostic& each : found) {
      if (each.severity != parser::Severity::error) continue;
      trial.errors += lint::concise(each, ruleset->sources) + "\n";
      if (is_added(each)) trial.bad_lines.push_back(ruleset->sources.begin_of(each.span).line);
    }
  };
  tell(ruleset->diagnostics);
  if (!trial.errors.empty()) return trial;
  engine::Program::Compiled compiled = engine::Program::compile(ruleset, plan.compile);
  tell(compiled.diagnostics);
  trial.program = compiled.program;
  if (!lint) return trial;
  lint::Options options;
  if (const auto engine = lint::parse_engine(options_.engine)) options.engines = {*engine};
  options.files = &files;
  for (const parser::Diagnostic& each : lint::run_checks(*ruleset, options)) {
    if (each.severity == parser::Severity::info || !is_added(each)) continue;
    trial.warnings += lint::concise(each, ruleset->sources) + "\n";
  }
  return trial;
}

size_t Workbench::threads(const engine::Program& program) const {
  return program.ordered() ? 1 : thread_count(traffic_.jobs);
}

void Workbench::empty_collections() {
  collections_ = std::make_unique<engine::MemoryStore>(options_.limits);
}

formats::EvaluatorOptions Workbench::evaluation() const {
  formats::EvaluatorOptions evaluation = evaluator_options(options_, *collections_);
  evaluation.front = *formats::find_front(traffic_.front);
  evaluation.decode_bodies = traffic_.decode_bodies;
  evaluation.evidence = true;
  return evaluation;
}

void Workbench::run(const std::shared_ptr<const engine::Program>& program,
                    std::span<const Rerun> requests,
                    const std::function<void(size_t, const formats::Outcome&)>& take) {
  const bool shown = console_.streams().err_is_terminal && !console_.options().no_progress &&
                     !console_.options().quiet;
  Progress progress(console_.err(), shown, console_.streams().err_columns);
  empty_collections();
  uint64_t total = 0, read = 0, done = 0;
  for (const Rerun& request : requests) total += bytes_of(*request.exchange);
  const auto make = [&]() -> std::function<uint64_t(size_t&&)> {
    const auto evaluator = std::make_shared<formats::Evaluator>(program, evaluation());
    return [&, evaluator](size_t&& at) {
      formats::Exchange exchange = *requests[at].exchange;
      const uint64_t bytes = bytes_of(exchange);
      if (!requests[at].id.empty()) exchange.id = requests[at].id;
      take(at, evaluator->run(std::move(exchange), requests[at].source));
      return bytes;
    };
  };
  OrderedPool<size_t, uint64_t> pool(threads(*program), make, [&](uint64_t&& bytes) {
    read += bytes;
    progress.update(read, total, ++done);
  });
  for (size_t at = 0; at < requests.size(); ++at) pool.give(size_t{at});
  pool.finish();
}

}  // namespace wafcheck::cli::inline tune
