#pragma once
// The ruleset with and without exclusions, and requests run through it.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console.h"
#include "cli/ruleset_options.h"
#include "cli/traffic_runner.h"
#include "cli/tune/evidence.h"
#include "engine/collections.h"
#include "engine/program.h"
#include "formats/records/evaluator.h"
#include "lint/fixes/fixes.h"

namespace wafcheck::cli::inline tune {

/// Files that hold exclusions: what is loaded before the rules, and what after them.
struct ExclusionFiles {
  std::string before, after;
};

/// A file of exclusions that exists, or would.
struct ExclusionFile {
  std::string path;
  std::optional<std::string> bytes = {};  ///< in place of what stands there
};

/// A ruleset with exclusions in it.
struct Trial {
  std::shared_ptr<const engine::Program> program;  ///< null: it does not load
  std::vector<uint32_t> bad_lines;  ///< of ExclusionFiles::before that do not load, from 1
  std::string errors;               ///< why it does not load
  std::string warnings;             ///< what lint has to say about the exclusions, a line each
};

/// A request that is run again.
struct Rerun {
  const formats::Exchange* exchange = nullptr;
  std::string_view source;
  std::string id = {};  ///< UNIQUE_ID; empty: its own
};

class Workbench {
 public:
  /// What it gets must outlive it. `directory` is where the files of exclusions will stand; what
  /// stands there already, written by wafcheck tune, is taken for empty. `names`: of the two files.
  Workbench(RulesetOptions ruleset, const TrafficOptions& traffic, Console& console,
            const std::string& directory, const ExclusionFiles& names);

  /// The same for files of exclusions that exist: the ruleset is first loaded without them.
  Workbench(RulesetOptions ruleset, const TrafficOptions& traffic, Console& console,
            const std::vector<ExclusionFile>& set_aside);

  /// Exclusions that belong to the ruleset besides what the options name. Before load().
  void add(const std::vector<ExclusionFile>& files);

  /// Loads the ruleset as it is. False, with the reason printed, where that fails.
  bool load();

  const std::shared_ptr<const engine::Program>& base() const { return base_; }
  const parser::RulesetModel& ruleset() const { return base_->ruleset(); }
  /// The name of the file before whose rules exclusions take their place.
  const std::string& anchor() const { return anchor_; }
  const std::string& path_before() const { return own_.front().path; }
  const std::string& path_after() const { return own_.back().path; }

  /// Loads the ruleset with these exclusions where they belong.
  Trial load_with(const ExclusionFiles& files, bool lint = false);

  /// Loads the ruleset with the files that were set aside: where it loads them itself, else those
  /// with updates and removals after the rules, others before them.
  Trial load_with_set_aside();
  /// What a file that was set aside is called; empty: it is none of them.
  std::string name_of(const std::string& path);

  size_t threads(const engine::Program& program) const;
  /// To be called before each pass over requests, on the main thread.
  void empty_collections();
  /// How requests are evaluated: with evidence.
  formats::EvaluatorOptions evaluation() const;

  /// Runs requests on several threads; `take` gets the outcome on a worker's thread, with the
  /// number of the request.
  void run(const std::shared_ptr<const engine::Program>& program, std::span<const Rerun> requests,
           const std::function<void(size_t, const formats::Outcome&)>& take);

 private:
  bool find_anchor();
  /// Where a file is loaded from that the ruleset does not load itself.
  enum class At : uint8_t { before, after };
  struct Added {
    std::string path, bytes;
    At at = At::before;
    bool loaded = false;  ///< by the ruleset itself
  };
  static Added added(const ExclusionFile& file);
  Trial load_with(const std::vector<Added>& added, bool lint);

  RulesetOptions options_;
  const TrafficOptions& traffic_;
  Console& console_;
  std::unique_ptr<RulesetPlan> plan_;
  std::deque<lint::Overlay> overlays_;  ///< programs read their data files through them
  std::unique_ptr<engine::CollectionStore> collections_;
  std::shared_ptr<const engine::Program> base_;
  std::string anchor_;          ///< path of a file, as it was loaded
  bool after_anchor_ = false;   ///< exclusions stand behind what it holds
  std::vector<Added> present_;  ///< always loaded
  std::vector<Added> own_;      ///< the two files, or those that were set aside
};

}  // namespace wafcheck::cli::inline tune
