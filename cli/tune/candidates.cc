#include "cli/tune/candidates.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/tune/path.h"
#include "cli/tune/settings.h"
#include "lint/analysis/capabilities.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::cli::inline tune {
namespace {

/// On so many paths a target of a rule is excluded for all of them at once.
constexpr size_t kPathsOfEverywhere = 5;
/// So many rules of a tag that match one target make the tag a candidate.
constexpr size_t kRulesOfTag = 3;
/// Of each template, so many paths show that it is one.
constexpr size_t kPathsOfTemplate = 2;
/// So many hosts show that there are several.
constexpr size_t kHosts = 2;

/// Adds a text that is among the first `most` in order.
void keep_first(std::set<std::string>& few, const std::string& text, size_t most) {
  if (few.size() == most && text > *few.rbegin()) return;
  few.insert(text);
  if (few.size() > most) few.erase(std::prev(few.end()));
}

/// Whether every engine reads a member's name as it stands in ctl. Of a document, the selector is a
/// path that rules themselves have.
bool is_plain_key(const TargetName& target) {
  const std::string_view key = target.key;
  if (parser::info(target.variable).kind == parser::VariableKind::Document) {
    return key == "/*" || key == "//@*";
  }
  return !key.starts_with('/') && std::ranges::all_of(key, [](char byte) {
    return is_alnum(static_cast<unsigned char>(byte)) ||
           std::string_view("_-.[]$:@+~()*").find(byte) != std::string_view::npos;
  });
}

/// The key with each number among its parts as an expression; empty where there is none.
std::string key_expression(std::string_view key) {
  std::string expression = "/^";
  bool varies = false;
  for (size_t i = 0; i < key.size();) {
    size_t end = i;
    while (end < key.size() && is_digit(static_cast<unsigned char>(key[end]))) ++end;
    const bool part = end > i && i > 0 && !is_alnum(static_cast<unsigned char>(key[i - 1])) &&
                      (end == key.size() || !is_alnum(static_cast<unsigned char>(key[end])));
    if (part) {
      expression += "[0-9]+";
      varies = true;
    } else {
      end = std::max(end, i + 1);
      expression += quoted_in_expression(key.substr(i, end - i));
    }
    i = end;
  }
  return varies ? expression + "$/" : std::string();
}

void add_sorted(std::vector<std::string>& to, const std::string& text) {
  const auto at = std::ranges::lower_bound(to, text);
  if (at == to.end() || *at != text) to.insert(at, text);
}

}  // namespace

void PathStatistics::add(const std::string& path, const std::string& expression,
                         const std::string& host) {
  if (!expression.empty()) add_path(path, expression);
  add_host(host);
}

void PathStatistics::add_path(const std::string& path, const std::string& expression) {
  keep_first(paths_[expression], path, kPathsOfTemplate);
}

void PathStatistics::add_host(const std::string& host) {
  keep_first(hosts_, host, kHosts);
}

void PathStatistics::merge(const PathStatistics& other) {
  for (const auto& [expression, paths] : other.paths_) {
    for (const std::string& path : paths) add_path(path, expression);
  }
  for (const std::string& host : other.hosts_) add_host(host);
}

Scope PathStatistics::scope_of(const Evidence& evidence) const {
  Scope scope;
  const auto found = paths_.find(path_template(evidence.path));
  if (found != paths_.end() && found->second.size() >= kPathsOfTemplate) {
    scope.path = found->first;
  } else {
    scope.path = exact_expression(evidence.path);
    scope.literal = evidence.path;
  }
  if (hosts_.size() >= kHosts && !evidence.host.empty()) scope.hosts = {evidence.host};
  return scope;
}

Candidates::Candidates(const std::vector<BlockedRequest>& requests, const PathStatistics& paths,
                       const parser::RulesetModel& ruleset,
                       const std::optional<lint::EngineTarget>& engine, Breadth breadth,
                       const Void& without_effect)
    : requests_(requests),
      paths_(paths),
      ruleset_(ruleset),
      engine_(engine),
      breadth_(breadth),
      void_(without_effect) {
  find_sites();
  find_settings();
  find_candidates();
  if (breadth_ == Breadth::tag) find_tags();
}

Candidates::SiteKey Candidates::key_of(const Hit& hit, const Evidence& evidence) const {
  return {hit.rule_id, hit.target, paths_.scope_of(evidence)};
}

size_t Candidates::site_of(const Hit& hit, const Evidence& evidence) const {
  return site_by_key_.at(key_of(hit, evidence));
}

void Candidates::find_sites() {
  for (size_t at = 0; at < requests_.size(); ++at) {
    if (!requests_[at].suspicious.empty()) continue;
    for (const Evidence& evidence : requests_[at].evidence) {
      for (const Hit& hit : evidence.hits) {
        const SiteKey key = key_of(hit, evidence);
        const auto [known, added] = site_by_key_.try_emplace(key, sites_.size());
        if (added) {
          sites_.push_back({hit.rule_id, hit.target, key.scope, hit.setting, {}, hit.value, {}});
        }
        Site& site = sites_[known->second];
        add_sorted(site.scope.methods, evidence.method);
        if (site.requests.empty() || site.requests.back() != at) site.requests.push_back(at);
        paths_of_[{hit.rule_id, hit.target}].insert(key.scope.path);
      }
    }
  }
}

/// One value for each setting that fits all good requests.
void Candidates::find_settings() {
  for (const BlockedRequest& request : requests_) {
    if (!request.suspicious.empty()) continue;
    for (const Evidence& evidence : request.evidence) {
      for (const Hit& hit : evidence.hits) {
        if (!hit.setting) continue;
        const auto known = settings_.find(hit.setting->variable);
        const std::string& current = known == settings_.end() ? hit.setting->value : known->second;
        if (auto wider = widened(*hit.setting, current)) {
          settings_[hit.setting->variable] = *std::move(wider);
        }
      }
    }
  }
}

std::optional<std::string> Candidates::target_text(const TargetName& target) const {
  using lint::WordKind;
  if (target.counted || !is_plain_key(target)) return std::nullopt;
  const std::string text = target.text();
  if (engine_) {
    const auto lacks = [&](std::string_view construct) {
      return lint::capability(*engine_, WordKind::Construct, construct).standing >=
             lint::Standing::Ignored;
    };
    const bool names = parser::info(target.variable).name.ends_with("_NAMES");
    if (text.find('@') != std::string::npos && lacks(lint::construct::kCtlAttribute)) {
      return std::nullopt;
    }
    if (names && !target.key.empty() && lacks(lint::construct::kNamesSelector)) {
      return std::nullopt;
    }
  }
  return text;
}

/// From narrow to wide. Each step is for when those before it have no effect.
std::vector<Exclusion> Candidates::ladder(const Site& site) const {
  std::vector<Exclusion> steps;
  const auto add = [&](ExclusionKind kind, std::string target, const Scope& scope) {
    Exclusion step;
    step.kind = kind;
    step.rule_id = site.rule_id;
    step.target = std::move(target);
    step.scope = scope;
    steps.push_back(std::move(step));
  };
  if (site.setting && settings_.contains(site.setting->variable)) {
    Exclusion setting;
    setting.kind = ExclusionKind::setting;
    setting.rule_id = 0;  // one setting may serve several rules
    setting.variable = site.setting->variable;
    setting.value = settings_.at(site.setting->variable);
    steps.push_back(std::move(setting));
  }
  if (const auto text = target_text(site.target)) {
    const bool everywhere = breadth_ >= Breadth::rule &&
                            paths_of_.at({site.rule_id, site.target}).size() >= kPathsOfEverywhere;
    if (everywhere) add(ExclusionKind::update_target, *text, {});
    const std::string expression =
        ruleset_.semantics().ctl_key_expressions && !ruleset_.semantics().ctl_keys_are_text
            ? key_expression(site.target.key)
            : std::string();
    const bool honoured =
        !expression.empty() && (!engine_ || lint::capability(*engine_, lint::WordKind::Construct,
                                                             lint::construct::kCtlSelectorRegex)
                                                    .standing < lint::Standing::Ignored);
    if (honoured) {
      const std::string any =
          std::string(parser::info(site.target.variable).name) + ":" + expression;
      const auto same = [&](const Site& other) {
        return other.rule_id == site.rule_id && other.scope == site.scope &&
               other.target.variable == site.target.variable &&
               other.target.key != site.target.key &&
               key_expression(other.target.key) == expression;
      };
      if (std::ranges::any_of(sites_, same)) add(ExclusionKind::ctl_target, any, site.scope);
    }
    add(ExclusionKind::ctl_target, *text, site.scope);
  }
  if (!site.target.counted && !site.target.key.empty() && !target_text(site.target)) {
    // The members of a collection that no exclusion can name one by one.
    add(ExclusionKind::ctl_target, std::string(parser::info(site.target.variable).name),
        site.scope);
  }
  add(ExclusionKind::ctl_rule, {}, site.scope);
  if (breadth_ >= Breadth::rule) add(ExclusionKind::remove, {}, {});
  return steps;
}

void Candidates::offer(size_t site, const Exclusion& exclusion, size_t width) {
  const auto [known, added] = candidate_by_exclusion_.try_emplace(exclusion, candidates_.size());
  if (added) candidates_.push_back({exclusion, {}, width});
  candidates_[known->second].sites.push_back(site);
  sites_[site].candidates.push_back(known->second);
}

void Candidates::find_candidates() {
  for (size_t at = 0; at < sites_.size(); ++at) {
    for (const Exclusion& step : ladder(sites_[at])) {
      // What is wider than need be is an alternative only where that is asked for.
      const bool whole_rule = step.kind == ExclusionKind::ctl_rule;
      const bool wanted =
          sites_[at].candidates.empty() || (breadth_ >= Breadth::rule && step.target.empty());
      if (wanted && !void_.contains(step)) {
        const bool only = sites_[at].candidates.empty();
        offer(at, step, step.kind == ExclusionKind::remove ? 2 : whole_rule && !only ? 1 : 0);
      }
    }
  }
}

/// A tag in place of several of its rules, on one path and for one target.
void Candidates::find_tags() {
  std::map<std::pair<std::string, Exclusion>, std::set<size_t>> by_tag;
  for (size_t at = 0; at < sites_.size(); ++at) {
    const Site& site = sites_[at];
    const auto text = target_text(site.target);
    const parser::Rule* const rule = ruleset_.find(site.rule_id);
    if (!text || rule == nullptr) continue;
    for (const parser::ActionUse* use : rule->effective) {
      if (use->id != parser::Action::tag || !use->raw.starts_with("attack-")) continue;
      Exclusion exclusion;
      exclusion.kind = ExclusionKind::ctl_tag;
      exclusion.tag = use->raw;
      exclusion.target = *text;
      exclusion.scope = site.scope;
      by_tag[{use->raw, exclusion}].insert(at);
    }
  }
  for (const auto& [key, sites] : by_tag) {
    if (sites.size() < kRulesOfTag || void_.contains(key.second)) continue;
    for (const size_t site : sites) offer(site, key.second, 0);
  }
}

std::vector<CoverRequest> Candidates::cover() const {
  std::vector<CoverRequest> cover;
  for (const BlockedRequest& request : requests_) {
    if (!request.suspicious.empty()) continue;
    CoverRequest& own = cover.emplace_back();
    for (const Evidence& evidence : request.evidence) {
      for (const Obstacle& obstacle : evidence.obstacles) {
        CoverObstacle& left = own.emplace_back();
        left.excess = obstacle.excess;
        for (const Obstacle::Part& part : obstacle.parts) {
          const Site& site = sites_[site_of(evidence.hits[part.hit], evidence)];
          left.parts.push_back({part.amount, site.candidates});
        }
      }
    }
  }
  return cover;
}

}  // namespace wafcheck::cli::inline tune
