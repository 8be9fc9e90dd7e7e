// Checks on the configuration of the engine and the rules that it needs. They apply only if the
// ruleset has a configuration, that is, a SecRuleEngine.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lint/checks/portability/complaints.h"
#include "lint/checks/visit.h"
#include "parser/base/ascii.h"
#include "parser/ruleset/action_values.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Directive;
using parser::DirectiveNode;
using parser::Operator;
using parser::Rule;
using parser::RulesetModel;
using parser::Setting;
using parser::Target;
using parser::Variable;

/// Limits above these have no effect on the cost of a request.
constexpr int64_t kMostJsonLevels = 10'000;
constexpr int64_t kMostArguments = 10'000;

bool is_set_to(const Setting* row, std::string_view value) {
  return row != nullptr && !row->arguments.empty() && iequals(row->arguments[0].view(), value);
}

parser::Span argument_span(const Setting& row) {
  return row.arguments.empty() ? row.span : row.arguments[0].span();
}

/// Whether an active rule has a target for which `is_meant` is true.
template <typename Meant>
bool inspects(const RulesetModel& ruleset, Meant is_meant) {
  return std::ranges::any_of(ruleset.rules, [&](const Rule& rule) {
    return !rule.removed() && std::ranges::any_of(rule.targets, [&](const Target& target) {
      return !target.excluded && is_meant(target);
    });
  });
}

bool inspects(const RulesetModel& ruleset, Variable variable) {
  return inspects(ruleset, [&](const Target& target) { return target.variable == variable; });
}

/// Whether bodies are refused by how they would be parsed, multipart ones perhaps among them.
bool refuses_processors(const RulesetModel& ruleset) {
  return std::ranges::any_of(ruleset.rules, [](const Rule& rule) {
    const bool refuses = rule.has(Action::deny) || rule.has(Action::drop);
    return refuses && !rule.removed() &&
           std::ranges::find(rule.targets, Variable::REQBODY_PROCESSOR, &Target::variable) !=
               rule.targets.end();
  });
}

/// The fix that adds a rule after the directive, unless its id is in use.
std::optional<parser::Fix> adding_rule(const RulesetModel& ruleset, const Setting& behind,
                                       uint64_t id, std::string rule) {
  if (ruleset.find(id) != nullptr) return std::nullopt;
  const parser::Span end{behind.span.file, behind.span.end, behind.span.end};
  return parser::Fix{"add the rule", false, {{end, "\n" + std::move(rule)}}};
}

/// Whether the rule refuses a request with `limit` arguments, which is all an engine keeps.
bool refuses_at(const Rule& rule, int64_t limit) {
  if (rule.removed() || rule.op.negated) return false;
  const bool counts = std::ranges::any_of(rule.targets, [](const Target& target) {
    return target.variable == Variable::ARGS && target.count &&
           target.selector.kind == parser::SelectorKind::none;
  });
  if (!counts) return false;
  const std::string_view argument = rule.op.argument.view();
  const std::optional<uint64_t> number = parser::parse_number(argument);
  // A macro may expand to any number.
  if (!number) return argument.find("%{") != std::string_view::npos;
  const auto bound = static_cast<int64_t>(std::min<uint64_t>(*number, INT64_MAX));
  if (rule.op.id == Operator::ge || rule.op.id == Operator::eq) return bound <= limit;
  return rule.op.id == Operator::gt && bound < limit;
}

/// Whether --engine names only engines without match limits.
bool only_coraza(const Options& options) {
  return !options.engines.empty() &&
         std::ranges::all_of(options.engines, [](const EngineTarget& target) {
           return target.engine == parser::CZ;
         });
}

}  // namespace

void body_limit_partial(const Context& context, Findings& findings) {
  const RulesetModel& ruleset = context.ruleset;
  if (ruleset.last_setting(Directive::SecRuleEngine) == nullptr) return;
  const Setting* const action = ruleset.last_setting(Directive::SecRequestBodyLimitAction);
  if (is_set_to(action, "ProcessPartial") &&
      is_set_to(ruleset.last_setting(Directive::SecRuleEngine), "On")) {
    findings.add(Check::body_limit_partial, argument_span(*action),
                 "the part of a request body after the limit is not inspected", "write Reject");
  }
  const auto check = [&](Directive directive, int64_t most, std::string_view what) {
    const Setting* const limit = ruleset.last_setting(directive);
    if (limit == nullptr || (limit->number <= most && limit->number > 0)) return;
    findings.add(Check::body_limit_partial, argument_span(*limit),
                 fmt::format("a limit of {} {} has no effect", limit->number, what),
                 fmt::format("write {} or less", most / 10));
  };
  check(Directive::SecRequestBodyJsonDepthLimit, kMostJsonLevels, "levels of JSON");
  check(Directive::SecArgumentsLimit, kMostArguments, "arguments");
}

void limit_not_enforced_by_rule(const Context& context, Findings& findings) {
  const RulesetModel& ruleset = context.ruleset;
  const Setting* const limit = ruleset.last_setting(Directive::SecArgumentsLimit);
  if (limit == nullptr || ruleset.last_setting(Directive::SecRuleEngine) == nullptr) return;
  const int64_t most = limit->number;
  if (std::ranges::any_of(ruleset.rules,
                          [&](const Rule& rule) { return refuses_at(rule, most); })) {
    return;
  }
  auto& finding = findings.add(
      Check::limit_not_enforced_by_rule, argument_span(*limit),
      fmt::format("arguments from the {}th on are dropped, and no rule refuses the request", most),
      fmt::format("add a rule: SecRule &ARGS \"@ge {}\" ...", most));
  finding.fix = adding_rule(
      ruleset, *limit, 200'007,
      fmt::format("SecRule &ARGS \"@ge {}\" \"id:200007,phase:2,deny,status:400,log,t:none,"
                  "msg:'Too many arguments'\"",
                  most));
}

void strict_multipart_rules_missing(const Context& context, Findings& findings) {
  const RulesetModel& ruleset = context.ruleset;
  const Setting* const access = ruleset.last_setting(Directive::SecRequestBodyAccess);
  if (!is_set_to(access, "On") || ruleset.last_setting(Directive::SecRuleEngine) == nullptr) return;
  const bool body = inspects(ruleset, Variable::REQBODY_ERROR) ||
                    inspects(ruleset, Variable::REQBODY_PROCESSOR_ERROR);
  const bool strict =
      inspects(ruleset, Variable::MULTIPART_STRICT_ERROR) || refuses_processors(ruleset);
  if (body && strict) return;
  const std::string_view missing = body     ? "MULTIPART_STRICT_ERROR"
                                   : strict ? "REQBODY_ERROR"
                                            : "REQBODY_ERROR or MULTIPART_STRICT_ERROR";
  auto& finding = findings.add(
      Check::strict_multipart_rules_missing, argument_span(*access),
      fmt::format("no rule checks {}: a body that cannot be parsed is not inspected", missing),
      "refuse it: SecRule REQBODY_ERROR|MULTIPART_STRICT_ERROR \"!@eq 0\" ...");
  finding.fix = adding_rule(ruleset, *access, 200'002,
                            "SecRule REQBODY_ERROR|MULTIPART_STRICT_ERROR \"!@eq 0\" "
                            "\"id:200002,phase:2,deny,status:400,log,t:none,"
                            "msg:'The request body could not be parsed'\"");
}

void match_limit_fail_open(const Context& context, Findings& findings) {
  const RulesetModel& ruleset = context.ruleset;
  const Setting* const engine = ruleset.last_setting(Directive::SecRuleEngine);
  const Setting* const limit = ruleset.last_setting(Directive::SecPcreMatchLimit);
  if (engine == nullptr || limit == nullptr || only_coraza(context.options)) return;
  const bool matches = std::ranges::any_of(ruleset.rules, [](const Rule& rule) {
    return rule.kind == parser::RuleKind::rule && rule.op.id == Operator::rx && !rule.removed();
  });
  if (!matches) return;
  const bool watched = inspects(ruleset, [](const Target& target) {
    if (target.variable == Variable::MSC_PCRE_LIMITS_EXCEEDED) return true;
    if (target.variable == Variable::MSC_PCRE_ERROR) return true;
    return target.variable == Variable::TX &&
           lowercase(target.selector.text).find("msc_") != std::string::npos;
  });
  if (watched) return;
  auto& finding = findings.add(
      Check::match_limit_fail_open, argument_span(*limit),
      "an expression that reaches its match limit counts as no match, and no rule checks for that",
      "refuse the request: SecRule TX:/^MSC_/ \"!@streq 0\" ...");
  finding.fix = adding_rule(ruleset, *limit, 200'005,
                            "SecRule TX:/^MSC_/ \"!@streq 0\" \"id:200005,phase:2,deny,log,t:none,"
                            "msg:'The engine reached a limit: %{MATCHED_VAR_NAME}'\"");
}

void secrets_in_audit_log(const Context& context, Findings& findings) {
  const RulesetModel& ruleset = context.ruleset;
  const Setting* const parts = ruleset.last_setting(Directive::SecAuditLogParts);
  const Setting* const engine = ruleset.last_setting(Directive::SecAuditEngine);
  if (parts == nullptr || parts->arguments.empty() || is_set_to(engine, "Off")) return;
  const parser::Text& letters = parts->arguments[0];
  // ModSecurity 2 alone writes anything into part I.
  const std::vector<EngineTarget>& engines = context.options.engines;
  const bool fills_i =
      engines.empty() || std::ranges::count(engines, parser::M2, &EngineTarget::engine) != 0;
  const size_t body = letters.view().find_first_of(fills_i ? "CEIcei" : "CEce");
  if (body == std::string_view::npos) return;
  const bool masked = std::ranges::any_of(ruleset.rules, [](const Rule& rule) {
    return std::ranges::any_of(rule.actions, [](const ActionUse& use) {
      return info(use.id).name.starts_with("sanitise");
    });
  });
  if (masked) return;
  const char letter = to_upper(letters.view()[body]);
  findings.add(
      Check::secrets_in_audit_log, letters.span(body, body + 1),
      fmt::format("part {} records {} bodies, including passwords{}", letter,
                  letter == 'E' ? "response" : "request",
                  letter == 'I' ? ", on ModSecurity 2" : ""),
      fmt::format("leave {} out, or mask secrets with sanitiseArg (ModSecurity 2)", letter));
}

void remote_rules_or_exec(const Context& context, Findings& findings) {
  constexpr Check kCheck = Check::remote_rules_or_exec;
  each_directive(context.ruleset, [&](Directive directive, const DirectiveNode& node) {
    if (directive != Directive::SecRemoteRules) return;
    findings.add(kCheck, node.name_span,
                 "an attacker who controls that server decides what passes here",
                 "download the rules, verify them, and load the file");
  });
  const std::string help = "process the audit log outside the server instead";
  each_action(context.ruleset, [&](const Rule* rule, const ActionUse& use) {
    if (use.id != Action::exec || rule == nullptr) return;
    findings.add(kCheck, *rule, use.span, "a request can start a program on the server", help);
  });
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.kind != parser::RuleKind::rule || rule.op.id != Operator::inspectFile) continue;
    findings.add(kCheck, rule, rule.op.span, "a request can start a program on the server", help);
  }
}

}  // namespace wafcheck::lint::inline checks
