// Checks on SecMarker and the skipAfter actions that name them.

#include <fmt/format.h>

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lint/check.h"
#include "lint/edits.h"
#include "parser/nearest.h"
#include "parser/syntax_checks.h"

namespace wafcheck::lint {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Marker;
using parser::Rule;
using parser::Ruleset;

template <typename Visit>
void each_skip_after(const Ruleset& ruleset, Visit visit) {
  for (const Rule& rule : ruleset.rules) {
    for (const ActionUse& use : rule.actions) {
      if (use.id == Action::skipAfter) visit(rule, use);
    }
  }
}

/// The markers of each name, in load order.
using Markers = std::unordered_map<std::string_view, std::vector<const Marker*>>;

Markers markers_of(const Ruleset& ruleset) {
  Markers markers;
  for (const Marker& marker : ruleset.markers) markers[marker.name].push_back(&marker);
  return markers;
}

/// A suggestion takes a look at every marker; after so many, findings come without.
constexpr size_t kMaxSuggestions = 50;

}  // namespace

// An engine that does not find the marker skips to the end of the phase, or of all phases.
void skipafter_missing_marker(const Context& context, Findings& found) {
  const Markers markers = markers_of(context.ruleset);
  size_t suggestions = 0;
  each_skip_after(context.ruleset, [&](const Rule& rule, const ActionUse& use) {
    if (markers.contains(use.word())) return;
    std::string_view near;
    if (++suggestions <= kMaxSuggestions) {
      near = parser::nearest(use.word(), context.ruleset.markers,
                             [](const Marker& marker) { return std::string_view(marker.name); });
    }
    parser::Diagnostic& finding = found.add(
        Check::skipafter_missing_marker, rule, use.value_span,
        fmt::format("no SecMarker is named {}: the rest of the rules would be skipped", use.word()),
        parser::did_you_mean(near));
    if (near.empty()) return;
    finding.fix = parser::Fix{"jump to the nearest marker", false, {replace_value(use, near)}};
  });
}

void skipafter_backwards(const Context& context, Findings& found) {
  const Markers markers = markers_of(context.ruleset);
  each_skip_after(context.ruleset, [&](const Rule& rule, const ActionUse& use) {
    const auto named = markers.find(use.word());
    if (named == markers.end()) return;  // skipafter-missing-marker owns that
    const Marker& last = *named->second.back();
    if (last.before > context.index(rule)) return;
    auto& finding =
        found.add(Check::skipafter_backwards, rule, use.value_span,
                  fmt::format("the marker {} stands above this rule: engines skip forward, to the "
                              "end of the phase",
                              use.word()));
    finding.related.push_back({last.span, "the marker"});
  });
}

void marker_unused(const Context& context, Findings& found) {
  std::unordered_set<std::string_view> used;
  each_skip_after(context.ruleset,
                  [&](const Rule&, const ActionUse& use) { used.insert(use.word()); });
  for (const Marker& marker : context.ruleset.markers) {
    if (!used.insert(marker.name).second) continue;  // or told already
    found
        .add(Check::marker_unused, marker.span,
             fmt::format("no skipAfter names the marker {}", marker.name), "remove it")
        .fix = parser::Fix{"remove the marker", false, {{marker.span, ""}}};
  }
}

void marker_duplicate(const Context& context, Findings& found) {
  std::unordered_map<std::string_view, const Marker*> first;
  for (const Marker& marker : context.ruleset.markers) {
    const auto [known, fresh] = first.try_emplace(marker.name, &marker);
    if (fresh) continue;
    found
        .add(Check::marker_duplicate, marker.span,
             fmt::format("a marker is named {} already", marker.name))
        .related.push_back({known->second->span, "first placed here"});
  }
}

}  // namespace wafcheck::lint
