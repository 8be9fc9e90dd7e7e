// Checks on TX:0 to TX:9, which `capture` fills, and on what has matched last.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "lint/check.h"
#include "lint/edits.h"
#include "lint/flow/captures.h"
#include "parser/macro.h"
#include "parser/regex_check.h"

namespace wafcheck::lint {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::MacroPart;
using parser::Rule;
using parser::RuleIndex;
using parser::SelectorKind;
using parser::Target;
using parser::Variable;

/// Links that could capture but for the action, nearest first.
const Rule* could_capture(const Context& context, const TxUse& read) {
  const Rule* link = &context.ruleset.rules[read.rule];
  const Rule* const starter = &context.starter(*link);
  if (read.moment.step <= Moment::captures) {
    if (link == starter) return nullptr;
    --link;
  }
  if (!info(link->op.id).captures || link->op.negated || link->kind != parser::RuleKind::rule) {
    return nullptr;
  }
  const unsigned group = static_cast<unsigned>(read.name.text[0] - '0');
  if (group == 0) return link;
  if (link->op.id != parser::Operator::rx) return nullptr;
  const auto regex = parser::Pcre::compile(
      link->op.argument.view(), parser::operator_regex_options(context.ruleset.semantics));
  return regex && regex->group_count() >= group ? link : nullptr;
}

/// Whether a rule may match several values, of which only the last one's captures remain.
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

/// Whether what a later link matches is what this one has matched.
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

bool captures(const Rule& rule) {
  return rule.has(Action::capture) && info(rule.op.id).captures;
}

const Rule* capturing_link(const Context& context, const TxUse& read) {
  const Rule& rule = context.ruleset.rules[read.rule];
  const Rule* const starter = &context.starter(rule);
  const Rule* link = context.ruleset.rules.data() + read.moment.rule;
  if (read.moment.step <= Moment::captures) {
    if (link == starter) return nullptr;
    --link;
  }
  for (;; --link) {
    if (captures(*link)) return link;
    if (link == starter) return nullptr;
  }
}

// Captures of another rule may be there, cleared or stale: engines differ.
void standalone_txn(const Context& context, Findings& found) {
  each_captured_read(context, [&](const TxUse& read) {
    const Rule& rule = context.ruleset.rules[read.rule];
    if (!rule.is_starter() || read.access == TxAccess::macro) return;
    found.add(Check::standalone_txn, rule, read.span,
              fmt::format("TX:{} is what an earlier rule captured, if it is anything at all",
                          read.name.text),
              "chain this rule to the one that captures");
  });
}

void capture_missing(const Context& context, Findings& found) {
  each_captured_read(context, [&](const TxUse& read) {
    const Rule& rule = context.ruleset.rules[read.rule];
    if (rule.is_starter() && read.access != TxAccess::macro) return;  // standalone-txn owns that
    if (capturing_link(context, read) != nullptr) return;
    const Rule* link = could_capture(context, read);
    const std::string& name = read.name.text;
    std::string message = fmt::format("nothing is captured that TX:{} could hold", name);
    std::string help = "capture it with @rx in this rule or one that it is chained to";
    if (link != nullptr) {
      help = "add capture to the rule whose operator finds it";
    } else if (rule.has(Action::capture)) {
      message =
          fmt::format("@{} captures nothing that TX:{} could hold", info(rule.op.id).name, name);
      help = "log the value itself: %{MATCHED_VAR}";
    }
    parser::Diagnostic& finding =
        found.add(Check::capture_missing, rule, read.span, std::move(message), std::move(help));
    // In a message it changes what is logged; elsewhere, it changes what the rule does.
    const bool logged = read.moment.step == Moment::logs;
    if (logged) finding.severity = parser::Severity::warning;
    if (link == nullptr || link->actions.empty() || link->actions.front().updated) return;
    const ActionUse& before =
        read.action != nullptr && link == &rule ? *read.action : link->actions.front();
    finding.fix = parser::Fix{"add capture", logged, {insert_before(before, "capture")}};
  });
}

// Each matching value overwrites the captures of the one before, so that the chained rule sees one
// of them only: an attacker sends a harmless value last.
void chained_capture_overwrite(const Context& context, Findings& found) {
  const TxUse* last = nullptr;
  each_captured_read(context, [&](const TxUse& read) {
    const Rule& rule = context.ruleset.rules[read.rule];
    if (rule.is_starter() || read.moment.step > Moment::compares) return;
    if (last != nullptr && last->rule == read.rule) return;  // one finding a link
    const Rule* link = capturing_link(context, read);
    if (link == nullptr || !has_many_values(*link)) return;
    last = &read;
    found
        .add(Check::chained_capture_overwrite, rule, read.span,
             fmt::format("TX:{} holds what the last matching value gave; the others are not tested",
                         read.name.text),
             "test it in the expression itself, or keep each value under a name of its own")
        .related.push_back({link->find(Action::capture)->span, "captured here, once a value"});
  });
}

// Messages of a chain are written when its last link has matched.
void matched_var_after_chain(const Context& context, Findings& found) {
  for (const Rule& rule : context.ruleset.rules) {
    if (!rule.is_starter() || rule.links < 2 || rule.removed()) continue;
    const Rule& last = *(&rule + (rule.links - 1));
    if (inspects_the_same(rule, last)) continue;
    for (const ActionUse* use : rule.effective) {
      if (use->id != Action::logdata && use->id != Action::msg) continue;
      const auto& parts = use->text().parts;
      const auto part = std::ranges::find_if(parts, names_matched_var);
      if (part == parts.end()) continue;
      const bool beside_capture = std::ranges::any_of(parts, names_capture);
      if (beside_capture && captures(last)) continue;  // both are about the last rule
      parser::Diagnostic& finding =
          found.add(Check::matched_var_after_chain, rule, part->span,
                    fmt::format("{} is what the last rule of the chain has matched, not this one",
                                info(part->variable).name),
                    "keep the value with setvar:'tx.name=%{MATCHED_VAR}' and log that");
      // Alone, it may be meant; what was captured here does not go with it.
      if (!beside_capture) finding.severity = parser::Severity::info;
      finding.related.push_back({last.targets.empty() ? last.name_span : last.targets.front().span,
                                 "the last rule inspects this"});
    }
  }
}

}  // namespace wafcheck::lint
