// Checks on SecMarker and the skipAfter actions that name them.

#include <fmt/format.h>

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lint/checks/check.h"
#include "lint/checks/crs/crs.h"
#include "lint/checks/edits.h"
#include "parser/base/nearest.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Marker;
using parser::Rule;
using parser::RulesetModel;

template <typename Visit>
void each_skip_after(const RulesetModel& ruleset, Visit visit) {
  for (const Rule& rule : ruleset.rules) {
    for (const ActionUse& use : rule.actions) {
      if (use.id == Action::skipAfter) visit(rule, use);
    }
  }
}

/// The markers of each name, in load order.
using Markers = std::unordered_map<std::string_view, std::vector<const Marker*>>;

Markers markers_of(const RulesetModel& ruleset) {
  Markers markers;
  for (const Marker& marker : ruleset.markers) markers[marker.name].push_back(&marker);
  return markers;
}

/// Each suggestion compares all markers; findings after this many have no suggestion.
constexpr size_t kMaxSuggestions = 50;

}  // namespace

// An engine that does not find the marker skips to the end of the phase, or of all phases.
void skipafter_missing_marker(const Context& context, Findings& findings) {
  const Markers markers = markers_of(context.ruleset);
  size_t suggestions = 0;
  each_skip_after(context.ruleset, [&](const Rule& rule, const ActionUse& use) {
    if (markers.contains(use.word())) return;
    std::string_view near;
    if (++suggestions <= kMaxSuggestions) {
      near = nearest(use.word(), context.ruleset.markers,
                     [](const Marker& marker) { return std::string_view(marker.name); });
    }
    parser::Diagnostic& finding = findings.add(
        Check::skipafter_missing_marker, rule, use.value_span,
        fmt::format("there is no SecMarker {}: the remaining rules are skipped", use.word()),
        parser::did_you_mean(near));
    if (near.empty()) return;
    finding.fix = parser::Fix{"use the nearest marker", false, {replace_value(use, near)}};
  });
}

void skipafter_backwards(const Context& context, Findings& findings) {
  const Markers markers = markers_of(context.ruleset);
  each_skip_after(context.ruleset, [&](const Rule& rule, const ActionUse& use) {
    const auto named = markers.find(use.word());
    if (named == markers.end()) return;  // skipafter-missing-marker owns that
    const Marker& last = *named->second.back();
    if (last.before > context.index(rule)) return;
    auto& finding = findings.add(
        Check::skipafter_backwards, rule, use.value_span,
        fmt::format("the marker {} is above this rule: engines only skip forward, here to the end "
                    "of the phase",
                    use.word()));
    finding.related.push_back({last.span, "the marker"});
  });
}

void marker_unused(const Context& context, Findings& findings) {
  if (is_part_of_crs(context.ruleset)) return;
  std::unordered_set<std::string_view> used;
  each_skip_after(context.ruleset,
                  [&](const Rule&, const ActionUse& use) { used.insert(use.word()); });
  for (const Marker& marker : context.ruleset.markers) {
    if (!used.insert(marker.name).second) continue;  // or reported already
    findings
        .add(Check::marker_unused, marker.span,
             fmt::format("no skipAfter names the marker {}", marker.name), "remove it")
        .fix = parser::Fix{"remove the marker", false, {{marker.span, ""}}};
  }
}

void marker_duplicate(const Context& context, Findings& findings) {
  std::unordered_map<std::string_view, const Marker*> first;
  for (const Marker& marker : context.ruleset.markers) {
    const auto [it, inserted] = first.try_emplace(marker.name, &marker);
    if (inserted) continue;
    findings
        .add(Check::marker_duplicate, marker.span,
             fmt::format("there is already a marker {}", marker.name))
        .related.push_back({it->second->span, "first defined here"});
  }
}

}  // namespace wafcheck::lint::inline checks
