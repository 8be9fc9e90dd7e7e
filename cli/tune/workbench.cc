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
                     std::string directory, ExclusionFiles names)
    : options_(std::move(ruleset)),
      traffic_(traffic),
      console_(console),
      directory_(std::move(directory)),
      names_(std::move(names)) {
  options_.directives.emplace_back("SecRuleEngine DetectionOnly");
  options_.state.clear();
}

std::string Workbench::path_before() const {
  return (fs::path(directory_) / names_.before).string();
}

std::string Workbench::path_after() const {
  return (fs::path(directory_) / names_.after).string();
}

bool Workbench::load() {
  plan_ = plan_ruleset(options_, console_);
  if (!plan_) return false;
  lint::Overlay& files = overlays_.emplace_back(console_.files());
  std::error_code error;
  for (const std::string& path : {path_before(), path_after()}) {
    if (fs::exists(path, error)) files.put(path, {});
  }
  plan_->load.files = plan_->compile.files = &files;
  base_ = load_program(options_, *plan_, console_);
  if (!base_) return false;
  return find_anchor();
}

bool Workbench::find_anchor() {
  const parser::RulesetModel& ruleset = base_->ruleset();
  lint::Overlay& files = overlays_.front();
  std::string first_crs, first;
  for (const parser::LoadedFile& file : ruleset.files) {
    const std::string& path = ruleset.sources[file.file].path;
    const std::string whole = files.canonical(path);
    if (whole == files.canonical(path_before())) loads_before_ = true;
    if (whole == files.canonical(path_after())) loads_after_ = true;
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

Trial Workbench::load_with(const ExclusionFiles& exclusions, bool lint) {
  Trial trial;
  lint::Overlay& files = overlays_.emplace_back(overlays_.front());
  files.put(path_before(), exclusions.before);
  files.put(path_after(), exclusions.after);
  RulesetPlan plan;
  plan.semantics = plan_->semantics;
  plan.load = plan_->load;
  plan.load.semantics = &plan.semantics;
  plan.compile = plan_->compile;
  plan.inputs = plan_->inputs;
  plan.load.files = plan.compile.files = &files;
  if (!loads_before_) {
    const std::string own = files.read(anchor_).value_or("");
    const std::string include = include_of(path_before());
    files.put(anchor_, after_anchor_ ? own + "\n" + include : include + own);
  }
  if (!loads_after_) plan.inputs.push_back(path_after());

  auto ruleset =
      std::make_shared<const parser::RulesetModel>(parser::load_model(plan.inputs, plan.load));
  const std::string place = files.canonical(path_before());
  const auto tell = [&](const parser::Diagnostics& found) {
    for (const parser::Diagnostic& each : found) {
      if (each.severity != parser::Severity::error) continue;
      trial.errors += lint::concise(each, ruleset->sources) + "\n";
      const parser::Place at = ruleset->sources.begin_of(each.span);
      if (files.canonical(std::string(at.path)) == place) trial.bad_lines.push_back(at.line);
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
    if (each.severity == parser::Severity::info) continue;
    const std::string path(ruleset->sources.begin_of(each.span).path);
    const std::string whole = files.canonical(path);
    if (whole != place && whole != files.canonical(path_after())) continue;
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
