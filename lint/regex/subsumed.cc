// The check on rules that another one makes needless: it matches whatever they match.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lint/check.h"
#include "lint/regex/expressions.h"
#include "parser/ascii.h"
#include "parser/regex/analysis.h"
#include "parser/regex/inclusion.h"

namespace wafcheck::lint {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Operator;
using parser::Rule;
using parser::Target;
using regex::Literal;

/// Longest expressions that are compared as automata, and the most pairs of them.
constexpr size_t kComparedBytes = 24;
constexpr size_t kMostCompared = 16;
constexpr size_t kMostRules = 32;     ///< that are compared with one another
constexpr size_t kMostLiterals = 64;  ///< of a rule that are compared

/// What a rule looks for. A value that matches holds one of `needed`; one that holds one of
/// `enough` matches.
struct Search {
  const Rule* rule = nullptr;
  std::vector<Literal> needed;
  std::vector<Literal> enough;
  const regex::Tree* tree = nullptr;  ///< of which `needed` is to be worked out yet
};

void set_literals(const Context& context, Search& search) {
  const Rule& rule = *search.rule;
  const std::string_view argument = rule.op.argument.view();
  if (argument.empty() || argument.find("%{") != std::string_view::npos) return;
  switch (rule.op.id) {
    case Operator::contains:
      search.enough = {{std::string(argument), false}};
      search.needed = search.enough;
      return;
    case Operator::beginsWith:
    case Operator::endsWith:
    case Operator::streq:
      search.needed = {{std::string(argument), false}};
      return;
    case Operator::pm:
      if (argument.find('|') != std::string_view::npos) return;
      for (size_t begin = argument.find_first_not_of(' '); begin < argument.size();) {
        const size_t end = std::min(argument.find(' ', begin), argument.size());
        search.needed.push_back({lowercase(argument.substr(begin, end - begin)), true});
        begin = std::min(argument.find_first_not_of(' ', end), argument.size());
      }
      search.enough = search.needed;
      return;
    case Operator::rx: {
      const Expression* const expression = context.expressions().of(rule);
      if (expression == nullptr || expression->whole() == nullptr) return;
      search.tree = expression->whole();
      auto form = regex::plain_form(*expression->whole());
      if (form && form->start == regex::Start::anywhere && form->end == regex::End::anywhere) {
        search.enough = std::move(form->literals);
      }
      return;
    }
    default:
      return;
  }
}

bool holds(const Literal& whole, const Literal& part) {
  if (part.bytes.empty()) return true;
  if (part.caseless) return lowercase(whole.bytes).find(part.bytes) != std::string::npos;
  return !whole.caseless && whole.bytes.find(part.bytes) != std::string::npos;
}

/// Whether whatever `narrow` matches `wide` matches too.
bool covers(const Search& wide, Search& narrow) {
  if (wide.enough.empty() || wide.enough.size() > kMostLiterals) return false;
  if (narrow.tree != nullptr) {
    narrow.needed = regex::required_literals(*narrow.tree, kMostLiterals);
    narrow.tree = nullptr;
  }
  if (narrow.needed.empty() || narrow.needed.size() > kMostLiterals) return false;
  return std::ranges::all_of(narrow.needed, [&](const Literal& needed) {
    return std::ranges::any_of(wide.enough,
                               [&](const Literal& enough) { return holds(needed, enough); });
  });
}

/// The same of two short expressions, exactly: comparing long ones costs too much.
bool includes(const Context& context, const Rule& wide, const Rule& narrow) {
  const auto tree_of = [&](const Rule& rule) -> const regex::Tree* {
    if (rule.op.argument.size() > kComparedBytes) return nullptr;
    const Expression* expression = context.expressions().of(rule);
    return expression == nullptr ? nullptr : expression->whole();
  };
  const regex::Tree* whole = tree_of(wide);
  const regex::Tree* part = tree_of(narrow);
  return whole != nullptr && part != nullptr &&
         regex::includes(*whole, *part).answer == regex::Answer::yes;
}

bool blocks(const Rule& rule) {
  return std::ranges::any_of(rule.actions, [](const ActionUse& use) {
    return use.id == Action::block || use.id == Action::deny || use.id == Action::drop ||
           use.id == Action::redirect;
  });
}

/// What two rules must share, in bytes: when they run, on what, and what becomes of the request.
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
  return rule.has(Action::skip) || rule.has(Action::skipAfter) || rule.has(Action::ctl);
}

}  // namespace

// Rules between which others are skipped or switched off may well be meant to overlap.
void subsumed_rule(const Context& context, Findings& found) {
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
      // Rules that test the same are another check's.
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
      found
          .add(Check::subsumed_rule, narrow, narrow.op.span,
               fmt::format("rule {} matches whatever this one matches", *wide.id),
               "remove the rule, or narrow the other one")
          .related.push_back({wide.op.span, "looks for less"});
      break;
    }
    group.push_back(std::move(search));
  }
}

}  // namespace wafcheck::lint
