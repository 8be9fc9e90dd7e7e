// Checks on the phase that a rule runs in.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lint/check.h"
#include "lint/edits.h"
#include "parser/ascii.h"
#include "parser/macro.h"

namespace wafcheck::lint {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::MacroPart;
using parser::MacroText;
using parser::Rule;
using parser::Setting;
using parser::Span;
using parser::Target;
using parser::Variable;

/// Visits each variable that a rule names: its targets, then macros wherever they are expanded.
template <typename Visit>
void each_variable(const Rule& rule, const parser::Semantics& semantics, Visit visit) {
  for (const Target& target : rule.targets) {
    if (!target.excluded) visit(target.variable, target.span);
  }
  const auto macros = [&](const MacroText& text) {
    for (const MacroPart& part : text.parts) {
      if (part.is_variable) visit(part.variable, part.span);
    }
  };
  if (rule.kind == parser::RuleKind::rule && info(rule.op.id).macro &&
      rule.op.argument.view().find("%{") != std::string_view::npos) {
    parser::Diagnostics ignored;
    macros(parse_macros(rule.op.argument, semantics, ignored));
  }
  for (const ActionUse* use : rule.effective) {
    if (const auto* text = std::get_if<MacroText>(&use->value)) macros(*text);
    if (const auto* setvar = std::get_if<parser::Setvar>(&use->value)) {
      macros(setvar->name);
      macros(setvar->value);
    }
    if (const auto* member = std::get_if<parser::CollectionUse>(&use->value)) {
      macros(member->key);
      macros(member->value);
    }
  }
}

/// Writes another phase into the rule; no fix where it has none of its own.
std::optional<parser::Fix> change_phase(const Rule& starter, uint8_t phase) {
  const ActionUse* use = starter.find(Action::phase);
  if (use == nullptr || use->updated) return std::nullopt;
  const std::string number = std::to_string(static_cast<unsigned>(phase));
  return parser::Fix{
      fmt::format("run it in phase {}", number), false, {replace_value(*use, number)}};
}

/// Variables that have a value in phase 1 and perhaps another one later.
bool changes_later(Variable variable) {
  if (info(variable).kind == parser::VariableKind::Persistent) return true;
  constexpr std::array kChanging = {Variable::ARGS,
                                    Variable::ARGS_COMBINED_SIZE,
                                    Variable::ARGS_NAMES,
                                    Variable::ARGS_PATH,
                                    Variable::AUTH_TYPE,
                                    Variable::DURATION,
                                    Variable::ENV,
                                    Variable::GEO,
                                    Variable::HIGHEST_SEVERITY,
                                    Variable::MATCHED_VAR,
                                    Variable::MATCHED_VARS,
                                    Variable::MATCHED_VARS_NAMES,
                                    Variable::MATCHED_VAR_NAME,
                                    Variable::MSC_PCRE_ERROR,
                                    Variable::MSC_PCRE_LIMITS_EXCEEDED,
                                    Variable::REMOTE_USER,
                                    Variable::REQBODY_PROCESSOR,
                                    Variable::RULE,
                                    Variable::SESSIONID,
                                    Variable::TX,
                                    Variable::URLENCODED_ERROR,
                                    Variable::USERID};
  return std::ranges::find(kChanging, variable) != kChanging.end();
}

/// Whether a rule blocks, and does nothing that depends on what runs before it.
bool only_blocks(const Rule& rule) {
  bool blocks = false;
  for (const ActionUse& use : rule.actions) {
    switch (use.id) {
      case Action::block:
      case Action::deny:
      case Action::drop:
      case Action::proxy:
      case Action::redirect:
        blocks = true;
        break;
      case Action::allow:
      case Action::ctl:
      case Action::pass:
      case Action::skip:
      case Action::skipAfter:
        return false;
      default:
        break;
    }
  }
  return blocks;
}

const Setting* last_setting(const Context& context, parser::Directive id) {
  const auto& settings = context.ruleset.settings;
  const auto found = std::ranges::find(settings.rbegin(), settings.rend(), id, &Setting::id);
  return found == settings.rend() ? nullptr : &*found;
}

}  // namespace

// The engine fills a variable in its phase; before, it is empty and the rule does not match.
void variable_not_available_in_phase(const Context& context, Findings& found) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed()) continue;
    each_variable(rule, context.ruleset.semantics, [&](Variable variable, Span span) {
      const parser::VariableInfo& row = info(variable);
      if (row.phase <= rule.phase) return;
      parser::Diagnostic& finding = found.add(
          Check::variable_not_available_in_phase, rule, span,
          fmt::format("{} has no value yet in phase {}", row.name, rule.phase),
          fmt::format("it has one from phase {} on: write phase:{}", row.phase, row.phase));
      const Rule& starter = context.starter(rule);
      if (const ActionUse* phase = starter.find(Action::phase)) {
        finding.related.push_back({phase->span, "the rule runs in this phase"});
      }
      finding.fix = change_phase(starter, row.phase);
    });
  }
}

void phase_too_late(const Context& context, Findings& found) {
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.removed() || rule.phase < 2 || rule.phase > 4) continue;
    const ActionUse* phase = rule.find(Action::phase);
    if (phase == nullptr || !only_blocks(rule)) continue;
    uint8_t earliest = 1;
    bool changes = false;
    for (const Rule* link = &rule; link < &rule + rule.links; ++link) {
      changes |= link->targets.empty() || link->kind != parser::RuleKind::rule;
      for (const Target& target : link->targets) changes |= changes_later(target.variable);
      each_variable(*link, context.ruleset.semantics, [&](Variable variable, Span) {
        earliest = std::max(earliest, info(variable).phase);
      });
    }
    if (changes || earliest >= rule.phase) continue;
    found
        .add(Check::phase_too_late, rule, phase->span,
             fmt::format("all that this rule inspects is there in phase {} already", earliest),
             fmt::format("write phase:{} to block before more of the request is read", earliest))
        .fix = change_phase(rule, earliest);
  }
}

void disruptive_in_phase_5(const Context& context, Findings& found) {
  const auto is_late = [](const ActionUse& use) {
    return is_disruptive(use.id) && use.id != Action::pass && use.id != Action::allow;
  };
  const auto message = [](const ActionUse& use) {
    return fmt::format("{} comes too late in phase 5: the response is sent", info(use.id).name);
  };
  const std::string help = "write pass, or run it in an earlier phase";
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.removed() || rule.phase != 5) continue;
    for (const ActionUse& use : rule.actions) {
      if (is_late(use)) found.add(Check::disruptive_in_phase_5, rule, use.span, message(use), help);
    }
  }
  for (const auto& action : context.ruleset.default_actions) {
    if (action->phase != 5) continue;
    for (const ActionUse& use : action->actions) {
      if (is_late(use))
        found.add(Check::disruptive_in_phase_5, use.span, message(use), "write pass");
    }
  }
}

// Without the body, its variables are empty; ModSecurity 3 skips the whole phase.
void body_access_off(const Context& context, Findings& found) {
  struct Access {
    parser::Directive directive;
    parser::Ctl ctl;
    uint8_t phase;
    std::string_view what;
  };
  constexpr std::array kAccess = {
      Access{parser::Directive::SecRequestBodyAccess, parser::Ctl::requestBodyAccess, 2, "request"},
      Access{parser::Directive::SecResponseBodyAccess, parser::Ctl::responseBodyAccess, 4,
             "response"}};
  for (const Access& access : kAccess) {
    const Setting* setting = last_setting(context, access.directive);
    if (setting == nullptr || !iequals(setting->arguments[0].view(), "Off")) continue;
    const Rule* first = nullptr;
    size_t count = 0;
    bool turned_on = false;
    for (const Rule& rule : context.ruleset.rules) {
      if (rule.removed()) continue;
      for (const ActionUse* use : rule.effective) {
        const auto* ctl = std::get_if<parser::CtlUse>(&use->value);
        turned_on |= ctl != nullptr && ctl->option == access.ctl && iequals(ctl->value, "On");
      }
      if (!rule.is_starter() || rule.phase != access.phase) continue;
      if (first == nullptr) first = &rule;
      ++count;
    }
    if (first == nullptr || turned_on) continue;
    found
        .add(Check::body_access_off, setting->arguments[0].span(),
             count == 1 ? fmt::format("1 rule of phase {} gets no {} body; ModSecurity 3 does not "
                                      "run it at all",
                                      access.phase, access.what)
                        : fmt::format("{} rules of phase {} get no {} body; ModSecurity 3 does not "
                                      "run them at all",
                                      count, access.phase, access.what),
             fmt::format("write {} On", info(access.directive).name))
        .related.push_back({first->anchor(), "the first of them"});
  }
}

}  // namespace wafcheck::lint
