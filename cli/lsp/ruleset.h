#pragma once
// A ruleset at one moment: loaded through the open documents, and checked step by step.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/lsp/document.h"
#include "formats/embedded/files.h"
#include "lint/analysis/redos_index.h"
#include "lint/checks/check.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::cli::lsp {

/// How rulesets are loaded and checked: by a configuration file, and what the client asks for.
struct Project {
  std::string file;  ///< the configuration; empty: there is none
  /// By name, with their inputs in load order.
  std::vector<std::pair<std::string, std::vector<std::string>>> rulesets;
  parser::LoadOptions load;
  lint::Options lint;
};

/// A place in a file as people see it.
struct Location {
  std::string path;  ///< canonical
  Range range;
};

/// A loaded ruleset, with what is worked out about it on demand. Nothing in it changes.
class Snapshot {
 public:
  /// `cache` outlives it. `files` is read from while it lives.
  Snapshot(std::shared_ptr<formats::EmbeddedFiles> files, const std::vector<std::string>& inputs,
           const Project& project, lint::RedosCache& cache);

  const std::vector<std::string>& inputs() const { return inputs_; }
  const parser::RulesetModel& model() const { return model_; }
  parser::FileSystem& files() const { return *files_; }
  /// Tx, exclusions, expressions; of the expressions' costs what is known already.
  const lint::Analysis& analysis() const { return examiner_->context(); }

  /// The source with a path as people see it, and a text in it by its number; null: not loaded.
  std::optional<parser::FileId> file(const std::string& path, size_t text = 0) const;
  bool holds(const std::string& path) const { return by_path_.contains(path); }
  const std::map<std::string, std::vector<parser::FileId>>& paths() const { return by_path_; }
  /// Nothing for a span without a file.
  std::optional<Location> location(parser::Span span, Encoding encoding) const;
  /// The canonical path of the file around a source.
  const std::string& path_of(parser::FileId file) const { return path_of_.at(file); }
  /// The rule, or link of a chain, that is written at an offset; null: none is.
  const parser::Rule* rule_at(parser::FileId file, uint32_t offset) const;

  /// Runs the next check; false if none is left.
  bool step() { return examiner_->step(); }
  /// What all checks have found; runs those that are left.
  const parser::Diagnostics& findings() const;
  /// Whether the checks know what all expressions cost. If not, search() what is left, then
  /// examine_again().
  bool complete() const { return complete_; }
  /// Searches one expression more; false if the costs of all are known.
  bool search() const;
  /// Checks from the beginning, with the costs of all expressions.
  void examine_again();

 private:
  void look_for_all();

  std::shared_ptr<formats::EmbeddedFiles> files_;
  const std::vector<std::string> inputs_;
  lint::RedosOptions redos_;
  lint::Options options_;
  bool complete_ = false;
  parser::RulesetModel model_;
  std::unique_ptr<lint::Examiner> examiner_;
  mutable std::optional<parser::Diagnostics> findings_;
  std::map<std::string, std::vector<parser::FileId>> by_path_;
  std::map<parser::FileId, std::string> path_of_;
};

}  // namespace wafcheck::cli::lsp
