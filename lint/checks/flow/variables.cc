// Checks on stored variables: TX and the persistent collections.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "lint/analysis/tx.h"
#include "lint/checks/check.h"
#include "lint/checks/crs/crs.h"
#include "lint/checks/edits.h"
#include "parser/base/ascii.h"
#include "parser/base/nearest.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Variable;

/// Each suggestion compares all names; findings after this many have no suggestion.
constexpr size_t kMaxSuggestions = 50;

/// Names in macros and targets follow the variable and a dot or a colon.
parser::Span name_span(const Context& context, const TxUse& use) {
  return use.access == TxAccess::macro ? use.span
                                       : part_of(context.ruleset, use.span, use.name.text);
}

const parser::Rule& rule_of(const Context& context, const TxUse& use) {
  return context.ruleset.rules[use.rule];
}

/// The first read that needs a value (a count does not); null if there is none.
const TxUse* first_read(const TxVariable& variable) {
  const TxUse* first = nullptr;
  for (const TxUse* use : variable.reads) {
    if (use->access == TxAccess::count) continue;
    if (first == nullptr || use->moment < first->moment) first = use;
  }
  return first;
}

/// The names of TX that comments set: options that users can turn on.
std::unordered_set<std::string> names_in_comments(const parser::RulesetModel& ruleset) {
  constexpr std::string_view kSetvar = "setvar:";
  constexpr std::string_view kNameBytes = "-.";
  std::unordered_set<std::string> names;
  for (const parser::LoadedFile& file : ruleset.files) {
    for (const parser::Token& token : file.tree.tokens) {
      if (token.kind != parser::TokenKind::comment) continue;
      const std::string_view text = ruleset.sources.text({file.file, token.begin, token.end});
      for (size_t at = text.find(kSetvar); at != std::string_view::npos;
           at = text.find(kSetvar, at)) {
        at += kSetvar.size();
        if (text.substr(at, 1) == "'") ++at;
        if (!istarts_with(text.substr(at), "tx.")) continue;
        at += 3;
        size_t end = at;
        while (end < text.size() && (is_alnum(static_cast<unsigned char>(text[end])) ||
                                     text[end] == '_' || kNameBytes.contains(text[end]))) {
          ++end;
        }
        names.insert(lowercase(text.substr(at, end - at)));
      }
    }
  }
  return names;
}

/// Whether a read can affect a decision: not in a message or after the response.
bool decides(const TxUse& read) {
  return read.moment.step != Moment::logs && read.moment.phase != 5;
}

/// Calls `visit` with each variable of TX that may be read before it has a value, the first read
/// and the earliest write, which may be null.
template <typename Visit>
void each_read(const Context& context, Visit visit) {
  const TxIndex& tx = context.tx();
  if (tx.scripted() || is_part_of_crs(context.ruleset)) return;
  for (const TxVariable& variable : tx.variables()) {
    if (variable.collection != Variable::TX || variable.is_capture()) continue;
    // Rules that test whether the variable exists handle a missing one.
    if (variable.tested() || is_set_by_engines(variable.collection, variable.name)) continue;
    const TxUse* read = first_read(variable);
    if (read == nullptr) continue;
    const TxUse* write = tx.earliest_value(variable);
    if (write == nullptr || read->moment < write->moment) visit(variable, *read, write);
  }
}

std::string title(const TxVariable& variable) {
  return parser::shown(tx_title(variable.collection, variable.name));
}

}  // namespace

void tx_used_never_set(const Context& context, Findings& findings) {
  std::vector<std::string_view> written;
  for (const TxVariable& variable : context.tx().variables()) {
    if (variable.collection == Variable::TX && !variable.writes.empty()) {
      written.push_back(variable.name);
    }
  }
  std::optional<std::unordered_set<std::string>> options;
  const bool part = is_part_of_crs(context.ruleset);
  size_t suggestions = 0;
  each_read(context, [&](const TxVariable& variable, const TxUse& read, const TxUse* write) {
    if (write != nullptr && write->moment.phase == read.moment.phase) return;
    if (write == nullptr) {
      if (part) return;
      if (!options) options = names_in_comments(context.ruleset);
      if (options->contains(lowercase(variable.name))) return;
    }
    parser::Diagnostic& finding = findings.add(Check::tx_used_never_set, rule_of(context, read),
                                               name_span(context, read), {});
    if (!decides(read)) finding.severity = parser::Severity::warning;
    if (write != nullptr) {
      finding.message = fmt::format("{} has no value yet in phase {}: it is set in phase {}",
                                    title(variable), read.moment.phase, write->moment.phase);
      finding.help = "set it in an earlier phase";
      finding.related.push_back({write->span, "first set here"});
      return;
    }
    finding.message = fmt::format("no rule sets {}", title(variable));
    finding.help = "set it in phase 1, or load the file that sets it";
    if (++suggestions > kMaxSuggestions) return;
    const std::string_view near =
        nearest(variable.name, written, [](std::string_view name) { return name; });
    if (near.empty()) return;
    finding.help = parser::did_you_mean(tx_title(Variable::TX, near));
    const parser::Span name = part_of(context.ruleset, read.span, read.name.text);
    finding.fix = parser::Fix{"use the nearest name", false, {{name, std::string(near)}}};
  });
}

void tx_set_after_use_in_phase(const Context& context, Findings& findings) {
  each_read(context, [&](const TxVariable& variable, const TxUse& read, const TxUse* write) {
    if (write == nullptr || write->moment.phase != read.moment.phase) return;
    findings
        .add(Check::tx_set_after_use_in_phase, rule_of(context, read), name_span(context, read),
             fmt::format("{} has no value yet: it is set further down in phase {}", title(variable),
                         read.moment.phase),
             "move the rule that sets it above this one, or to an earlier phase")
        .related.push_back({write->span, "first set here"});
  });
}

void tx_set_never_read(const Context& context, Findings& findings) {
  const TxIndex& tx = context.tx();
  if (tx.scripted()) return;
  for (const TxVariable& variable : tx.variables()) {
    if (variable.collection != Variable::TX || variable.is_capture()) continue;
    if (variable.writes.empty() || tx.is_read(variable)) continue;
    const TxUse& write = *variable.writes.front();
    if (!write.gives_value()) continue;
    const parser::Rule& rule = rule_of(context, write);
    parser::Diagnostic& finding = findings.add(
        Check::tx_set_never_read, rule, part_of(context.ruleset, write.span, write.name.text),
        fmt::format("no rule reads {}", title(variable)), "remove it");
    // If several rules set it, removing one of them does not help.
    if (variable.writes.size() != 1 || write.action == nullptr) continue;
    if (auto edit = remove_action(context.ruleset, rule, *write.action)) {
      finding.fix = parser::Fix{"remove the setvar", false, {std::move(*edit)}};
    }
  }
}

void collection_without_initcol(const Context& context, Findings& findings) {
  if (is_part_of_crs(context.ruleset)) return;
  std::vector<Variable> reported;
  for (const TxUse& use : context.tx().uses()) {
    if (use.collection == Variable::TX || context.tx().opened(use.collection) != nullptr) continue;
    if (std::ranges::find(reported, use.collection) != reported.end()) continue;
    reported.push_back(use.collection);
    const std::string_view name = info(use.collection).name;
    std::string help =
        fmt::format("add initcol:{}=%{{REMOTE_ADDR}} to a rule of phase 1", lowercase(name));
    if (use.collection == Variable::SESSION) help = "add setsid to a rule of phase 1";
    if (use.collection == Variable::USER) help = "add setuid to a rule of phase 1";
    findings.add(Check::collection_without_initcol, rule_of(context, use), use.span,
                 fmt::format("no rule opens the collection {}: it stays empty", name),
                 std::move(help));
  }
}

void expirevar_without_setvar(const Context& context, Findings& findings) {
  const TxIndex& tx = context.tx();
  if (tx.scripted()) return;
  for (const TxVariable& variable : tx.variables()) {
    if (is_set_by_engines(variable.collection, variable.name)) continue;
    bool looked = false;
    for (const TxUse* use : variable.writes) {
      if (use->access != TxAccess::expire) continue;
      if (!std::exchange(looked, true) && tx.earliest_value(variable) != nullptr) break;
      findings.add(Check::expirevar_without_setvar, rule_of(context, *use),
                   part_of(context.ruleset, use->span, use->name.text),
                   fmt::format("no rule sets {}, so it never expires", title(variable)),
                   "set it with setvar in the same rule");
    }
  }
}

}  // namespace wafcheck::lint::inline checks
