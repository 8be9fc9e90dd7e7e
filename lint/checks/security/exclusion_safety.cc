// Checks on exclusions: how much they exclude, and whether a client can trigger them.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>

#include "lint/checks/security/conditions.h"
#include "lint/checks/visit.h"
#include "parser/base/ascii.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::ActionUse;
using parser::Ctl;
using parser::CtlUse;
using parser::Directive;
using parser::DirectiveNode;
using parser::IdRange;
using parser::Operator;
using parser::Rule;
using parser::RuleFilter;
using parser::Variable;

/// The rules with which CRS decides on the scores.
constexpr uint64_t kEvaluation[] = {949'110, 949'111, 959'100, 959'101};
/// The tag that every rule of CRS has.
constexpr std::string_view kCrsTag = "OWASP_CRS";
/// The number of rules from which a removal counts as too broad.
constexpr uint32_t kManyRules = 10;

std::optional<uint64_t> evaluation_in(const std::vector<IdRange>& ranges) {
  for (const uint64_t id : kEvaluation) {
    if (std::ranges::any_of(ranges, [&](const IdRange& range) { return range.contains(id); })) {
      return id;
    }
  }
  return std::nullopt;
}

bool is_crs_tag(std::string_view tag) {
  if (tag.starts_with('^')) tag.remove_prefix(1);
  if (tag.ends_with('$')) tag.remove_suffix(1);
  return tag == kCrsTag;
}

constexpr std::string_view kEvaluationHelp =
    "remove the rule with the false positive; to see what would be blocked, set SecRuleEngine "
    "DetectionOnly";

std::string evaluation_message(uint64_t id) {
  return fmt::format("rule {} is where CRS blocks: without it, scores have no effect", id);
}
std::string crs_message() {
  return fmt::format("every rule of CRS has the tag {}: this turns all of CRS off", kCrsTag);
}

/// Collections whose content a client controls.
bool is_input(Variable variable) {
  const parser::VariableInfo& row = info(variable);
  return row.kind == parser::VariableKind::Collection &&
         row.traits.has(parser::VariableTrait::Input);
}

/// The first target that is a whole collection of input.
const parser::Target* whole_input(const std::vector<parser::Target>& targets, bool update) {
  const auto it = std::ranges::find_if(targets, [&](const parser::Target& target) {
    return is_input(target.variable) && target.selector.kind == parser::SelectorKind::none &&
           target.excluded == update;
  });
  return it == targets.end() ? nullptr : &*it;
}

std::string whole_input_message(const parser::Target& target) {
  return fmt::format("the rule stops inspecting {} completely, on every request",
                     info(target.variable).name);
}
std::string whole_input_help(const parser::Target& target) {
  return fmt::format("name the member with the false positive: {}:name",
                     info(target.variable).name);
}

/// The number of ids in the ranges.
uint64_t breadth(const std::vector<IdRange>& ranges) {
  uint64_t sum = 0;
  for (const IdRange& range : ranges) sum += range.last - range.first + 1;
  return sum;
}

bool is_loose_path_condition(const Rule& link) {
  if (link.kind != parser::RuleKind::rule || link.op.negated || is_anchored(link.op)) return false;
  if (link.op.argument.view().find("%{") != std::string_view::npos) return false;
  return std::ranges::any_of(link.targets, [](const parser::Target& target) {
    return !target.excluded && !target.count &&
           info(target.variable).traits.has(parser::VariableTrait::Path);
  });
}

bool is_strict_path_condition(const Rule& link) {
  return link.kind == parser::RuleKind::rule && !link.op.negated && is_anchored(link.op) &&
         std::ranges::any_of(link.targets, [](const parser::Target& target) {
           return !target.excluded && info(target.variable).traits.has(parser::VariableTrait::Path);
         });
}

/// Headers that a client controls but that are often used to identify it.
constexpr std::string_view kSpoofable[] = {
    "cf-connecting-ip", "client-ip",        "forwarded",      "host",      "origin",
    "referer",          "true-client-ip",   "user-agent",     "via",       "x-client-ip",
    "x-forwarded-for",  "x-forwarded-host", "x-original-url", "x-real-ip",
};

/// The target that tests such a header, unless the test is a negative one.
const parser::Target* spoofable_header(const Rule& link) {
  if (link.kind != parser::RuleKind::rule || link.op.negated) return nullptr;
  for (const parser::Target& target : link.targets) {
    if (target.excluded || target.count || target.variable != Variable::REQUEST_HEADERS) continue;
    const bool listed = std::ranges::any_of(
        kSpoofable, [&](std::string_view name) { return iequals(name, target.selector.text); });
    if (target.selector.kind == parser::SelectorKind::name && listed) return &target;
  }
  return nullptr;
}

const ActionUse* exclusion_of(std::span<const Rule> chain, bool full) {
  for (const Rule& link : chain) {
    for (const ActionUse* use : link.effective) {
      if (full ? is_full_exclusion(*use) : is_exclusion(*use)) return use;
    }
  }
  return nullptr;
}

/// Calls `visit(starter, chain)` with the chains that are not CRS's own.
template <typename Visit>
void each_local_chain(const Context& context, Visit visit) {
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.removed() || is_crs_id(rule.id)) continue;
    visit(rule, chain_of(context, rule));
  }
}

/// Calls `visit(link, use, ctl)` with every ctl of rules that are not CRS's own.
template <typename Visit>
void each_local_ctl(const Context& context, Visit visit) {
  each_ctl(context.ruleset, [&](const Rule* rule, const ActionUse& use, const CtlUse& ctl) {
    if (rule == nullptr || rule->removed() || is_crs_id(context.starter(*rule).id)) return;
    visit(*rule, use, ctl);
  });
}

}  // namespace

void exclusion_disables_evaluation(const Context& context, Findings& findings) {
  constexpr Check kCheck = Check::exclusion_disables_evaluation;
  const std::string help(kEvaluationHelp);
  each_directive(context.ruleset, [&](Directive directive, const DirectiveNode& node) {
    for (const parser::ArgumentNode& argument : node.arguments) {
      if (directive == Directive::SecRuleRemoveById) {
        parser::Diagnostics ignored;
        const auto id = evaluation_in(parser::parse_ids(argument.text, ignored));
        if (id) findings.add(kCheck, argument.text.span(), evaluation_message(*id), help);
      } else if (directive == Directive::SecRuleRemoveByTag && is_crs_tag(argument.text.view())) {
        findings.add(kCheck, argument.text.span(), crs_message(), help);
      }
    }
  });
  each_local_ctl(context, [&](const Rule& rule, const ActionUse& use, const CtlUse& ctl) {
    if (!is_unconditional(chain_of(context, rule))) return;
    const size_t value = use.raw.find('=') + 1;
    const parser::Span span = part_of(use, value, use.raw.size());
    if (ctl.option == Ctl::ruleRemoveById) {
      const auto id = evaluation_in(ctl.filter.ids);
      if (id) findings.add(kCheck, rule, span, evaluation_message(*id), help);
    } else if (ctl.option == Ctl::ruleRemoveByTag && is_crs_tag(ctl.filter.text)) {
      findings.add(kCheck, rule, span, crs_message(), help);
    }
  });
}

void exclusion_too_broad(const Context& context, Findings& findings) {
  constexpr Check kCheck = Check::exclusion_too_broad;
  const std::string help = "remove only the rules with false positives, or only for one path";
  for (const parser::Update& update : context.ruleset.updates) {
    if (const parser::Target* target = whole_input(update.targets, true)) {
      findings.add(kCheck, target->span, whole_input_message(*target), whole_input_help(*target));
    }
    if (update.hits < kManyRules || !update.targets.empty() || !update.actions.empty()) continue;
    const bool is_other = update.filter.kind == RuleFilter::Kind::id
                              ? evaluation_in(update.filter.ids).has_value()
                              : is_crs_tag(update.filter.text);
    if (is_other) continue;  // left to exclusion-disables-evaluation
    findings.add(kCheck, update.span,
                 fmt::format("{} rules are removed, on every request", update.hits), help);
  }
  each_local_ctl(context, [&](const Rule& rule, const ActionUse& use, const CtlUse& ctl) {
    if (!is_unconditional(chain_of(context, rule))) return;
    if (const parser::Target* target = whole_input(ctl.targets, false)) {
      findings.add(kCheck, rule, target->span, whole_input_message(*target),
                   whole_input_help(*target));
      return;
    }
    const parser::Span span = part_of(use, use.raw.find('=') + 1, use.raw.size());
    if (ctl.option == Ctl::ruleRemoveByTag && !is_crs_tag(ctl.filter.text)) {
      findings.add(kCheck, rule, span,
                   fmt::format("all rules with the tag {} are removed, on every request",
                               parser::shown(ctl.filter.text)),
                   help);
    } else if (ctl.option == Ctl::ruleRemoveById && breadth(ctl.filter.ids) >= kManyRules &&
               !evaluation_in(ctl.filter.ids)) {
      findings.add(kCheck, rule, span, "a range of rules is removed, on every request", help);
    }
  });
}

void dangerous_ctl(const Context& context, Findings& findings) {
  each_local_ctl(context, [&](const Rule& rule, const ActionUse& use, const CtlUse& ctl) {
    if (!iequals(ctl.value, "Off")) return;
    const bool body = ctl.option == Ctl::requestBodyAccess;
    if (!body && ctl.option != Ctl::ruleEngine) return;
    findings.add(
        Check::dangerous_ctl, rule, use.span,
        body ? "no rule inspects the request body" : "no rule inspects the rest of the transaction",
        "instead, remove only the rules or targets with false positives: "
        "ctl:ruleRemoveTargetById=ID;TARGET");
  });
}

void unanchored_path_condition(const Context& context, Findings& findings) {
  each_local_chain(context, [&](const Rule&, std::span<const Rule> chain) {
    if (exclusion_of(chain, false) == nullptr) return;
    const Rule* loose = nullptr;
    for (const Rule& link : chain) {
      if (is_trusted(link) || is_strict_path_condition(link)) return;
      if (loose == nullptr && is_loose_path_condition(link)) loose = &link;
    }
    if (loose == nullptr) return;
    const parser::OperatorUse& op = loose->op;
    auto& finding = findings.add(
        Check::unanchored_path_condition, *loose, op.span,
        fmt::format("a client can make {} match with any path, and so get the exclusion",
                    parser::shown(context.ruleset.sources.text(op.span))),
        "compare the whole REQUEST_FILENAME with @streq, or its start with @beginsWith");
    if (op.id == Operator::contains && op.argument.view().starts_with('/')) {
      finding.fix = parser::Fix{"compare the start of the path", false, {{op.name, "@beginsWith"}}};
    }
  });
}

void attacker_controlled_allow(const Context& context, Findings& findings) {
  each_local_chain(context, [&](const Rule&, std::span<const Rule> chain) {
    const ActionUse* const full = exclusion_of(chain, true);
    const ActionUse* const any = full != nullptr ? full : exclusion_of(chain, false);
    if (any == nullptr) return;
    const Rule* link_of_header = nullptr;
    const parser::Target* header = nullptr;
    for (const Rule& link : chain) {
      if (is_trusted(link)) return;
      const bool on_path = is_strict_path_condition(link) || is_loose_path_condition(link);
      // Removing a single rule for a path or a virtual host is fine.
      if (on_path && full == nullptr) return;
      const parser::Target* const target = spoofable_header(link);
      if (target == nullptr || header != nullptr) continue;
      if (full == nullptr && iequals(target->selector.text, "host")) return;
      header = target;
      link_of_header = &link;
    }
    if (header == nullptr) return;
    auto& finding = findings.add(Check::attacker_controlled_allow, *link_of_header, header->span,
                                 fmt::format("any client can send the {} that turns inspection off",
                                             parser::shown(header->selector.text)),
                                 "test REMOTE_ADDR, which a client cannot choose");
    finding.related.push_back({any->span, "turned off here"});
  });
}

}  // namespace wafcheck::lint::inline checks
