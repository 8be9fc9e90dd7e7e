// Checks on the actions of a rule.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "lint/checks/check.h"
#include "lint/checks/edits.h"
#include "parser/language/severities.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;

/// The action that uses the status; null if there is none.
const ActionUse* answering(const Rule& rule) {
  for (const ActionUse* use : rule.effective) {
    if (info(use->id).traits.has(parser::ActionTrait::Answers)) return use;
  }
  return nullptr;
}

bool has_own(const Rule& rule, Action action) {
  return std::ranges::find(rule.actions, action, &ActionUse::id) != rule.actions.end();
}

/// Whether a link of the chain has the action.
bool chain_has(const Rule& starter, Action action) {
  return std::any_of(&starter, &starter + starter.links,
                     [&](const Rule& link) { return has_own(link, action); });
}

}  // namespace

void duplicate_action(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed()) continue;
    std::unordered_map<Action, const ActionUse*> holder;
    std::unordered_map<std::string_view, const ActionUse*> tags;
    for (const ActionUse& use : rule.actions) {
      if (use.updated) continue;  // updates replace actions on purpose
      const ActionUse* earlier = nullptr;
      if (use.id == Action::tag) {
        const auto [it, inserted] = tags.try_emplace(use.raw, &use);
        if (!inserted) earlier = it->second;
      } else if (const auto slot = slot_of(use.id)) {
        const auto [it, inserted] = holder.try_emplace(*slot, &use);
        if (!inserted) earlier = std::exchange(it->second, &use);
      }
      if (earlier == nullptr) continue;
      const bool same = earlier->id == use.id && earlier->raw == use.raw;
      const ActionUse& useless = same ? use : *earlier;
      parser::Diagnostic& finding = findings.add(
          Check::duplicate_action, rule, use.span,
          same
              ? fmt::format("{} is a duplicate",
                            parser::shown(context.ruleset.sources.text(use.span)))
              : fmt::format("{} replaces {}", parser::shown(context.ruleset.sources.text(use.span)),
                            parser::shown(context.ruleset.sources.text(earlier->span))),
          same ? "remove it" : "keep one of the two");
      finding.related.push_back({earlier->span, same ? "first here" : "has no effect"});
      if (auto edit = remove_action(context.ruleset, rule, useless)) {
        finding.fix = parser::Fix{same ? "remove the second" : "remove the one without effect",
                                  false,
                                  {std::move(*edit)}};
      }
    }
    const auto status = holder.find(Action::status);
    if (status == holder.end() || !rule.is_starter() || answering(rule) != nullptr) continue;
    findings.add(Check::duplicate_action, rule, status->second->span,
                 "a status without deny, drop or redirect has no effect",
                 "add deny, or remove the status");
  }
}

void nolog_with_msg(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.removed()) continue;
    if (!rule.has(Action::nolog) || rule.has(Action::auditlog)) continue;
    const auto msg = std::ranges::find(rule.actions, Action::msg, &ActionUse::id);
    if (msg == rule.actions.end() || msg->updated) continue;
    parser::Diagnostic& finding = findings.add(Check::nolog_with_msg, rule, msg->span,
                                               "with nolog, this message is never "
                                               "logged",
                                               "make it a comment, or write log");
    finding.related.push_back({rule.find(Action::nolog)->span, "not logged"});
    if (auto edit = remove_action(context.ruleset, rule, *msg)) {
      finding.fix = parser::Fix{"remove the message", false, {std::move(*edit)}};
    }
  }
}

void log_without_msg(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.removed()) continue;
    const ActionUse* log = rule.find(Action::log);
    if (log == nullptr || chain_has(rule, Action::msg) || chain_has(rule, Action::logdata))
      continue;
    const bool own = has_own(rule, Action::log);
    findings.add(Check::log_without_msg, rule, own ? log->span : rule.anchor(),
                 own ? "this rule logs a match without a message"
                     : "this rule logs a match without a message, because of SecDefaultAction",
                 "add msg, or write nolog");
  }
}

void pass_without_nolog(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.removed()) continue;
    const auto pass = std::ranges::find(rule.actions, Action::pass, &ActionUse::id);
    if (pass == rule.actions.end() || pass->updated) continue;
    if (rule.has(Action::nolog) || has_own(rule, Action::log) || chain_has(rule, Action::msg)) {
      continue;
    }
    parser::Diagnostic& finding =
        findings.add(Check::pass_without_nolog, rule, pass->span,
                     "this rule with pass has neither log nor nolog", "add nolog");
    parser::Edit edit{pass->span, ",nolog"};
    edit.span.begin = edit.span.end;
    finding.fix = parser::Fix{"add nolog", false, {std::move(edit)}};
  }
}

void severity_word_and_number_mixed(const Context& context, Findings& findings) {
  struct InFile {
    bool words = false;
    std::vector<std::pair<const Rule*, const ActionUse*>> numbers;
  };
  std::unordered_map<parser::FileId, InFile> files;
  for (const Rule& rule : context.ruleset.rules) {
    for (const ActionUse& use : rule.actions) {
      if (use.id != Action::severity) continue;
      InFile& file = files[use.span.file];
      const bool number = !use.raw.empty() && use.raw[0] >= '0' && use.raw[0] <= '9';
      if (number) {
        file.numbers.emplace_back(&rule, &use);
      } else {
        file.words = true;
      }
    }
  }
  for (const auto& [id, file] : files) {
    if (!file.words) continue;
    for (const auto& [rule, use] : file.numbers) {
      const std::string_view word = parser::name_of_severity(use->number());
      findings
          .add(Check::severity_word_and_number_mixed, *rule, use->value_span,
               fmt::format("severity {} is a number, others in this file are words", use->raw),
               fmt::format("write severity:'{}'", word))
          .fix =
          parser::Fix{"write the word", true, {{use->value_span, fmt::format("'{}'", word)}}};
    }
  }
}

}  // namespace wafcheck::lint::inline checks
