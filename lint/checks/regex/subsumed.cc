// The check on rules that are redundant because another rule matches everything that they match.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lint/analysis/expressions.h"
#include "lint/checks/check.h"
#include "parser/base/ascii.h"
#include "parser/regex/analysis.h"
#include "parser/regex/inclusion.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Operator;
using parser::Rule;
using parser::Target;
using parser::regex::Literal;

/// Limits of the comparison as automata: the length of an expression, and the number of pairs.
constexpr size_t kComparedBytes = 24;
constexpr size_t kMostCompared = 16;
constexpr size_t kMostRules = 32;     ///< that are compared with one another
constexpr size_t kMostLiterals = 64;  ///< of a rule that are compared

/// The texts that a rule searches. A value that matches contains one of `needed`; a value that
/// contains one of `enough` matches.
struct Search {
  const Rule* rule = nullptr;
  std::vector<Literal> needed;
  std::vector<Literal> enough;
  const parser::regex::Tree* tree = nullptr;  ///< of which `needed` is to be worked out yet
};

void set_literals(const Context& context, Search& search) {
  const Rule& rule = *search.rule;
  const std::string_view argument = rule.op.argument.view();
  if (argument.empty() || argument.find("%{") != std::string_view::npos) return;
  switch (info(rule.op.id).search) {
    case parser::Search::Contains:
      search.needed = {{std::string(argument), false}};
      if (rule.op.id == Operator::contains) search.enough = search.needed;
      return;
    case parser::Search::Begins:
    case parser::Search::Ends:
    case parser::Search::Equal:
      search.needed = {{std::string(argument), false}};
      return;
    case parser::Search::Phrases:
      if (info(rule.op.id).form != parser::OperatorForm::Phrases) return;
      if (argument.find('|') != std::string_view::npos) return;
      for (size_t begin = argument.find_first_not_of(' '); begin < argument.size();) {
        const size_t end = std::min(argument.find(' ', begin), argument.size());
        search.needed.push_back({lowercase(argument.substr(begin, end - begin)), true});
        begin = std::min(argument.find_first_not_of(' ', end), argument.size());
      }
      search.enough = search.needed;
      return;
    case parser::Search::Expression: {
      const Expression* const expression = context.expressions().of(rule);
      if (expression == nullptr || expression->whole() == nullptr) return;
      search.tree = expression->whole();
      auto form = parser::regex::plain_form(*expression->whole());
      if (form && form->start == parser::regex::Start::anywhere &&
          form->end == parser::regex::End::anywhere) {
        search.enough = std::move(form->literals);
      }
      return;
    }
    case parser::Search::None:
    case parser::Search::Injection:
    case parser::Search::Pure:
      return;
  }
}

bool holds(const Literal& whole, const Literal& part) {
  if (part.bytes.empty()) return true;
  if (part.caseless) return lowercase(whole.bytes).find(part.bytes) != std::string::npos;
  return !whole.caseless && whole.bytes.find(part.bytes) != std::string::npos;
}

/// Whether `wide` matches every value that `narrow` matches.
bool covers(const Search& wide, Search& narrow) {
  if (wide.enough.empty() || wide.enough.size() > kMostLiterals) return false;
  if (narrow.tree != nullptr) {
    narrow.needed = parser::regex::required_literals(*narrow.tree, kMostLiterals);
    narrow.tree = nullptr;
  }
  if (narrow.needed.empty() || narrow.needed.size() > kMostLiterals) return false;
  return std::ranges::all_of(narrow.needed, [&](const Literal& needed) {
    return std::ranges::any_of(wide.enough,
                               [&](const Literal& enough) { return holds(needed, enough); });
  });
}

/// The same for two short expressions, exactly; comparing long ones is too slow.
bool includes(const Context& context, const Rule& wide, const Rule& narrow) {
  const auto tree_of = [&](const Rule& rule) -> const parser::regex::Tree* {
    if (rule.op.argument.size() > kComparedBytes) return nullptr;
    const Expression* expression = context.expressions().of(rule);
    return expression == nullptr ? nullptr : expression->whole();
  };
  const parser::regex::Tree* whole = tree_of(wide);
  const parser::regex::Tree* part = tree_of(narrow);
  return whole != nullptr && part != nullptr &&
         parser::regex::includes(*whole, *part).answer == parser::regex::Answer::yes;
}

bool blocks(const Rule& rule) {
  return std::ranges::any_of(rule.actions, [](const ActionUse& use) {
    return info(use.id).traits.has(parser::ActionTrait::Answers);
  });
}

/// The properties that two rules must share, as bytes: phase, targets, and actions.
std::string circumstances(const Rule& rule, size_t section) {
  std::string text = fmt::format("{}/{}", section, rule.phase);
  for (const Target& target : rule.targets) {
    text += fmt::format("|{}.{}.{}.{}:{}:{}", static_cast<unsigned>(target.variable),
                        target.excluded, target.count, static_cast<unsigned>(target.selector.kind),
                        target.selector.text.size(), lowercase(target.selector.text));
  }
  for (const parser::Transformation transformation : rule.pipeline) {
    text += fmt::format(",{}", static_cast<unsigned>(transformation));
  }
  return text;
}

bool steers(const Rule& rule) {
  return std::ranges::any_of(rule.effective, [](const ActionUse* use) {
    return info(use->id).traits.has(parser::ActionTrait::Steers);
  });
}

}  // namespace

// Rules may overlap on purpose if rules between them are skipped or turned off.
void subsumed_rule(const Context& context, Findings& findings) {
  const auto& rules = context.ruleset.rules;
  const auto& markers = context.ruleset.markers;
  std::unordered_map<std::string, std::vector<Search>> groups;
  size_t section = 0;
  size_t compared = 0;
  size_t marker = 0;
  for (const Rule& rule : rules) {
    for (; marker < markers.size() && markers[marker].before <= context.index(rule); ++marker) {
      ++section;
    }
    if (rule.removed()) continue;
    if (steers(rule)) ++section;
    const bool alone = rule.is_starter() && rule.links == 1;
    if (!alone || rule.kind != parser::RuleKind::rule || rule.op.negated || !rule.id ||
        rule.has(Action::multiMatch) || !blocks(rule)) {
      continue;
    }
    std::vector<Search>& group = groups[circumstances(rule, section)];
    if (group.size() == kMostRules) continue;
    Search search{.rule = &rule, .needed = {}, .enough = {}, .tree = nullptr};
    set_literals(context, search);
    for (Search& other : group) {
      // Rules with the same test are left to identical-rules.
      if (other.rule->op.id == rule.op.id &&
          other.rule->op.argument.view() == rule.op.argument.view()) {
        continue;
      }
      const auto is_within = [&](const Search& wide, Search& narrow) {
        if (covers(wide, narrow)) return true;
        return compared++ < kMostCompared && includes(context, *wide.rule, *narrow.rule);
      };
      const bool later = is_within(other, search);
      if (!later && !is_within(search, other)) continue;
      const Rule& narrow = later ? rule : *other.rule;
      const Rule& wide = later ? *other.rule : rule;
      findings
          .add(Check::subsumed_rule, narrow, narrow.op.span,
               fmt::format("rule {} matches everything that this rule matches", *wide.id),
               "remove the rule, or narrow the other one")
          .related.push_back({wide.op.span, "matches more"});
      break;
    }
    group.push_back(std::move(search));
  }
}

}  // namespace wafcheck::lint::inline checks
