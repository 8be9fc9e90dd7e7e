// Checks on the tags and versions of CRS's rules.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_set>

#include "lint/checks/check.h"
#include "lint/checks/crs/crs.h"
#include "lint/checks/style/written_actions.h"
#include "parser/base/ascii.h"
#include "parser/base/nearest.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;

/// Prefixes of CRS's tags, and complete tags.
constexpr std::string_view kFamilies[] = {
    "PCI/",  // until CRS 4
    "OWASP_CRS/", "application-", "attack-", "capec/", "language-", "paranoia-level/", "platform-",
};
constexpr std::string_view kLoneTags[] = {
    "OWASP_CRS", "anomaly-evaluation", "header-allowlist", "reporting", "xss-perf-disable",
};

bool looks_approved(std::string_view tag) {
  return std::ranges::find(kLoneTags, tag) != std::end(kLoneTags) ||
         std::ranges::any_of(kFamilies, [&](std::string_view f) { return tag.starts_with(f); });
}

bool has_tag(const Rule& rule, std::string_view tag) {
  return std::ranges::any_of(
      rule.actions, [&](const ActionUse& use) { return use.id == Action::tag && use.raw == tag; });
}

const ActionUse* written(const Rule& rule, Action action) {
  const ActionUse* result = nullptr;
  for (const ActionUse* use : written_actions(rule)) {
    if (use->id == action) result = use;
  }
  return result;
}

void add_missing(const parser::RulesetModel& ruleset, const Rule& rule, Action id,
                 const std::string& action, parser::Diagnostic& finding) {
  const auto edit = add_action(ruleset, rule, id, action);
  if (edit) finding.fix = parser::Fix{fmt::format("add {}", action), true, {*edit}};
}

void lacks_tag(const parser::RulesetModel& ruleset, const Rule& rule, const std::string& tag,
               Findings& findings) {
  const std::string action = fmt::format("tag:'{}'", tag);
  auto& finding =
      findings.add(Check::file_tag, rule, rule.id_span,
                   fmt::format("this rule lacks the tag {}", tag), fmt::format("add {}", action));
  add_missing(ruleset, rule, Action::tag, action, finding);
}

/// The version of most rules, the greatest if several are equally common; empty if none has one.
std::string usual_version(const parser::RulesetModel& ruleset) {
  std::map<std::string, size_t> counts;
  for (const Rule& rule : ruleset.rules) {
    if (!crs_id(rule)) continue;
    if (const ActionUse* ver = written(rule, Action::ver)) ++counts[ver->raw];
  }
  std::string usual;
  size_t most = 0;
  for (const auto& [version, count] : counts) {
    if (count < most) continue;
    most = count;
    usual = version;
  }
  return usual;
}

}  // namespace

std::vector<std::string> tags_in(std::string_view file) {
  std::vector<std::string> tags;
  while (!file.empty()) {
    const size_t end = std::min(file.find('\n'), file.size());
    const std::string_view line = trim(file.substr(0, end));
    if (!line.empty() && !line.starts_with('#')) tags.emplace_back(line);
    file.remove_prefix(std::min(end + 1, file.size()));
  }
  return tags;
}

void approved_tags(const Context& context, Findings& findings) {
  const auto& list = context.options.crs.approved_tags;
  std::unordered_set<std::string_view> approved;
  if (list) approved.insert(list->begin(), list->end());
  for (const Rule& rule : context.ruleset.rules) {
    if (!crs_id(rule)) continue;
    for (const ActionUse* use : written_actions(rule)) {
      if (use->id != Action::tag || !use->text().literal()) continue;
      if (list ? approved.contains(use->raw) : looks_approved(use->raw)) continue;
      const std::string_view near =
          list
              ? nearest(use->raw, *list, [](const std::string& t) -> std::string_view { return t; })
              : std::string_view();
      findings.add(Check::approved_tags, rule, use->value_span,
                   fmt::format("{} is not a tag of CRS", parser::shown(use->raw)),
                   near.empty() ? "use a tag from util/APPROVED_TAGS, or add this one there"
                                : parser::did_you_mean(near));
    }
  }
}

void file_tag(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    const auto id = crs_id(rule);
    if (!id) continue;
    if (!has_tag(rule, "OWASP_CRS")) lacks_tag(context.ruleset, rule, "OWASP_CRS", findings);
    const auto file = crs_file(path_of(context.ruleset, rule));
    // Control rules and variations need no tag.
    if (!file || is_administrative(file->number) || is_control_id(*id) || *id % 10 != 0) continue;
    if (!has_tag(rule, file->tag)) lacks_tag(context.ruleset, rule, file->tag, findings);
  }
}

void version(const Context& context, Findings& findings) {
  const std::string& option = context.options.crs.version;
  std::string wanted = option.empty()                          ? usual_version(context.ruleset)
                       : option.find('/') != std::string::npos ? option
                                                               : "OWASP_CRS/" + option;
  for (const Rule& rule : context.ruleset.rules) {
    if (!crs_id(rule)) continue;
    const ActionUse* ver = written(rule, Action::ver);
    if (ver == nullptr) {
      const std::string action = fmt::format("ver:'{}'", wanted);
      auto& finding = findings.add(Check::version, rule, rule.id_span, "this rule has no ver",
                                   wanted.empty() ? "add one" : fmt::format("add {}", action));
      if (!wanted.empty()) add_missing(context.ruleset, rule, Action::ver, action, finding);
    } else if (ver->raw != wanted) {
      auto& finding =
          findings.add(Check::version, rule, ver->value_span,
                       fmt::format("this rule has version {}, {} {}", parser::shown(ver->raw),
                                   option.empty() ? "most others have" : "but should have",
                                   parser::shown(wanted)),
                       fmt::format("write ver:'{}'", parser::shown(wanted)));
      finding.fix =
          parser::Fix{"set the version", true, {{ver->value_span, fmt::format("'{}'", wanted)}}};
    }
  }
}

}  // namespace wafcheck::lint::inline checks
