#pragma once
// The steps of wafcheck tune: evidence from good traffic, the search for exclusions, and the proof
// with the files as they are written.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/notices.h"
#include "cli/ruleset_options.h"
#include "cli/traffic_runner.h"
#include "cli/tune/attacks.h"
#include "cli/tune/candidates.h"
#include "cli/tune/good_traffic.h"
#include "cli/tune/lock.h"
#include "cli/tune/result.h"
#include "cli/tune/search.h"
#include "cli/tune/workbench.h"

namespace wafcheck::cli::inline tune {

struct TunePlan {
  RulesetOptions ruleset;
  TrafficOptions traffic;
  std::vector<std::string> attacks;
  std::string directory;  ///< where the files will stand
  std::string plugin;     ///< write a plugin of that name; empty: the files that CRS has places for
  uint64_t id_base = 9'900'000;
  Breadth breadth = Breadth::target;
  bool include_suspicious = false;
  std::vector<ExclusionFile> present;  ///< exclusions that the ruleset has besides
  /// What was kept of traffic that was read elsewhere, in place of traffic, and the hash of its
  /// rules.
  std::optional<GoodTraffic> evidence;
  std::string evidence_rules;
};

class Tuner {
 public:
  /// What it gets must outlive it.
  Tuner(const TunePlan& plan, Console& console);

  /// The paths of the files of exclusions.
  static std::vector<std::string> files_of(const TunePlan& plan);

  /// Nothing, with the reason printed, where the question could not be answered.
  std::optional<TuneResult> run();

  /// Reads the traffic and proposes nothing; null, with the reason printed, where that fails.
  const GoodTraffic* gather_only();
  const engine::Program& program() const { return *workbench_.base(); }
  /// What a summary of it has to prove.
  const std::vector<formats::PartSpan>& spans() const { return runner_.spans(); }

  /// The text of the lock file after run().
  std::string lock_text() const { return ids_->text(); }
  const parser::RulesetModel& ruleset() const { return workbench_.ruleset(); }

 private:
  using Place = std::pair<std::string, uint64_t>;  ///< source and offset
  struct Seen;

  bool load();
  bool read_lock();
  bool gather();
  bool take_evidence();
  bool read_attacks();
  bool search();
  bool prove();
  void prove_good(const Trial& trial);
  std::vector<BlockedRequest> held_back_by(const Trial& trial);
  std::vector<BlockedRequest> held_back_again(const Trial& trial);
  void prove_attacks(const Trial& trial);
  void add_lost_payloads(const Trial& trial);
  void add_plugin_files(const Trial& trial);
  NamedRequest named(const BlockedRequest& request) const;
  std::string left_reason(const Evidence& evidence) const;

  const TunePlan& plan_;
  Console& console_;
  Workbench workbench_;
  TrafficRunner runner_;
  RunNotices notices_;
  std::optional<Judge> judge_;
  GoodTraffic good_;
  AttackCorpus attacks_;
  std::vector<Chosen> chosen_;  ///< in the order of the result's proposals after arrange()
  std::optional<IdLock> ids_;
  TuneResult result_;
};

}  // namespace wafcheck::cli::inline tune
