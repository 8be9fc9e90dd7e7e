#include "lint/regex/expressions.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "parser/macro.h"
#include "parser/regex/parse.h"
#include "parser/regex_check.h"

namespace wafcheck::lint {
namespace {

using parser::Operator;
using parser::Rule;

bool has_expression(const Rule& rule) {
  if (rule.kind != parser::RuleKind::rule || rule.removed()) return false;
  if (rule.op.span.begin == rule.op.span.end) return false;  // it could not be read
  return rule.op.id == Operator::rx || rule.op.id == Operator::rxGlobal;
}

/// The macros of an argument, as places in it.
std::vector<regex::Span> macros_of(const parser::Text& argument,
                                   const parser::Semantics& semantics) {
  std::vector<regex::Span> places;
  if (!semantics.regex_macros || argument.view().find("%{") == std::string_view::npos) {
    return places;
  }
  parser::Diagnostics reported;  // by the parser
  size_t at = 0;
  for (const parser::MacroPart& part : parser::parse_macros(argument, semantics, reported).parts) {
    if (!part.is_variable) continue;
    // Parts know their place in the source only.
    do {
      at = argument.view().find("%{", at);
      if (at == std::string_view::npos) return places;
    } while (argument.span(at, at + 1).begin != part.span.begin && ++at != 0);
    const size_t end = argument.view().find('}', at) + 1;
    places.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(end)});
    at = end;
  }
  return places;
}

/// Reads an expression with a hole for each macro: a call of the whole expression, (?000), as long
/// as the macro, of which no analysis knows anything.
std::optional<regex::Tree> parse_around(std::string_view text,
                                        const std::vector<regex::Span>& macros,
                                        parser::PcreOptions options) {
  std::string holed(text);
  for (const regex::Span& macro : macros) {
    if (macro.end - macro.begin < 4) return std::nullopt;
    std::fill(holed.begin() + macro.begin, holed.begin() + macro.end, '0');
    holed[macro.begin] = '(';
    holed[macro.begin + 1] = '?';
    holed[macro.end - 1] = ')';
  }
  Result<regex::Tree> tree = regex::parse(holed, options);
  if (!tree) return std::nullopt;
  // In a class or a quotation a hole is text.
  const auto calls = std::ranges::count_if(tree->nodes(), [&](const regex::Node& node) {
    return node.kind == regex::Kind::call &&
           std::ranges::find(macros, node.span.begin, &regex::Span::begin) != macros.end();
  });
  if (static_cast<size_t>(calls) != macros.size()) return std::nullopt;
  return std::move(*tree);
}

}  // namespace

Expressions::Expressions(const parser::Ruleset& ruleset)
    : ruleset_(ruleset),
      options_(parser::operator_regex_options(ruleset.semantics)),
      by_rule_(ruleset.rules.size()) {
  std::unordered_map<std::string_view, Expression*> known;
  for (size_t i = 0; i < ruleset.rules.size(); ++i) {
    const Rule& rule = ruleset.rules[i];
    if (!has_expression(rule)) continue;
    const auto [place, fresh] = known.try_emplace(rule.op.argument.view());
    if (fresh) {
      Expression& added = all_.emplace_back();
      added.text = rule.op.argument.view();
      const std::vector<regex::Span> macros = macros_of(rule.op.argument, ruleset.semantics);
      added.macros = !macros.empty();
      added.tree = added.macros ? parse_around(added.text, macros, options_) : std::nullopt;
      if (!added.macros) {
        if (Result<regex::Tree> tree = regex::parse(added.text, options_)) {
          added.tree = std::move(*tree);
        }
      }
      place->second = &added;
    }
    place->second->rules.push_back(&rule);
    by_rule_[i] = place->second;
  }
}

const Expression* Expressions::of(const Rule& rule) const {
  return by_rule_[static_cast<size_t>(&rule - ruleset_.rules.data())];
}

parser::Span place_of(const Rule& rule, regex::Span span) {
  return rule.op.argument.span(span.begin, span.end);
}

}  // namespace wafcheck::lint
