// Checks on TX:0 to TX:9, which `capture` fills, and on MATCHED_VAR.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "lint/analysis/captures.h"
#include "lint/checks/check.h"
#include "lint/checks/edits.h"
#include "parser/ruleset/macro.h"
#include "parser/ruleset/regex_check.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::MacroPart;
using parser::Rule;
using parser::RuleIndex;
using parser::SelectorKind;
using parser::Target;
using parser::Variable;

/// The nearest link that would capture if it had the action; null if there is none.
const Rule* could_capture(const Context& context, const TxUse& read) {
  const Rule* link = &context.ruleset.rules[read.rule];
  const Rule* const starter = &context.starter(*link);
  if (read.moment.step <= Moment::captures) {
    if (link == starter) return nullptr;
    --link;
  }
  if (info(link->op.id).captures == parser::Captures::None || link->op.negated ||
      link->kind != parser::RuleKind::rule) {
    return nullptr;
  }
  const unsigned group = static_cast<unsigned>(read.name.text[0] - '0');
  if (group == 0) return link;
  if (link->op.id != parser::Operator::rx) return nullptr;
  const auto regex = parser::Pcre::compile(
      link->op.argument.view(), parser::operator_regex_options(context.ruleset.semantics()));
  return regex && regex->group_count() >= group ? link : nullptr;
}

/// Whether a rule may match several values, of which only the captures of the last remain.
bool has_many_values(const Rule& rule) {
  size_t targets = 0;
  bool many = false;
  for (const Target& target : rule.targets) {
    if (target.excluded) continue;
    ++targets;
    many |= !target.count && info(target.variable).kind != parser::VariableKind::Scalar &&
            target.selector.kind != SelectorKind::name;
  }
  return many || targets > 1;
}

bool names_matched_var(const MacroPart& part) {
  return part.is_variable &&
         (part.variable == Variable::MATCHED_VAR || part.variable == Variable::MATCHED_VAR_NAME);
}

bool names_capture(const MacroPart& part) {
  return part.is_variable && part.variable == Variable::TX && part.text.size() == 1 &&
         part.text[0] >= '0' && part.text[0] <= '9';
}

/// Whether a rule matches only a text that it has itself.
bool matches_one_text(const Rule& rule) {
  return rule.op.id == parser::Operator::streq && !rule.op.negated && rule.op.text.literal() &&
         rule.pipeline.empty();
}

/// Whether the last link inspects what the first one matched.
bool inspects_the_same(const Rule& first, const Rule& last) {
  return std::ranges::any_of(last.targets, [&](const Target& target) {
    if (target.excluded || target.count) return false;
    if (target.variable == Variable::MATCHED_VAR || target.variable == Variable::MATCHED_VARS ||
        target.variable == Variable::TX) {
      return true;  // derived from it
    }
    return std::ranges::any_of(first.targets, [&](const Target& own) {
      return !own.excluded && own.variable == target.variable;
    });
  });
}

}  // namespace

// Captures of another rule may be present, cleared or old: engines differ.
void standalone_txn(const Context& context, Findings& findings) {
  each_captured_read(context, [&](const TxUse& read) {
    const Rule& rule = context.ruleset.rules[read.rule];
    if (!rule.is_starter() || read.access == TxAccess::macro) return;
    findings.add(Check::standalone_txn, rule, read.span,
                 fmt::format("TX:{} is a capture of an earlier rule, or empty", read.name.text),
                 "chain this rule to the rule that captures");
  });
}

void capture_missing(const Context& context, Findings& findings) {
  each_captured_read(context, [&](const TxUse& read) {
    const Rule& rule = context.ruleset.rules[read.rule];
    if (rule.is_starter() && read.access != TxAccess::macro) return;  // standalone-txn owns that
    if (capturing_link(context, read) != nullptr) return;
    const Rule* link = could_capture(context, read);
    const std::string& name = read.name.text;
    std::string message = fmt::format("no rule captures a value for TX:{}", name);
    std::string help = "capture the value with @rx in this rule or in an earlier rule of its chain";
    if (link != nullptr) {
      help = "add capture to the rule whose operator matches it";
    } else if (rule.has(Action::capture)) {
      message = fmt::format("@{} captures no value for TX:{}", info(rule.op.id).name, name);
      help = "log the value itself: %{MATCHED_VAR}";
    }
    parser::Diagnostic& finding =
        findings.add(Check::capture_missing, rule, read.span, std::move(message), std::move(help));
    // In a message, the fix changes only the log; elsewhere, it changes what the rule does.
    const bool logged = read.moment.step == Moment::logs;
    if (logged) finding.severity = parser::Severity::warning;
    if (link == nullptr || link->actions.empty() || link->actions.front().updated) return;
    const ActionUse& before =
        read.action != nullptr && link == &rule ? *read.action : link->actions.front();
    finding.fix = parser::Fix{"add capture", logged, {insert_before(before, "capture")}};
  });
}

namespace {

/// Whether a setvar puts a capture of its own rule, made anew for each value, under a single name.
bool keeps_last_capture(const Context& context, const TxUse& write) {
  if (write.access != TxAccess::assign || write.action == nullptr) return false;
  if (write.name.kind != TxNameKind::literal) return false;
  const auto* const setvar = std::get_if<parser::Setvar>(&write.action->value);
  const Rule& rule = context.ruleset.rules[write.rule];
  return setvar != nullptr && std::ranges::any_of(setvar->value.parts, names_capture) &&
         rule.has(Action::capture) && has_many_values(rule);
}

/// The same with a variable between the rule that captures and the one that tests.
void stored_capture_overwrite(const Context& context, Findings& findings) {
  for (const TxVariable& variable : context.tx().variables()) {
    for (const TxUse* write : variable.writes) {
      if (!keeps_last_capture(context, *write)) continue;
      const auto read = std::ranges::find_if(variable.reads, [&](const TxUse* use) {
        return use->access == TxAccess::target && use->moment > write->moment;
      });
      if (read == variable.reads.end()) continue;
      findings
          .add(Check::chained_capture_overwrite, context.ruleset.rules[write->rule], write->span,
               fmt::format("tx.{} keeps the capture of the last matching value; the others are not "
                           "tested",
                           variable.name),
               "test the value in the expression itself, or store each value under its own name")
          .related.push_back({(*read)->span, "tested here"});
    }
  }
}

}  // namespace

// Each matching value overwrites the captures of the previous one, so the chained rule sees only
// the last: an attacker sends a harmless value last.
void chained_capture_overwrite(const Context& context, Findings& findings) {
  stored_capture_overwrite(context, findings);
  const TxUse* last = nullptr;
  each_captured_read(context, [&](const TxUse& read) {
    const Rule& rule = context.ruleset.rules[read.rule];
    if (rule.is_starter() || read.moment.step > Moment::compares) return;
    if (last != nullptr && last->rule == read.rule) return;  // one finding a link
    const Rule* link = capturing_link(context, read);
    if (link == nullptr || !has_many_values(*link)) return;
    last = &read;
    findings
        .add(Check::chained_capture_overwrite, rule, read.span,
             fmt::format("TX:{} is the capture of the last matching value; the others are not "
                         "tested",
                         read.name.text),
             "test the value in the expression itself, or store each value under its own name")
        .related.push_back({link->find(Action::capture)->span, "captured here, once per value"});
  });
}

// Messages of a chain are written when its last link has matched.
void matched_var_after_chain(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.links < 2 || rule.removed()) continue;
    const Rule& last = *(&rule + (rule.links - 1));
    if (inspects_the_same(rule, last)) continue;
    for (const ActionUse* use : rule.effective) {
      if (use->id != Action::logdata && use->id != Action::msg) continue;
      const auto& parts = use->text().parts;
      const auto part = std::ranges::find_if(parts, names_matched_var);
      if (part == parts.end()) continue;
      // It may be the last rule's match that is meant: not beside what another rule captured, nor
      // where that match is a text that the rule itself has.
      const bool beside_capture = std::ranges::any_of(parts, names_capture);
      const bool told = part->variable == Variable::MATCHED_VAR && matches_one_text(last);
      if (!told && (!beside_capture || captures(last))) continue;
      parser::Diagnostic& finding = findings.add(
          Check::matched_var_after_chain, rule, part->span,
          fmt::format("{} refers to the match of the last rule of the chain, not of this rule",
                      info(part->variable).name),
          "store the value with setvar:'tx.name=%{MATCHED_VAR}' and log that variable");
      finding.related.push_back({last.targets.empty() ? last.name_span : last.targets.front().span,
                                 "the last rule inspects this"});
    }
  }
}

}  // namespace wafcheck::lint::inline checks
