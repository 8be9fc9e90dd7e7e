#include "cli/lsp/ruleset.h"

#include <algorithm>
#include <utility>

namespace wafcheck::cli::lsp {

namespace {

parser::RulesetModel load(formats::EmbeddedFiles& files, const std::vector<std::string>& inputs,
                          parser::LoadOptions options) {
  options.files = &files;
  return parser::load_model(inputs, options);
}

}  // namespace

Snapshot::Snapshot(std::shared_ptr<formats::EmbeddedFiles> files,
                   const std::vector<std::string>& inputs, const Project& project,
                   lint::RedosCache& cache)
    : files_(std::move(files)),
      inputs_(inputs),
      redos_{.cache = &cache, .known_only = true},
      options_(project.lint),
      model_(load(*files_, inputs, project.load)) {
  options_.files = files_.get();
  options_.redos = &redos_;
  // Whether a comment silences a finding shows only when all findings are there.
  options_.selection.ignore.emplace_back(lint::info(lint::Check::stale_suppression).name);
  examiner_ = std::make_unique<lint::Examiner>(model_, options_);
  complete_ = lint::all_searched(analysis().expressions(), redos_);
  if (complete_) look_for_all();
  for (const parser::LoadedFile& file : model_.files) {
    const parser::Source& source = model_.sources[file.file];
    std::string path =
        files_->canonical(source.embedding ? source.embedding->file->path : source.path);
    by_path_[path].push_back(file.file);
    path_of_.emplace(file.file, std::move(path));
  }
}

void Snapshot::look_for_all() {
  redos_.known_only = false;
  options_.selection.ignore.pop_back();
}

void Snapshot::examine_again() {
  if (!std::exchange(complete_, true)) look_for_all();
  findings_.reset();
  examiner_.reset();
  examiner_ = std::make_unique<lint::Examiner>(model_, options_);
}

const parser::Diagnostics& Snapshot::findings() const {
  if (!findings_) {
    while (examiner_->step()) {
    }
    findings_ = examiner_->result().findings;
  }
  return *findings_;
}

bool Snapshot::search() const {
  return lint::search_next(analysis().expressions(), redos_);
}

std::optional<parser::FileId> Snapshot::file(const std::string& path, size_t text) const {
  const auto it = by_path_.find(path);
  if (it == by_path_.end()) return std::nullopt;
  for (const parser::FileId file : it->second) {
    const parser::Source& source = model_.sources[file];
    if (!source.embedding) return file;
    // FILE#1 is the first text.
    if (source.path.ends_with("#" + std::to_string(text + 1))) return file;
  }
  return std::nullopt;
}

std::optional<Location> Snapshot::location(parser::Span span, Encoding encoding) const {
  const auto path = path_of_.find(span.file);
  if (path == path_of_.end()) return std::nullopt;
  const parser::Source& source = model_.sources[span.file];
  if (!source.embedding) {
    return Location{path->second, range_at(source, span.begin, span.end, encoding)};
  }
  const parser::Embedding& around = *source.embedding;
  const uint32_t begin = around.offset_in_file(span.begin);
  const uint32_t end = span.end > span.begin ? around.offset_in_file(span.end - 1) + 1 : begin;
  return Location{path->second, range_at(*around.file, begin, end, encoding)};
}

const parser::Rule* Snapshot::rule_at(parser::FileId file, uint32_t offset) const {
  const auto rule = std::ranges::find_if(model_.rules, [&](const parser::Rule& each) {
    return each.span.file == file && each.span.begin <= offset && offset <= each.span.end;
  });
  return rule == model_.rules.end() ? nullptr : &*rule;
}

}  // namespace wafcheck::cli::lsp
