// Checks on chains: what runs before the whole has matched, and links that are commented out.

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "lint/analysis/tx.h"
#include "lint/checks/check.h"
#include "lint/checks/edits.h"
#include "parser/base/ascii.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;
using parser::RuleIndex;
using parser::Span;

/// A comment line, and whether it is a commented-out directive or part of one.
struct Comment {
  Span span;
  bool rule = false;
  bool chain = false;
};

/// The first comment line in a part of a file, or the first with a rule.
std::optional<Comment> comment_in(const parser::RulesetModel& ruleset, Span gap) {
  if (gap.begin >= gap.end) return std::nullopt;
  const std::string_view text = ruleset.sources.text(gap);
  std::optional<Comment> result;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    std::string_view line = trim(text.substr(at, end - at));
    const size_t begin =
        at + (line.empty() ? 0 : static_cast<size_t>(line.data() - (text.data() + at)));
    at = end + 1;
    if (!line.starts_with('#')) continue;
    const uint32_t first = gap.begin + static_cast<uint32_t>(begin);
    Comment comment{{gap.file, first, first + static_cast<uint32_t>(line.size())}};
    while (line.starts_with('#') || line.starts_with(' ')) line.remove_prefix(1);
    comment.rule = istarts_with(line, "SecRule ") || istarts_with(line, "SecAction ");
    comment.chain = line.find("chain") != std::string_view::npos;
    const bool chain = comment.chain || (result && result->chain);
    if (!result || (comment.rule && !result->rule)) result = comment;
    result->chain = chain;
  }
  return result;
}

/// The text between a rule and the previous one, at most its last 64 KiB.
Span before(const Rule& rule, const Rule* previous) {
  constexpr uint32_t kMost = 64 << 10;
  const bool same_file = previous != nullptr && previous->span.file == rule.span.file;
  const uint32_t begin = same_file ? previous->span.end : 0;
  return {rule.span.file, std::max(begin, rule.span.begin - std::min(rule.span.begin, kMost)),
          rule.span.begin};
}

bool runs_script(const Rule& rule) {
  return rule.kind == parser::RuleKind::script || rule.op.id == parser::Operator::inspectFile ||
         rule.has(Action::exec);
}

/// Whether a setvar is for the chain itself: a later link or a message of the chain reads it.
bool is_for_chain(const Context& context, const TxUse& write, RuleIndex first, RuleIndex last) {
  const TxVariable* variable = context.tx().find(write.collection, write.name.text);
  const auto reads_here = [&](const TxUse& read) {
    return first <= read.rule && read.rule <= last &&
           (read.rule > write.rule || read.moment.step == Moment::logs);
  };
  if (variable != nullptr &&
      std::ranges::any_of(variable->reads, [&](const TxUse* read) { return reads_here(*read); })) {
    return true;
  }
  for (RuleIndex i = write.rule + 1; i <= last; ++i) {
    if (runs_script(context.ruleset.rules[i])) return true;  // it may read anything
    for (const parser::Target& target : context.ruleset.rules[i].targets) {
      if (target.variable == write.collection &&
          target.selector.kind != parser::SelectorKind::name) {
        return true;
      }
    }
  }
  return false;
}

/// Whether a setvar stores the match of this link, which later links cannot read.
bool keeps_match(const parser::Setvar& setvar) {
  const auto names_match = [](const parser::MacroPart& part) {
    using parser::Variable;
    if (!part.is_variable) return false;
    if (part.variable == Variable::TX) {
      return part.text.size() == 1 && is_digit(static_cast<unsigned char>(part.text[0]));
    }
    return part.variable == Variable::MATCHED_VAR || part.variable == Variable::MATCHED_VAR_NAME;
  };
  return std::ranges::any_of(setvar.value.parts, names_match) ||
         std::ranges::any_of(setvar.name.parts, names_match);
}

/// Whether a ctl changes what happens to the request, and not only what is logged.
bool decides(const parser::CtlUse& ctl) {
  switch (ctl.option) {
    case parser::Ctl::auditEngine:
    case parser::Ctl::auditLogParts:
    case parser::Ctl::debugLogLevel:
      return false;
    default:
      return true;
  }
}

}  // namespace

void setvar_in_chain_runs_early(const Context& context, Findings& findings) {
  const auto report = [&](const Rule& rule, const ActionUse& use) {
    const Rule& starter = context.starter(rule);
    const Rule& last = *(&starter + (starter.links - 1));
    findings
        .add(Check::setvar_in_chain_runs_early, rule, use.span,
             use.id == Action::ctl
                 ? "some engines run this ctl even if the rest of the chain does not match"
                 : "this setvar runs even if the rest of the chain does not match",
             "move it to the last rule of the chain")
        .related.push_back({last.name_span, "the last rule"});
  };
  for (const TxUse& use : context.tx().uses()) {
    if (use.action == nullptr || use.action->id != Action::setvar || !use.writes()) continue;
    const Rule& rule = context.ruleset.rules[use.rule];
    const Rule& starter = context.starter(rule);
    const RuleIndex last = context.index(starter) + starter.links - 1;
    if (use.rule == last || keeps_match(std::get<parser::Setvar>(use.action->value))) continue;
    if (is_for_chain(context, use, context.index(starter), last)) continue;
    report(rule, *use.action);
  }
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.removed() || rule.link + 1 == context.starter(rule).links) continue;
    for (const ActionUse* use : rule.effective) {
      const auto* ctl = std::get_if<parser::CtlUse>(&use->value);
      if (ctl != nullptr && decides(*ctl)) report(rule, *use);
    }
  }
}

void commented_out_chain_member(const Context& context, Findings& findings) {
  const Rule* previous = nullptr;
  for (const Rule& rule : context.ruleset.rules) {
    const Rule* const above = std::exchange(previous, &rule);
    const bool link = !rule.is_starter();
    if (!link && (rule.id || rule.kind != parser::RuleKind::rule)) continue;
    const std::optional<Comment> comment = comment_in(context.ruleset, before(rule, above));
    if (!comment) continue;
    if (link) {
      findings.add(Check::commented_out_chain_member, rule, comment->span,
                   comment->rule
                       ? "a rule of this chain is commented out: the rules around it are now "
                         "chained"
                       : "there is a comment inside a chain",
                   comment->rule ? "comment out the whole chain" : "move it above the chain");
    } else if (comment->rule && comment->chain) {
      findings
          .add(Check::commented_out_chain_member, comment->span,
               "the first rule of this chain is commented out, but its last rule is not",
               "comment out the whole chain")
          .related.push_back({rule.name_span, "chained to it"});
    }
  }
}

}  // namespace wafcheck::lint::inline checks
