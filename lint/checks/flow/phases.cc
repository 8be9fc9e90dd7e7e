// Checks on the phase that a rule runs in.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lint/checks/check.h"
#include "lint/checks/edits.h"
#include "parser/base/ascii.h"
#include "parser/ruleset/macro.h"

namespace wafcheck::lint::inline checks {
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
void each_variable(const Rule& rule, Visit visit) {
  for (const Target& target : rule.targets) {
    if (!target.excluded) visit(target.variable, target.span);
  }
  const auto macros = [&](const MacroText& text) {
    for (const MacroPart& part : text.parts) {
      if (part.is_variable) visit(part.variable, part.span);
    }
  };
  macros(rule.op.text);
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

/// The fix that changes the phase of a rule; nullopt if the rule has no phase action of its own.
std::optional<parser::Fix> change_phase(const Rule& starter, uint8_t phase) {
  const ActionUse* use = starter.find(Action::phase);
  if (use == nullptr || use->updated) return std::nullopt;
  const std::string number = std::to_string(static_cast<unsigned>(phase));
  return parser::Fix{
      fmt::format("run it in phase {}", number), false, {replace_value(*use, number)}};
}

/// Whether a rule blocks, and does nothing that depends on what runs before it.
bool only_blocks(const Rule& rule) {
  bool blocks = false;
  for (const ActionUse& use : rule.actions) {
    const auto traits = info(use.id).traits;
    if (traits.has(parser::ActionTrait::Steers) || use.id == Action::pass) return false;
    blocks |= traits.has(parser::ActionTrait::Answers);
  }
  return blocks;
}

}  // namespace

// The engine fills a variable in its phase; before, it is empty and the rule does not match.
void variable_not_available_in_phase(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed()) continue;
    each_variable(rule, [&](Variable variable, Span span) {
      const parser::VariableInfo& row = info(variable);
      if (row.phase <= rule.phase) return;
      parser::Diagnostic& finding = findings.add(
          Check::variable_not_available_in_phase, rule, span,
          fmt::format("{} has no value yet in phase {}", row.name, rule.phase),
          fmt::format("it has a value from phase {} on: write phase:{}", row.phase, row.phase));
      const Rule& starter = context.starter(rule);
      if (const ActionUse* phase = starter.find(Action::phase)) {
        finding.related.push_back({phase->span, "the rule runs in this phase"});
      }
      finding.fix = change_phase(starter, row.phase);
    });
  }
}

void phase_too_late(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.removed() || rule.phase < 2 || rule.phase > 4) continue;
    const ActionUse* phase = rule.find(Action::phase);
    if (phase == nullptr || !only_blocks(rule)) continue;
    uint8_t earliest = 1;
    bool changes = false;
    for (const Rule* link = &rule; link < &rule + rule.links; ++link) {
      changes |= link->targets.empty() || link->kind != parser::RuleKind::rule;
      for (const Target& target : link->targets)
        changes |= info(target.variable).traits.has(parser::VariableTrait::Changing);
      each_variable(*link, [&](Variable variable, Span) {
        earliest = std::max(earliest, info(variable).phase);
      });
    }
    if (changes || earliest >= rule.phase) continue;
    findings
        .add(Check::phase_too_late, rule, phase->span,
             fmt::format("everything that this rule inspects is available in phase {}", earliest),
             fmt::format("write phase:{} to block before more of the request is read", earliest))
        .fix = change_phase(rule, earliest);
  }
}

void disruptive_in_phase_5(const Context& context, Findings& findings) {
  const auto is_late = [](const ActionUse& use) {
    return is_disruptive(use.id) && use.id != Action::pass && use.id != Action::allow;
  };
  const auto last_disruptive = [](const std::vector<ActionUse>& actions) {
    const ActionUse* last = nullptr;
    for (const ActionUse& use : actions) {
      if (is_disruptive(use.id)) last = &use;
    }
    return last;
  };
  const auto message = [](const ActionUse& use) {
    return fmt::format("{} comes too late in phase 5: the response has been sent",
                       info(use.id).name);
  };
  const std::string help = "write pass, or run it in an earlier phase";
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.removed() || rule.phase != 5) continue;
    // Of several, the last one holds.
    const ActionUse* use = last_disruptive(rule.actions);
    if (use != nullptr && is_late(*use)) {
      findings.add(Check::disruptive_in_phase_5, rule, use->span, message(*use), help);
    }
  }
  for (const auto& action : context.ruleset.default_actions) {
    if (action->phase != 5) continue;
    const ActionUse* use = last_disruptive(action->actions);
    if (use != nullptr && is_late(*use)) {
      findings.add(Check::disruptive_in_phase_5, use->span, message(*use), "write pass");
    }
  }
}

// Without the body, its variables are empty; ModSecurity 3 skips the whole phase.
void body_access_off(const Context& context, Findings& findings) {
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
    const Setting* setting = context.ruleset.last_setting(access.directive);
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
    findings
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

}  // namespace wafcheck::lint::inline checks
