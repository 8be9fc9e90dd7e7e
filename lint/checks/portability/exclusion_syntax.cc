// Checks on exclusions that engines read differently: expressions for members, ranges for rules.

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "lint/checks/portability/complaints.h"
#include "lint/checks/visit.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::ActionUse;
using parser::Ctl;
using parser::CtlUse;
using parser::Rule;

/// No fix for longer lists.
constexpr size_t kMostIds = 32;

/// The ids of loaded rules in the ranges, sorted.
std::vector<uint64_t> loaded_ids(const std::vector<uint64_t>& all,
                                 const std::vector<parser::IdRange>& ranges) {
  std::vector<uint64_t> ids;
  for (const parser::IdRange& range : ranges) {
    auto at = std::ranges::lower_bound(all, range.first);
    for (; at != all.end() && *at <= range.last && ids.size() <= kMostIds; ++at) ids.push_back(*at);
  }
  return ids;
}

/// One action for each rule of the range.
std::optional<parser::Fix> expansion(const ActionUse& use, const std::vector<uint64_t>& ids) {
  const size_t semicolon = use.raw.find(';');
  if (ids.empty() || ids.size() > kMostIds || semicolon == std::string::npos) return std::nullopt;
  const std::string quote(use.quote == 0 ? 0 : 1, use.quote);
  std::string actions;
  for (const uint64_t id : ids) {
    actions += fmt::format("{}ctl:{}ruleRemoveTargetById={}{}{}", actions.empty() ? "" : ",", quote,
                           id, use.raw.substr(semicolon), quote);
  }
  return parser::Fix{"name each rule", false, {{use.span, std::move(actions)}}};
}

}  // namespace

void exclusion_selector_regex_unsupported(const Context& context, Findings& findings) {
  Complaints complaints(context, findings, Check::exclusion_selector_regex_unsupported);
  each_ctl(context.ruleset, [&](const Rule* rule, const ActionUse&, const CtlUse& ctl) {
    for (const parser::Target& target : ctl.targets) {
      if (target.selector.kind != parser::SelectorKind::regex) continue;
      parser::Diagnostic* const finding =
          complaints.construct(rule, target.selector.span, construct::kCtlSelectorRegex);
      // If the engine ignores it, the exclusion is lost, with or without a message.
      if (finding != nullptr) finding->severity = parser::Severity::error;
    }
  });
}

void ctl_range_unsupported(const Context& context, Findings& findings) {
  Complaints complaints(context, findings, Check::ctl_range_unsupported);
  std::vector<uint64_t> all;
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.is_starter() && rule.id) all.push_back(*rule.id);
  }
  std::ranges::sort(all);
  each_ctl(context.ruleset, [&](const Rule* rule, const ActionUse& use, const CtlUse& ctl) {
    if (ctl.option != Ctl::ruleRemoveTargetById || rule == nullptr) return;
    const bool range =
        ctl.filter.ids.size() > 1 ||
        (!ctl.filter.ids.empty() && ctl.filter.ids[0].first != ctl.filter.ids[0].last);
    if (!range) return;
    const size_t begin = use.raw.find('=') + 1;
    const size_t end = std::min(use.raw.find(';'), use.raw.size());
    parser::Diagnostic* const finding =
        complaints.construct(rule, part_of(use, begin, end), construct::kCtlIdRange);
    if (finding != nullptr) finding->fix = expansion(use, loaded_ids(all, ctl.filter.ids));
  });
}

}  // namespace wafcheck::lint::inline checks
