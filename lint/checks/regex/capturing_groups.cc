// Checks on capturing groups and on TX:0 to TX:9, which they fill.

#include "lint/analysis/captures.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lint/analysis/expressions.h"
#include "lint/checks/edits.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;
using parser::RuleIndex;
using parser::Variable;

bool is_number(std::string_view name) {
  return !name.empty() && name.size() <= 4 &&
         std::ranges::all_of(name, [](char c) { return is_digit(static_cast<unsigned char>(c)); });
}

unsigned number_of(std::string_view name) {
  unsigned number = 0;
  std::from_chars(name.data(), name.data() + name.size(), number);
  return number;
}

/// The last of the TX:n that a match fills; nullopt if unknown.
std::optional<unsigned> last_filled(const Context& context, const Rule& rule) {
  const parser::OperatorInfo& row = info(rule.op.id);
  switch (row.captures) {
    case parser::Captures::Groups: {
      const Expression* const expression = context.expressions().of(rule);
      if (expression == nullptr || expression->whole() == nullptr) return std::nullopt;
      return expression->whole()->capture_count();
    }
    case parser::Captures::Match:
      if (row.search == parser::Search::Phrases && context.ruleset.semantics().pm_captures_text) {
        return std::nullopt;
      }
      return 0;
    case parser::Captures::None:
    case parser::Captures::Unknown:
      return std::nullopt;
  }
  return std::nullopt;
}

/// Whether an earlier link fills the index, for engines that keep captures which a later match does
/// not overwrite.
bool filled_earlier(const Context& context, const Rule& link, unsigned index) {
  for (const Rule* before = &context.starter(link); before < &link; ++before) {
    if (!captures(*before)) continue;
    const auto last = last_filled(context, *before);
    if (!last || *last >= index) return true;
  }
  return false;
}

/// Whether a use may read what a match has captured.
bool may_read_captures(const TxUse& use) {
  if (use.collection != Variable::TX || use.writes()) return false;
  return use.name.kind != TxNameKind::literal || is_number(use.name.text);
}

}  // namespace

void capture_index_out_of_range(const Context& context, Findings& findings) {
  const auto report = [&](const TxUse& read, std::string message,
                          std::string help) -> parser::Diagnostic& {
    const Rule& rule = context.ruleset.rules[read.rule];
    parser::Diagnostic& finding = findings.add(Check::capture_index_out_of_range, rule, read.span,
                                               std::move(message), std::move(help));
    // In a message, the fix changes only the log; elsewhere, it changes what the rule does.
    if (read.moment.step == Moment::logs) finding.severity = parser::Severity::warning;
    return finding;
  };
  for (const TxUse& use : context.tx().uses()) {
    if (use.collection != Variable::TX || use.writes()) continue;
    const std::string& name = use.name.text;
    if (use.name.kind != TxNameKind::literal || !is_number(name) || name[0] == '0') continue;
    const unsigned index = number_of(name);
    const TxVariable* const variable = context.tx().find(Variable::TX, name);
    if (variable != nullptr && !variable->writes.empty()) continue;
    if (index > 9) {
      if (context.ruleset.semantics().captures_all_groups) continue;
      report(use, fmt::format("TX:{} is empty: captures fill TX:0 to TX:9", name),
             "use fewer capturing groups: (?:...) does not capture");
      continue;
    }
    const Rule* const link = capturing_link(context, use);
    const auto last = link == nullptr ? std::nullopt : last_filled(context, *link);
    if (!last || *last >= index || filled_earlier(context, *link, index)) continue;
    std::string message;
    if (info(link->op.id).captures == parser::Captures::Match) {
      message =
          fmt::format("TX:{} holds nothing: @{} fills TX:0 alone", name, info(link->op.id).name);
    } else if (*last == 0) {
      message = fmt::format("TX:{} is empty: the expression has no capturing group", name);
    } else {
      message = fmt::format("TX:{} is empty: the expression has {} capturing group{}", name, *last,
                            *last == 1 ? "" : "s");
    }
    report(use, std::move(message),
           *last == 0 ? "use TX:0, which is the whole match"
                      : fmt::format("groups are numbered from 1 to {} by their opening parentheses",
                                    *last))
        .related.push_back({link->op.span, "this fills it"});
  }
}

// Captures stay until the next capture, so reads in later rules count too.
void capture_unused(const Context& context, Findings& findings) {
  if (context.tx().scripted()) return;
  const auto& rules = context.ruleset.rules;
  std::vector<Moment> reads;
  std::unordered_map<RuleIndex, Moment> last_of_chain;
  for (const TxUse& use : context.tx().uses()) {
    if (!may_read_captures(use)) continue;
    reads.push_back(use.moment);
    Moment& last = last_of_chain[context.index(context.starter(rules[use.rule]))];
    last = std::max(last, use.moment);
  }
  std::ranges::sort(reads);
  std::vector<Moment> moments;
  for (const Rule& rule : rules) {
    if (rule.removed() || !rule.has(Action::capture)) continue;
    moments.push_back({rule.phase, context.index(rule), Moment::captures});
  }
  std::ranges::sort(moments);
  for (size_t i = 0; i < moments.size(); ++i) {
    const Rule& rule = rules[moments[i].rule];
    const auto in_chain = last_of_chain.find(context.index(context.starter(rule)));
    if (in_chain != last_of_chain.end() && in_chain->second > moments[i]) continue;
    const auto next = std::ranges::upper_bound(reads, moments[i]);
    if (next != reads.end() && (i + 1 == moments.size() || *next < moments[i + 1])) continue;
    const auto use = std::ranges::find(rule.actions, Action::capture, &ActionUse::id);
    if (use == rule.actions.end() || use->updated) continue;
    parser::Diagnostic& finding =
        findings.add(Check::capture_unused, rule, use->span,
                     "no rule reads the captures TX:0 to TX:9", "remove capture");
    if (auto edit = remove_action(context.ruleset, rule, *use)) {
      finding.fix = parser::Fix{"remove capture", true, {std::move(*edit)}};
    }
  }
}

}  // namespace wafcheck::lint::inline checks
