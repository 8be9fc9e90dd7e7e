#pragma once
// From what rules matched in good requests to exclusions that would free these, narrow ones first.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/tune/cover.h"
#include "cli/tune/evidence.h"
#include "cli/tune/exclusion.h"
#include "formats/traffic/traffic.h"
#include "lint/analysis/engines.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::cli::inline tune {

/// How wide an exclusion may be.
enum class Breadth : uint8_t {
  target,  ///< a rule's target; a rule only where none of its targets can be excluded
  rule,    ///< also a rule as a whole
  tag,     ///< also a target of all rules with a tag
};

/// Paths and hosts of the traffic, so that exclusions name them as they are used.
class PathStatistics {
 public:
  /// `expression`: path_template() of the path.
  void add(const std::string& path, const std::string& expression, const std::string& host);
  void merge(const PathStatistics& other);
  /// Where a request's exclusions hold, as far as path and host say it: a template where the
  /// traffic has several paths of it; the host where it has several.
  Scope scope_of(const Evidence& evidence) const;

  /// The first in order are kept, so that parts of the traffic come to the same as the whole.
  using Few = std::set<std::string>;
  const std::map<std::string, Few>& paths() const { return paths_; }
  const Few& hosts() const { return hosts_; }
  void add_path(const std::string& path, const std::string& expression);
  void add_host(const std::string& host);

 private:
  std::map<std::string, Few> paths_;  ///< by template
  Few hosts_;
};

/// A good request that is held back, with what holds it back now and what did in earlier trials.
struct BlockedRequest {
  formats::Exchange exchange;
  std::string source, id;
  std::vector<Evidence> evidence;
  std::string suspicious;  ///< why it is taken for an attack; empty: it is not
};

/// Where a rule matches what is good: one target on one path.
struct Site {
  uint64_t rule_id = 0;
  TargetName target;
  Scope scope;  ///< with the methods that were seen
  std::optional<ComparedSetting> setting;
  std::vector<size_t> requests;    ///< ascending
  std::string value;               ///< in the first of them
  std::vector<size_t> candidates;  ///< that take it away: alternatives
};

struct Candidate {
  Exclusion exclusion;
  std::vector<size_t> sites;
  size_t width = 0;  ///< 0: a key on a path; each step is wider
};

/// All sites of the requests and their candidates. `Void` remembers what had no effect.
class Candidates {
 public:
  using Void = std::set<Exclusion>;

  /// `engine`: nothing for the default semantics.
  Candidates(const std::vector<BlockedRequest>& requests, const PathStatistics& paths,
             const parser::RulesetModel& ruleset, const std::optional<lint::EngineTarget>& engine,
             Breadth breadth, const Void& without_effect);

  const std::vector<Site>& sites() const { return sites_; }
  const std::vector<Candidate>& all() const { return candidates_; }
  /// What the cover has to free; in the order of the requests that are not suspicious.
  std::vector<CoverRequest> cover() const;
  /// The site of a hit of a request.
  size_t site_of(const Hit& hit, const Evidence& evidence) const;

 private:
  struct SiteKey {
    uint64_t rule_id;
    TargetName target;
    Scope scope;
    auto operator<=>(const SiteKey&) const = default;
  };
  SiteKey key_of(const Hit& hit, const Evidence& evidence) const;
  void find_sites();
  void find_candidates();
  void find_settings();
  void find_tags();
  std::vector<Exclusion> ladder(const Site& site) const;
  std::optional<std::string> target_text(const TargetName& target) const;
  void offer(size_t site, const Exclusion& exclusion, size_t width);

  const std::vector<BlockedRequest>& requests_;
  const PathStatistics& paths_;
  const parser::RulesetModel& ruleset_;
  const std::optional<lint::EngineTarget>& engine_;
  const Breadth breadth_;
  const Void& void_;
  std::vector<Site> sites_;
  std::map<SiteKey, size_t> site_by_key_;
  std::vector<Candidate> candidates_;
  std::map<Exclusion, size_t> candidate_by_exclusion_;
  std::map<std::string, std::string> settings_;  ///< the value that each TX variable should have
  std::map<std::pair<uint64_t, TargetName>, std::set<std::string>> paths_of_;
};

}  // namespace wafcheck::cli::inline tune
