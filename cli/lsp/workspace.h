#pragma once
// The folders, documents and rulesets of a session, and what is found in them.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/console.h"
#include "cli/guarded_files.h"
#include "cli/lsp/document.h"
#include "cli/lsp/position.h"
#include "cli/lsp/ruleset.h"
#include "cli/lsp/test_bench.h"
#include "cli/lsp/traffic_bench.h"
#include "formats/json/value.h"
#include "lint/analysis/redos_index.h"

namespace wafcheck::cli::lsp {

/// What the client asks for, in initializationOptions and didChangeConfiguration.
struct Settings {
  std::optional<std::string> profile;  ///< default, crs or strict
  std::vector<std::string> engines;    ///< as --engine of lint takes them
  std::vector<std::string> traffic;    ///< files that the code lens replays
  bool hints = true;
  bool lenses = true;
};

/// What the client can do.
struct Client {
  Encoding encoding = Encoding::utf16;
  bool progress = false;
  bool watches_files = false;     ///< registration of watched files
  bool snippets = false;          ///< in completions
  bool nested_symbols = false;    ///< in a document
  bool document_changes = false;  ///< edits name the versions of documents
  bool renames_files = false;
  bool code_action_literals = false;
  bool refreshes_lenses = false, refreshes_hints = false;
};

/// A ruleset that open documents belong to.
struct Ruleset {
  std::string name;
  std::vector<std::string> inputs;
  std::shared_ptr<const Project> project;
  /// One for each ruleset that the inputs hold: files of other formats may hold several.
  std::vector<std::unique_ptr<Snapshot>> snapshots;
  bool stale = true;  ///< the snapshots are of what was

  bool holds(const std::string& path) const;
};

/// A place in a text of rules.
struct RulesPlace {
  Document* document = nullptr;
  RulesText* text = nullptr;
  size_t number = 0;    ///< of the text
  uint32_t offset = 0;  ///< in the text
};

/// Findings of a file, as JSON texts of diagnostics.
using FileFindings = std::map<std::string, std::vector<std::string>>;

class Workspace {
 public:
  /// `options`: --root and --allow, and the configuration file that is named, if one is.
  explicit Workspace(const GlobalOptions& options);
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

 private:
  GlobalOptions options_;
  GuardedFiles disk_;

 public:
  Client client;
  Settings settings;
  OpenFiles files;

  /// Folders below which files are read; the first call sets them, unless --root does.
  Result<void> add_folder(const std::string& path);
  void remove_folder(const std::string& path);
  const std::vector<std::string>& folders() const { return folders_; }

  // Documents. What is returned is whether there is such a document.
  void open(std::string uri, std::string language, int64_t version, std::string text);
  bool change(std::string_view uri, int64_t version, formats::JsonValue changes);
  bool close(std::string_view uri);
  Document* document(std::string_view uri);
  /// Files changed behind the server's back, or what is read of them did.
  void reread();

  /// The key of a document among files.documents.
  std::string path_of(std::string_view uri) const;
  /// As the client calls it.
  std::string uri_of(const std::string& path) const;

  /// The place that a position names; nothing: there are no rules.
  std::optional<RulesPlace> place(formats::JsonValue params);

  /// The rulesets of a document, loaded as it stands.
  std::vector<const Snapshot*> snapshots(const std::string& path);
  /// All rulesets, loaded as they stand.
  std::vector<const Snapshot*> snapshots();
  /// Those of a document as they were last loaded, if they were.
  std::vector<const Snapshot*> known_snapshots(const std::string& path);
  /// Runs tests against a ruleset.
  TestBench& bench(const Snapshot& snapshot);
  /// What a ruleset decides about pinned traffic, as it stands and as it is saved; `traffic` as the
  /// settings name it.
  std::pair<Verdicts, Verdicts> verdicts(const Snapshot& snapshot, const std::string& traffic,
                                         const std::function<bool()>& cancelled);
  /// A document was saved.
  void saved() { saved_.clear(); }
  /// The ruleset that a snapshot is of.
  const Ruleset& ruleset_of(const Snapshot& snapshot) const;

  // Work that nobody waits for. A step takes milliseconds.
  bool has_work() const;
  void step();

  /// Called with what there is to publish, and with what is worth telling the user.
  std::function<void(const std::string& path, const std::vector<std::string>& findings)> publish;
  std::function<void(std::string_view message)> tell;
  /// Called when the work on a ruleset begins, goes on and is done; of long work only.
  std::function<void(std::string_view name)> begin_progress;
  std::function<void()> end_progress;

  /// A finding as the protocol has it.
  std::string diagnostic_json(const Snapshot& snapshot, const parser::Diagnostic& finding) const;

  /// The regression tests below the folders, by path.
  const std::vector<std::string>& test_files();
  /// Those of each rule, by its id.
  const std::map<uint64_t, std::vector<TestFile>>& tests();

  GuardedFiles& disk() { return disk_; }
  /// What expressions cost, as far as it is known.
  lint::RedosCache& costs() { return redos_; }

 private:
  struct Run {
    Ruleset* ruleset = nullptr;
    size_t snapshot = 0;
    bool long_work = false;  ///< expressions are searched
    bool restarted = false;  ///< of long work: the snapshot is being checked again
    FileFindings findings = {};
  };

  void discover();
  void discover(const std::string& path);
  bool assign(const std::string& path, const std::shared_ptr<const Project>& project);
  Ruleset& add_ruleset(std::string name, std::vector<std::string> inputs,
                       std::shared_ptr<const Project> project);
  void load(Ruleset& ruleset);
  void mark_stale(const std::string& path);
  void drop_unused();
  std::shared_ptr<const Project> project_of(const std::string& path);
  std::shared_ptr<const Project> read_project(const std::string& file);
  std::shared_ptr<const Project> read_coraza(const std::string& file);
  std::shared_ptr<const Project> default_project();
  void apply_settings(Project& project) const;
  std::vector<std::string> roots_that_include(const std::string& path);
  const std::vector<std::string>& rules_files();
  void list_files();
  void tell_once(const std::string& message);
  void finish_run();
  void take_findings(const Snapshot& snapshot);
  void publish_all();

  bool rooted_ = false;  ///< --root holds
  std::vector<std::string> folders_;
  std::vector<std::unique_ptr<Ruleset>> rulesets_;
  std::map<std::string, std::shared_ptr<const Project>> projects_;  ///< by file; "": default
  std::map<const Snapshot*, std::unique_ptr<TestBench>> benches_;
  /// By the inputs of the ruleset and the traffic.
  std::map<std::vector<std::string>, Verdicts> saved_;
  std::set<std::string> told_;
  lint::RedosCache redos_;
  std::optional<Run> run_;
  bool undiscovered_ = false;  ///< which rulesets there are is to be found out anew
  std::map<const Ruleset*, FileFindings> findings_;
  std::map<std::string, std::vector<std::string>> published_;
  std::map<std::string, int64_t> published_version_;
  std::optional<std::vector<std::string>> rules_files_, test_files_;
  std::optional<std::map<uint64_t, std::vector<TestFile>>> tests_;
  std::optional<std::map<std::string, std::vector<std::string>>> includers_;
};

}  // namespace wafcheck::cli::lsp
