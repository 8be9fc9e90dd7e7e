#include "cli/lsp/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "cli/config.h"
#include "cli/lsp/compiled_rules.h"
#include "cli/ruleset_options.h"
#include "formats/json/reader.h"
#include "formats/json/writer.h"
#include "lint/analysis/engines.h"
#include "parser/profile.h"
#include "parser/ruleset/files.h"
#include "parser/ruleset/includes.h"

namespace wafcheck::cli::lsp {

namespace fs = std::filesystem;
using formats::JsonValue;
using formats::JsonWriter;

namespace {

/// A folder is searched for rules and tests as far as this goes.
constexpr size_t kMaxEntries = 50'000;
constexpr int kMaxDepth = 8;
/// Of the files that include one, so many are taken for rulesets of their own.
constexpr size_t kMaxRoots = 4;
/// Findings of one file that are published.
constexpr size_t kMaxPublished = 1'000;

bool is_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) &&
         (path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/');
}

std::string folder_of(const std::string& path) {
  return fs::path(path).parent_path().string();
}

/// Checks whose findings are about what has no effect, which clients show faded.
constexpr lint::Check kUnnecessary[] = {
    lint::Check::marker_unused,     lint::Check::unreachable_rule,
    lint::Check::tx_set_never_read, lint::Check::capture_unused,
    lint::Check::duplicate_target,  lint::Check::duplicate_action,
    lint::Check::stale_suppression, lint::Check::redundant_transformation,
};
constexpr lint::Check kDeprecated[] = {lint::Check::deprecated_construct};

/// DiagnosticTag
constexpr int kUnnecessaryTag = 1, kDeprecatedTag = 2;

/// DiagnosticSeverity
int severity_number(parser::Severity severity) {
  switch (severity) {
    case parser::Severity::error:
      return 1;
    case parser::Severity::warning:
      return 2;
    case parser::Severity::info:
      return 3;
  }
  return 3;
}

void write_tags(JsonWriter& json, const lint::CheckInfo& check) {
  const bool unnecessary = std::ranges::find(kUnnecessary, check.id) != std::end(kUnnecessary);
  const bool deprecated = std::ranges::find(kDeprecated, check.id) != std::end(kDeprecated);
  if (!unnecessary && !deprecated) return;
  json.key("tags");
  json.begin_array();
  json.number(unnecessary ? kUnnecessaryTag : kDeprecatedTag);
  json.end_array();
}

}  // namespace

bool Ruleset::holds(const std::string& path) const {
  return std::ranges::any_of(snapshots, [&](const auto& each) { return each->holds(path); });
}

Workspace::Workspace(const GlobalOptions& options) : options_(options), files(disk_) {
  if (!options_.root.empty()) rooted_ = disk_.stay_in(options_.root).has_value();
  for (const std::string& path : options_.allow) disk_.allow(path);
  for (const std::string& path :
       {shipped_rules_directory(), crs_directory({}), std::string(parser::kPackagedCrs),
        std::string(parser::kPackagedCrsSetup)}) {
    disk_.allow_shown(path);
  }
  if (!options_.config.empty()) disk_.name_file(options_.config);
}

// --- folders and files ---

Result<void> Workspace::add_folder(const std::string& path) {
  const std::string folder = disk_.canonical(path);
  if (rooted_) {
    if (auto inside = disk_.check(folder); !inside) return inside;
  } else if (folders_.empty()) {
    if (auto done = disk_.stay_in(folder); !done) return done;
  } else {
    disk_.allow_shown(folder);
  }
  if (std::ranges::find(folders_, folder) == folders_.end()) folders_.push_back(folder);
  reread();
  return {};
}

void Workspace::remove_folder(const std::string& path) {
  const std::string folder = disk_.canonical(path);
  std::erase(folders_, folder);
  if (!rooted_ && !folders_.empty()) {
    disk_.forbid(folder);
    // The root is the first that there is.
    static_cast<void>(disk_.stay_in(folders_.front()));
  }
  reread();
}

void Workspace::reread() {
  rules_files_.reset();
  test_files_.reset();
  tests_.reset();
  includers_.reset();
  projects_.clear();
  saved_.clear();
  told_.clear();
  undiscovered_ = true;
  run_.reset();
}

void Workspace::tell_once(const std::string& message) {
  if (tell && told_.insert(message).second) tell(message);
}

void Workspace::list_files() {
  if (rules_files_) return;
  rules_files_.emplace();
  test_files_.emplace();
  size_t entries = 0;
  for (const std::string& folder : folders_) {
    std::error_code error;
    fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied,
                                        error);
    for (; !error && it != fs::recursive_directory_iterator() && entries < kMaxEntries;
         it.increment(error), ++entries) {
      const std::string name = it->path().filename().string();
      if (it->is_directory(error)) {
        const bool left_out = name.starts_with('.') || name == "node_modules";
        if (left_out || it.depth() >= kMaxDepth) it.disable_recursion_pending();
      } else if (name.ends_with(".conf")) {
        rules_files_->push_back(it->path().string());
      } else if (name.ends_with(".yaml") || name.ends_with(".yml")) {
        test_files_->push_back(it->path().string());
      }
    }
  }
  std::ranges::sort(*rules_files_);
  std::ranges::sort(*test_files_);
}

const std::vector<std::string>& Workspace::rules_files() {
  list_files();
  return *rules_files_;
}

const std::vector<std::string>& Workspace::test_files() {
  list_files();
  return *test_files_;
}

const std::map<uint64_t, std::vector<TestFile>>& Workspace::tests() {
  if (!tests_) {
    tests_.emplace();
    for (const std::string& path : test_files()) {
      const Result<std::string> yaml = files.read(path);
      if (!yaml || yaml->size() > parser::kMaxFileBytes) continue;
      if (auto file = read_test_file(path, *yaml)) {
        (*tests_)[file->rule_id].push_back(*std::move(file));
      }
    }
  }
  return *tests_;
}

// --- documents ---

std::string Workspace::path_of(std::string_view uri) const {
  const auto path = path_of_uri(uri);
  return path ? parser::disk().canonical(*path) : std::string(uri);
}

std::string Workspace::uri_of(const std::string& path) const {
  const auto it = files.documents.find(path);
  if (it != files.documents.end()) return it->second->uri();
  return path.starts_with('/') ? uri_of_path(path) : path;
}

Document* Workspace::document(std::string_view uri) {
  const auto it = files.documents.find(path_of(uri));
  return it == files.documents.end() ? nullptr : it->second.get();
}

void Workspace::open(std::string uri, std::string language, int64_t version, std::string text) {
  const std::string path = path_of(uri);
  // A single file that belongs to no folder has its own for a workspace.
  if (folders_.empty() && path.starts_with('/')) static_cast<void>(add_folder(folder_of(path)));
  files.documents[path] = std::make_unique<Document>(std::move(uri), path, std::move(language),
                                                     version, std::move(text));
  mark_stale(path);
  undiscovered_ = true;
}

bool Workspace::change(std::string_view uri, int64_t version, JsonValue changes) {
  Document* const it = document(uri);
  if (it == nullptr) return false;
  const std::string includes = it->includes();
  const bool done = it->change(changes, version, client.encoding);
  mark_stale(it->path());
  if (it->includes() != includes || std::string_view(it->path()).ends_with(kConfigFileName)) {
    includers_.reset();
    undiscovered_ = true;
  }
  return done;
}

bool Workspace::close(std::string_view uri) {
  const std::string path = path_of(uri);
  if (files.documents.erase(path) == 0) return false;
  published_version_.erase(path);
  mark_stale(path);
  includers_.reset();
  undiscovered_ = true;
  return true;
}

void Workspace::mark_stale(const std::string& path) {
  if (path.ends_with(".yaml") || path.ends_with(".yml")) tests_.reset();
  // A file that holds no rules may be one that rules read.
  const bool known =
      std::ranges::any_of(rulesets_, [&](const auto& each) { return each->holds(path); });
  for (const auto& each : rulesets_) {
    if (known && !each->holds(path)) continue;
    each->stale = true;
    if (!run_ || run_->ruleset != each.get()) continue;
    if (run_->long_work && end_progress) end_progress();
    run_.reset();
  }
}

std::optional<RulesPlace> Workspace::place(JsonValue params) {
  const auto [identifier, where] = params.members("textDocument", "position");
  const JsonValue uri = identifier.member("uri");
  const auto position = read_position(where);
  if (!uri.is(JsonValue::Kind::string) || !position) return std::nullopt;
  Document* const it = document(uri.string());
  if (it == nullptr) return std::nullopt;
  const uint32_t offset = offset_at(it->source(), *position, client.encoding);
  const auto& texts = it->texts();
  for (size_t number = 0; number < texts.size(); ++number) {
    if (const auto inner = texts[number]->from_outer(offset)) {
      return RulesPlace{it, texts[number].get(), number, *inner};
    }
  }
  return std::nullopt;
}

// --- rulesets ---

void Workspace::apply_settings(Project& project) const {
  if (settings.profile) {
    project.lint.selection.profile = *settings.profile == "crs"      ? lint::Profile::crs
                                     : *settings.profile == "strict" ? lint::Profile::strict
                                                                     : lint::Profile::standard;
  }
  for (const std::string& name : settings.engines) {
    if (const auto engine = lint::parse_engine(name)) project.lint.engines.push_back(*engine);
  }
}

std::shared_ptr<const Project> Workspace::default_project() {
  std::shared_ptr<const Project>& known = projects_[""];
  if (!known) {
    Project project;
    project.load.shipped_rules = shipped_rules_directory();
    project.load.crs = crs_directory({});
    project.load.search_below = true;
    apply_settings(project);
    known = std::make_shared<const Project>(std::move(project));
  }
  return known;
}

std::shared_ptr<const Project> Workspace::read_project(const std::string& file) {
  if (const auto known = projects_.find(file); known != projects_.end()) return known->second;
  std::istringstream no_input;
  std::ostringstream discarded, faults;
  Streams streams{no_input, discarded, faults};
  GlobalOptions options = options_;
  if (options.root.empty() && !folders_.empty()) options.root = folders_.front();
  options.allow.insert(options.allow.end(), folders_.begin(), folders_.end());
  Console console(streams, options);
  std::optional<ProjectConfig> config;
  if (console.guard_files()) {
    if (file == options_.config) console.files().name_file(file);
    config = read_project_config(file, console);
  }
  if (!config && tell) tell(faults.str());
  Project project = *default_project();
  if (config) {
    project.file = file;
    project.rulesets = config->rulesets;
    const auto first = [&](const std::string& key) -> std::optional<std::string> {
      const auto& words = config->words(key);
      return words.empty() ? std::nullopt : std::optional(words[0]);
    };
    if (const auto crs = first("crs")) project.load.crs = *crs;
    if (const auto name = first("engine")) {
      if (const auto engine = parser::parse_engine(*name)) {
        project.load.profile = engine->profile;
        project.load.version = engine->version;
      }
    }
    project.load.context = config->words("lint.with");
    lint::Selection& selection = project.lint.selection;
    selection.select = config->words("lint.select");
    selection.extend_select = config->words("lint.extend-select");
    selection.ignore = config->words("lint.ignore");
    if (const auto profile = first("lint.profile"); profile && !settings.profile) {
      selection.profile = *profile == "crs"      ? lint::Profile::crs
                          : *profile == "strict" ? lint::Profile::strict
                                                 : lint::Profile::standard;
    }
    for (const std::string& name : config->words("lint.engines")) {
      if (const auto engine = lint::parse_engine(name)) project.lint.engines.push_back(*engine);
    }
    project.lint.severities = config->rest.severities;
    project.lint.per_file_ignores = config->rest.per_file_ignores;
  }
  return projects_[file] = std::make_shared<const Project>(std::move(project));
}

/// The file of coraza-lsp, of which `entrypoint` is taken: the file where loading begins. Source:
/// README.md of coraza-lsp, "Project config".
std::shared_ptr<const Project> Workspace::read_coraza(const std::string& file) {
  if (const auto known = projects_.find(file); known != projects_.end()) return known->second;
  Project project = *default_project();
  const Result<std::string> bytes = files.read(file);
  const auto document = bytes ? formats::parse_json(*bytes, 16) : std::unexpected(bytes.error());
  if (!document) {
    if (tell) tell(fmt::format("{}: {}", file, document.error().message));
  } else {
    const std::string folder = folder_of(file);
    const JsonValue root = document->root();
    if (const JsonValue entry = root.member("entrypoint"); entry.is(JsonValue::Kind::string)) {
      const std::string path = entry.string();
      const std::string whole = fs::path(path).is_absolute() ? path : folder + "/" + path;
      if (!path.empty()) {
        project.rulesets.emplace_back(std::string(), std::vector<std::string>{whole});
      }
    } else if (entry && tell) {
      tell(fmt::format("{}: entrypoint is not a text", file));
    }
    if (tell && formats::count_elements(root.member("includePaths")) != 0) {
      tell(fmt::format("{}: includePaths is passed over: Include is read from the file that has it",
                       file));
    }
    project.file = file;
  }
  return projects_[file] = std::make_shared<const Project>(std::move(project));
}

std::shared_ptr<const Project> Workspace::project_of(const std::string& path) {
  if (options_.no_config) return default_project();
  if (!options_.config.empty()) return read_project(options_.config);
  const auto folder =
      std::ranges::find_if(folders_, [&](const std::string& each) { return is_below(path, each); });
  if (folder == folders_.end()) return default_project();
  for (fs::path at = fs::path(path).parent_path(); is_below(at.string(), *folder);
       at = at.parent_path()) {
    std::error_code error;
    if (fs::is_regular_file(at / kConfigFileName, error)) {
      return read_project((at / kConfigFileName).string());
    }
    if (fs::is_regular_file(at / ".coraza.json", error)) {
      return read_coraza((at / ".coraza.json").string());
    }
    if (!at.has_relative_path()) break;
  }
  return default_project();
}

Ruleset& Workspace::add_ruleset(std::string name, std::vector<std::string> inputs,
                                std::shared_ptr<const Project> project) {
  for (const auto& each : rulesets_) {
    if (each->inputs == inputs && each->project == project) return *each;
  }
  auto ruleset = std::make_unique<Ruleset>();
  ruleset->name = std::move(name);
  ruleset->inputs = std::move(inputs);
  ruleset->project = std::move(project);
  rulesets_.push_back(std::move(ruleset));
  return *rulesets_.back();
}

void Workspace::load(Ruleset& ruleset) {
  if (run_ && run_->ruleset == &ruleset) run_.reset();
  findings_.erase(&ruleset);
  for (const auto& each : ruleset.snapshots) benches_.erase(each.get());
  ruleset.snapshots.clear();
  ruleset.stale = false;
  redos_.forget();
  const auto embedded = std::make_shared<formats::EmbeddedFiles>(files);
  const formats::FoundRulesets found = embedded->rulesets(ruleset.inputs);
  for (const auto* problems : {&found.problems, &found.missing}) {
    for (const std::string& problem : *problems) {
      tell_once(problem);
    }
  }
  for (const formats::NamedRuleset& named : found.rulesets) {
    ruleset.snapshots.push_back(
        std::make_unique<Snapshot>(embedded, named.inputs, *ruleset.project, redos_));
  }
}

bool Workspace::assign(const std::string& path, const std::shared_ptr<const Project>& project) {
  bool held = false;
  for (const auto& [name, inputs] : project->rulesets) {
    Ruleset& ruleset = add_ruleset(name.empty() ? project->file : name, inputs, project);
    if (ruleset.stale) load(ruleset);
    held |= ruleset.holds(path);
  }
  return held;
}

std::vector<std::string> Workspace::roots_that_include(const std::string& path) {
  if (!includers_) {
    includers_.emplace();
    const parser::LoadOptions& load = default_project()->load;
    const parser::Finder finder(files, load);
    for (const std::string& file : rules_files()) {
      const Result<std::string> bytes = files.read(file);
      if (!bytes || bytes->find("nclude") == std::string::npos) continue;
      if (bytes->size() > parser::kMaxFileBytes) continue;
      parser::Sources sources;
      parser::Diagnostics ignored;
      const parser::SyntaxTree tree =
          parser::parse_syntax(sources, sources.add(file, *bytes), common_semantics(), ignored);
      for (const parser::DirectiveNode& node : tree.directives) {
        const auto id = parser::find_directive(node.name);
        if (!id || parser::info(*id).form != parser::DirectiveForm::Include) continue;
        if (node.arguments.empty()) continue;
        for (const parser::FoundFile& child :
             finder.include(file, node.arguments[0].text.str()).files) {
          (*includers_)[files.canonical(child.path)].push_back(files.canonical(file));
        }
      }
    }
  }
  std::vector<std::string> roots;
  std::set<std::string> seen{path};
  std::vector<std::string> waiting{path};
  while (!waiting.empty() && roots.size() < kMaxRoots) {
    const std::string at = std::move(waiting.back());
    waiting.pop_back();
    const auto above = includers_->find(at);
    if (above == includers_->end()) {
      if (at != path) roots.push_back(at);
      continue;
    }
    for (const std::string& file : above->second) {
      if (seen.insert(file).second) waiting.push_back(file);
    }
  }
  std::ranges::sort(roots);
  return roots;
}

void Workspace::discover(const std::string& path) {
  Document& document = *files.documents.at(path);
  const std::shared_ptr<const Project> project = project_of(path);
  if (assign(path, project)) return;
  if (document.texts().empty()) return;
  if (!path.starts_with('/')) {
    add_ruleset(path, {path}, project);
    return;
  }
  // A folder of CRS: the setup file, and the rules below it.
  const fs::path folder = fs::path(path).parent_path();
  for (const fs::path& crs : {folder.parent_path(), folder}) {
    const std::vector<std::string> inputs = crs_inputs(crs.string());
    if (inputs.empty() || !disk_.check(inputs[0]) || !disk_.check(inputs[1])) continue;
    Ruleset& ruleset = add_ruleset(crs.filename().string(), inputs, project);
    if (ruleset.stale) load(ruleset);
    if (ruleset.holds(path)) return;
  }
  const std::vector<std::string> roots = roots_that_include(path);
  for (const std::string& root : roots) add_ruleset(root, {root}, project);
  if (roots.empty()) add_ruleset(path, {path}, project);
}

void Workspace::discover() {
  undiscovered_ = false;
  if (run_ && run_->long_work && end_progress) end_progress();
  run_.reset();
  // What is not found again goes; the others may hold other files than before.
  for (const auto& [path, document] : files.documents) discover(path);
  drop_unused();
}

void Workspace::drop_unused() {
  std::set<const Ruleset*> used;
  std::vector<std::unique_ptr<Ruleset>> old = std::exchange(rulesets_, {});
  for (auto& each : old) {
    if (each->stale) load(*each);
    const auto current = projects_.find(each->project->file);
    const bool holds_open = std::ranges::any_of(
        files.documents, [&](const auto& document) { return each->holds(document.first); });
    if (holds_open && current != projects_.end() && current->second == each->project) {
      rulesets_.push_back(std::move(each));
    } else {
      findings_.erase(each.get());
      for (const auto& snapshot : each->snapshots) benches_.erase(snapshot.get());
    }
  }
  if (rulesets_.empty()) publish_all();
}

std::vector<const Snapshot*> Workspace::snapshots(const std::string& path) {
  std::vector<const Snapshot*> out;
  for (const Snapshot* each : snapshots()) {
    if (each->holds(path)) out.push_back(each);
  }
  return out;
}

std::vector<const Snapshot*> Workspace::snapshots() {
  if (undiscovered_) discover();
  std::vector<const Snapshot*> out;
  for (const auto& ruleset : rulesets_) {
    if (ruleset->stale) load(*ruleset);
    for (const auto& each : ruleset->snapshots) out.push_back(each.get());
  }
  return out;
}

std::vector<const Snapshot*> Workspace::known_snapshots(const std::string& path) {
  std::vector<const Snapshot*> out;
  for (const auto& ruleset : rulesets_) {
    for (const auto& each : ruleset->snapshots) {
      if (each->holds(path)) out.push_back(each.get());
    }
  }
  return out.empty() ? snapshots(path) : out;
}

TestBench& Workspace::bench(const Snapshot& snapshot) {
  std::unique_ptr<TestBench>& bench = benches_[&snapshot];
  if (!bench) bench = std::make_unique<TestBench>(snapshot, *ruleset_of(snapshot).project);
  return *bench;
}

std::pair<Verdicts, Verdicts> Workspace::verdicts(const Snapshot& snapshot,
                                                  const std::string& traffic,
                                                  const std::function<bool()>& cancelled) {
  const fs::path folder = folders_.empty() ? fs::path() : fs::path(folders_.front());
  const std::string path = (folder / traffic).string();
  const Result<std::string> bytes = files.read(path);
  Verdicts unread;
  if (!bytes) {
    unread.fault = fmt::format("it cannot be read ({})", bytes.error().message);
    return {unread, unread};
  }
  const Project& project = *ruleset_of(snapshot).project;
  const auto decide = [&](parser::FileSystem& through) {
    const CompiledRules rules =
        compiled_rules(through, snapshot.inputs(), project, RunSetup::as_written);
    Verdicts verdicts;
    verdicts.fault = rules.fault;
    return rules.program ? run_traffic(rules.program, path, *bytes, cancelled) : verdicts;
  };
  std::vector<std::string> key = snapshot.inputs();
  key.push_back(path);
  auto before = saved_.find(key);
  if (before == saved_.end()) {
    // Inputs may be texts inside other files, which are found anew.
    formats::EmbeddedFiles on_disk(disk_);
    static_cast<void>(on_disk.rulesets(ruleset_of(snapshot).inputs));
    before = saved_.emplace(std::move(key), decide(on_disk)).first;
  }
  return {decide(snapshot.files()), before->second};
}

const Ruleset& Workspace::ruleset_of(const Snapshot& snapshot) const {
  const auto it = std::ranges::find_if(rulesets_, [&](const auto& ruleset) {
    return std::ranges::any_of(ruleset->snapshots,
                               [&](const auto& each) { return each.get() == &snapshot; });
  });
  return **it;
}

// --- work ---

bool Workspace::has_work() const {
  return undiscovered_ || run_ || std::ranges::any_of(rulesets_, [&](const auto& each) {
           return each->stale || !findings_.contains(each.get());
         });
}

void Workspace::step() {
  if (undiscovered_) return discover();
  if (!run_) {
    const auto next = std::ranges::find_if(rulesets_, [&](const auto& each) {
      return each->stale || !findings_.contains(each.get());
    });
    if (next == rulesets_.end()) return;
    if ((*next)->stale) load(**next);
    run_ = Run{.ruleset = next->get()};
    return;
  }
  const auto& snapshots = run_->ruleset->snapshots;
  if (run_->snapshot == snapshots.size()) return finish_run();
  Snapshot& snapshot = *snapshots[run_->snapshot];
  if (run_->long_work && !run_->restarted) {
    if (snapshot.search()) return;
    snapshot.examine_again();
    run_->restarted = true;
    return;
  }
  if (snapshot.step()) return;
  take_findings(snapshot);
  ++run_->snapshot;
  run_->restarted = false;
}

void Workspace::take_findings(const Snapshot& snapshot) {
  for (const parser::Diagnostic& each : snapshot.findings()) {
    const parser::Diagnostic finding = disk_.without_private(each, snapshot.model().sources);
    std::string path = finding.span.file == parser::kNoFile
                           ? files.canonical(run_->ruleset->inputs[0])
                           : snapshot.path_of(finding.span.file);
    run_->findings[std::move(path)].push_back(diagnostic_json(snapshot, finding));
  }
}

void Workspace::finish_run() {
  Run run = *std::exchange(run_, std::nullopt);
  const bool complete = std::ranges::all_of(run.ruleset->snapshots,
                                            [](const auto& each) { return each->complete(); });
  findings_[run.ruleset] = std::move(run.findings);
  publish_all();
  if (run.long_work && end_progress) end_progress();
  if (complete) return;
  // What is cheap is out; now the costs of expressions that were never seen.
  if (begin_progress) begin_progress(run.ruleset->name);
  run_ = Run{.ruleset = run.ruleset, .long_work = true};
}

void Workspace::publish_all() {
  if (!publish) return;
  FileFindings all;
  for (const auto& [ruleset, findings] : findings_) {
    for (const auto& [path, texts] : findings) {
      std::vector<std::string>& to = all[path];
      for (const std::string& text : texts) {
        if (std::ranges::find(to, text) == to.end() && to.size() < kMaxPublished) {
          to.push_back(text);
        }
      }
    }
  }
  const bool all_known = std::ranges::all_of(
      rulesets_, [&](const auto& each) { return findings_.contains(each.get()); });
  if (all_known) {
    for (const auto& [path, document] : files.documents) all[path];
    for (const auto& [path, texts] : published_) all[path];
  }
  for (auto& [path, texts] : all) {
    const auto it = files.documents.find(path);
    const Document* const document = it == files.documents.end() ? nullptr : it->second.get();
    const auto before = published_.find(path);
    const bool same =
        before == published_.end() ? texts.empty() && document == nullptr : before->second == texts;
    const auto said = published_version_.find(path);
    const bool current = document == nullptr ||
                         (said != published_version_.end() && said->second == document->version());
    if (same && current) continue;
    publish(path, texts);
    if (document != nullptr) published_version_[path] = document->version();
    if (texts.empty() && document == nullptr) {
      published_.erase(path);
    } else {
      published_[path] = std::move(texts);
    }
  }
}

std::string Workspace::diagnostic_json(const Snapshot& snapshot,
                                       const parser::Diagnostic& finding) const {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  const auto location = snapshot.location(finding.span, client.encoding);
  json.key("range");
  write(json, location ? location->range : Range{});
  json.key("severity");
  json.number(severity_number(finding.severity));
  const lint::CheckInfo* const check = lint::check_of(finding);
  json.member("code", check != nullptr ? check->name : finding.check);
  json.member("source", "wafcheck");
  json.member("message", finding.help.empty()
                             ? finding.message
                             : fmt::format("{}\nhelp: {}", finding.message, finding.help));
  if (check != nullptr) write_tags(json, *check);
  if (!finding.related.empty()) {
    json.key("relatedInformation");
    json.begin_array();
    for (const parser::Label& label : finding.related) {
      const auto place = snapshot.location(label.span, client.encoding);
      if (!place) continue;
      json.begin_object();
      json.key("location");
      json.begin_object();
      json.member("uri", uri_of(place->path));
      json.key("range");
      write(json, place->range);
      json.end_object();
      json.member("message", label.message);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
  return text;
}

}  // namespace wafcheck::cli::lsp
