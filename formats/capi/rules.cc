#include "formats/capi/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>

#include "engine/program/program_data.h"
#include "engine/program/settings.h"
#include "formats/capi/server_collections.h"
#include "parser/base/ascii.h"
#include "parser/language/language.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline capi {
namespace {

using parser::Directive;

/// The engine's version whose header the interface follows.
constexpr parser::Version kVersion{3, 0, 13};
/// What libmodsecurity counts a marker as: it stands in the list of each of its phases.
constexpr int kPhaseLists = 7;
/// Workers that wait for transactions, of one set.
constexpr size_t kMostIdle = 8;

/// Sets that are in use: what is added or merged twice is read once.
class InUse {
 public:
  /// A set of these very pieces; null: there is none.
  std::shared_ptr<LoadedRules> find(const Pieces& pieces) {
    return find_if([&](const LoadedRules& rules) { return rules.pieces() == pieces; });
  }
  /// One of `before` and a piece like `last`, whose files are as they were.
  std::shared_ptr<LoadedRules> find(const Pieces& before, const Piece& last) {
    return find_if([&](const LoadedRules& rules) {
      const Pieces& pieces = rules.pieces();
      return pieces.size() == before.size() + 1 && pieces.back()->is_like(last) &&
             std::equal(before.begin(), before.end(), pieces.begin()) && rules.files().is_current();
    });
  }
  void add(const std::shared_ptr<LoadedRules>& rules) {
    const std::lock_guard guard(mutex_);
    std::erase_if(rules_, [](const auto& each) { return each.expired(); });
    rules_.push_back(rules);
  }
  static InUse& instance() {
    static InUse all;
    return all;
  }

 private:
  template <typename Wanted>
  std::shared_ptr<LoadedRules> find_if(Wanted wanted) {
    const std::lock_guard guard(mutex_);
    for (const auto& each : rules_) {
      if (auto rules = each.lock(); rules && wanted(*rules)) return rules;
    }
    return nullptr;
  }

  std::mutex mutex_;
  std::vector<std::weak_ptr<LoadedRules>> rules_;
};

std::string error_text(const parser::Diagnostic& diagnostic, const parser::Sources& sources) {
  if (diagnostic.check == "duplicate-id" && diagnostic.rule_id) {
    return fmt::format("Rule id: {} is duplicated", *diagnostic.rule_id);
  }
  std::string text = "Rules error. ";
  if (diagnostic.span.file != parser::kNoFile) {
    const parser::Place place = sources.begin_of(diagnostic.span);
    text += fmt::format("File: {}. Line: {}. Column: {}. ", place.path, place.line, place.column);
  }
  text += diagnostic.message;
  if (!diagnostic.help.empty()) text += "; " + diagnostic.help;
  return text;
}

/// The first thing that is wrong, if any is.
Result<void> check(const parser::Diagnostics& diagnostics, const parser::Sources& sources) {
  const auto error =
      std::ranges::find(diagnostics, parser::Severity::error, &parser::Diagnostic::severity);
  if (error == diagnostics.end()) return {};
  return fail(error_text(*error, sources));
}

std::string_view word_of(const parser::RulesetModel& ruleset, Directive directive) {
  const parser::Setting* const setting = ruleset.last_setting(directive);
  if (setting == nullptr || setting->arguments.empty()) return {};
  return setting->arguments.front().view();
}

unsigned mode_of(const parser::RulesetModel& ruleset, Directive directive, unsigned standard) {
  const parser::Setting* const setting = ruleset.last_setting(directive);
  const bool named = setting != nullptr && setting->number >= 0;
  return named ? static_cast<unsigned>(setting->number) : standard;
}

/// Without those of a base.
int count_rules(const parser::RulesetModel& ruleset) {
  const std::span<const parser::Rule> own(ruleset.rules.data(), ruleset.own_rules());
  const auto starters = std::ranges::count_if(own, &parser::Rule::is_starter);
  return static_cast<int>(starters) + kPhaseLists * static_cast<int>(ruleset.markers.size());
}

}  // namespace

// --- LoadedRules ---

Result<std::shared_ptr<LoadedRules>> LoadedRules::load(Pieces pieces, Snapshot files) {
  const std::shared_ptr<LoadedRules> rules(new LoadedRules(std::move(pieces), std::move(files)));
  if (auto usable = check_collections(); !usable) return std::unexpected(usable.error());
  if (auto compiled = rules->compile(); !compiled) return std::unexpected(compiled.error());
  if (auto opened = rules->open_logs(); !opened) return std::unexpected(opened.error());
  rules->files_.close();
  InUse::instance().add(rules);
  return rules;
}

Result<void> LoadedRules::compile() {
  for (size_t added = 1; added < pieces_.size(); ++added) {
    const auto other = InUse::instance().find(Pieces(pieces_.begin() + added, pieces_.end()));
    // What was compiled as a whole serves, what was added to another does not.
    if (other != nullptr && other->base_ == nullptr && extend(other)) return {};
  }
  return compile_all();
}

parser::LoadOptions LoadedRules::load_options() {
  parser::LoadOptions options;
  options.profile = parser::Profile::modsecurity3;
  options.version = kVersion;
  options.files = &files_;
  options.merge_inputs = true;
  return options;
}

std::vector<std::string> LoadedRules::inputs(size_t count) const {
  std::vector<std::string> names;
  for (size_t at = 0; at < count; ++at) names.push_back(pieces_[at]->name);
  return names;
}

bool LoadedRules::extend(const std::shared_ptr<LoadedRules>& other) {
  const size_t added = pieces_.size() - other->pieces_.size();
  auto model = parser::extend_model(other->program_->data().ruleset, inputs(added), load_options());
  if (!model) return false;
  model->files = {};
  engine::ProgramOptions options;
  options.files = &files_;
  options.scripts = engine::ScriptAccess::limited;
  options.base = other->program_;
  count_ = count_rules(*model) + other->count_;
  program_ =
      engine::Program::compile(std::make_shared<const parser::RulesetModel>(std::move(*model)),
                               std::move(options))
          .program;
  if (program_ != nullptr) base_ = other;
  return program_ != nullptr;
}

Result<void> LoadedRules::compile_all() {
  const auto model = std::make_shared<parser::RulesetModel>(
      parser::load_model(inputs(pieces_.size()), load_options()));
  model->files = {};  // syntax trees, which only linters want
  if (auto loaded = check(model->diagnostics, model->sources); !loaded) return loaded;
  engine::ProgramOptions program_options;
  program_options.files = &files_;
  program_options.scripts = engine::ScriptAccess::limited;
  engine::Program::Compiled compiled = engine::Program::compile(model, std::move(program_options));
  if (auto good = check(compiled.diagnostics, model->sources); !good) return good;
  if (compiled.program == nullptr) return fail("Rules error. The rules cannot be compiled");
  program_ = std::move(compiled.program);
  count_ = count_rules(*model);
  return {};
}

Result<void> LoadedRules::open_logs() {
  const parser::RulesetModel& ruleset = program_->ruleset();
  const engine::AuditMode mode = program_->settings().audit;
  const auto open = [](std::string_view path, std::shared_ptr<LogFile>& file) -> Result<void> {
    if (path.empty()) return {};
    auto opened = LogFile::open(std::string(path));
    if (!opened) return fail("Rules error. " + opened.error().message);
    file = std::move(*opened);
    return {};
  };
  if (mode == engine::AuditMode::on || mode == engine::AuditMode::relevant_only) {
    const std::string_view type = word_of(ruleset, Directive::SecAuditLogType);
    if (iequals(type, "Https") || iequals(type, "Syslog")) {
      return fail(
          fmt::format("Rules error. SecAuditLogType {} is not supported; write Serial or "
                      "Parallel",
                      type));
    }
    const bool parallel = iequals(type, "Parallel") || iequals(type, "Concurrent");
    logs_.audit_type = parallel ? ServerLogs::AuditType::parallel : ServerLogs::AuditType::serial;
    logs_.folder = word_of(ruleset, Directive::SecAuditLogStorageDir);
    logs_.folder_mode = mode_of(ruleset, Directive::SecAuditLogDirMode, logs_.folder_mode);
    logs_.file_mode = mode_of(ruleset, Directive::SecAuditLogFileMode, logs_.file_mode);
    logs_.json = iequals(program_->settings().audit_format, "JSON");
    auto opened = open(word_of(ruleset, Directive::SecAuditLog), logs_.audit);
    if (!opened) return opened;
    opened = open(word_of(ruleset, Directive::SecAuditLog2), logs_.audit2);
    if (!opened) return opened;
  }
  logs_.debug_level = static_cast<int>(mode_of(ruleset, Directive::SecDebugLogLevel, 0));
  return logs_.debug_level == 0 ? Result<void>()
                                : open(word_of(ruleset, Directive::SecDebugLog), logs_.debug);
}

std::unique_ptr<Worker> LoadedRules::take_worker() {
  std::unique_ptr<Worker> worker;
  {
    const std::lock_guard guard(mutex_);
    if (!idle_.empty()) {
      worker = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (worker == nullptr) worker = std::make_unique<Worker>(*program_);
  worker->memory = searcher().take_memory();
  return worker;
}

void LoadedRules::give_back(std::unique_ptr<Worker> worker) {
  searcher().give_back(std::move(worker->memory));
  const std::lock_guard guard(mutex_);
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(worker));
}

std::unique_ptr<engine::MatchMemory> LoadedRules::take_memory() {
  {
    const std::lock_guard guard(mutex_);
    if (!idle_memories_.empty()) {
      auto memory = std::move(idle_memories_.back());
      idle_memories_.pop_back();
      return memory;
    }
  }
  return std::make_unique<engine::MatchMemory>(*program_);
}

void LoadedRules::give_back(std::unique_ptr<engine::MatchMemory> memory) {
  const std::lock_guard guard(mutex_);
  if (idle_memories_.size() < kMostIdle) idle_memories_.push_back(std::move(memory));
}

// --- ServerRules ---

Result<int> ServerRules::add_text(std::string text) {
  return add({.is_file = false, .content = std::move(text), .name = {}});
}

Result<int> ServerRules::add_file(const std::string& path) {
  return add({.is_file = true, .content = path, .name = path});
}

Result<int> ServerRules::add(Piece piece) {
  const int before = loaded_ == nullptr ? 0 : loaded_->count();
  Pieces pieces = loaded_ == nullptr ? Pieces() : loaded_->pieces();
  if (auto known = InUse::instance().find(pieces, piece)) {
    loaded_ = std::move(known);
    return loaded_->count() - before;
  }
  Snapshot files = loaded_ == nullptr ? Snapshot() : loaded_->files();
  files.reopen();
  if (!piece.is_file) piece.name = files.add_text(piece.content);
  pieces.push_back(std::make_shared<const Piece>(std::move(piece)));
  auto loaded = LoadedRules::load(std::move(pieces), std::move(files));
  if (!loaded) return std::unexpected(loaded.error());
  loaded_ = std::move(*loaded);
  return loaded_->count() - before;
}

Result<int> ServerRules::merge(const ServerRules& from) {
  if (from.loaded_ == nullptr) return 0;
  const int count = from.loaded_->count();
  if (loaded_ == nullptr) {
    loaded_ = from.loaded_;
    return count;
  }
  Pieces pieces = loaded_->pieces();
  std::ranges::copy(from.loaded_->pieces(), std::back_inserter(pieces));
  if (auto known = InUse::instance().find(pieces)) {
    loaded_ = std::move(known);
    return count;
  }
  Snapshot files = loaded_->files();
  files.merge(from.loaded_->files());
  auto loaded = LoadedRules::load(std::move(pieces), std::move(files));
  if (!loaded) return std::unexpected(loaded.error());
  loaded_ = std::move(*loaded);
  return count;
}

std::shared_ptr<LoadedRules> ServerRules::rules() const {
  if (loaded_ != nullptr) return loaded_;
  static const std::shared_ptr<LoadedRules> empty =
      LoadedRules::load({}, {}).value_or(std::shared_ptr<LoadedRules>());
  return empty;
}

}  // namespace wafcheck::formats::inline capi
