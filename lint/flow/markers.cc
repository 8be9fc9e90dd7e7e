// Checks on SecMarker and the skipAfter actions that name them.

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "lint/check.h"
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

bool is_named(const Marker& marker, const ActionUse& use) {
  return marker.name == use.word();
}

}  // namespace

// An engine that does not find the marker skips to the end of the phase, or of all phases.
void skipafter_missing_marker(const Context& context, Findings& found) {
  each_skip_after(context.ruleset, [&](const Rule& rule, const ActionUse& use) {
    const bool exists = std::ranges::any_of(context.ruleset.markers,
                                            [&](const Marker& m) { return is_named(m, use); });
    if (exists) return;
    const std::string_view near =
        parser::nearest(use.word(), context.ruleset.markers,
                        [](const Marker& marker) { return std::string_view(marker.name); });
    found.add(
        Check::skipafter_missing_marker, rule, use.value_span,
        fmt::format("no SecMarker is named {}: the rest of the rules would be skipped", use.word()),
        parser::did_you_mean(near));
  });
}

void skipafter_backwards(const Context& context, Findings& found) {
  each_skip_after(context.ruleset, [&](const Rule& rule, const ActionUse& use) {
    const Marker* above = nullptr;
    const parser::RuleIndex here = context.index(rule);
    for (const Marker& marker : context.ruleset.markers) {
      if (!is_named(marker, use)) continue;
      if (marker.before > here) return;
      above = &marker;
    }
    if (above == nullptr) return;  // skipafter-missing-marker owns that
    auto& finding =
        found.add(Check::skipafter_backwards, rule, use.value_span,
                  fmt::format("the marker {} stands above this rule: engines skip forward, to the "
                              "end of the phase",
                              use.word()));
    finding.related.push_back({above->span, "the marker"});
  });
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
