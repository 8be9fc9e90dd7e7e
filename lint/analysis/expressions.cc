#include "lint/analysis/expressions.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "parser/language/semantics.h"
#include "parser/regex/parse.h"
#include "parser/ruleset/regex_check.h"

namespace wafcheck::lint::inline analysis {
namespace {

using parser::Rule;

bool has_expression(const Rule& rule) {
  if (rule.kind != parser::RuleKind::rule || rule.removed()) return false;
  if (rule.op.span.begin == rule.op.span.end) return false;  // it could not be read
  return info(rule.op.id).search == parser::Search::Expression;
}

/// The macros of an argument, as places in it.
std::vector<parser::regex::Span> macros_of(const parser::OperatorUse& op,
                                           const parser::Semantics& semantics) {
  std::vector<parser::regex::Span> places;
  if (!semantics.regex_macros) return places;
  const parser::Text& argument = op.argument;
  size_t at = 0;
  for (const parser::MacroPart& part : op.text.parts) {
    if (!part.is_variable) continue;
    // Parts have positions in the source, not in the argument.
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

/// Parses an expression with each macro replaced by a call of the whole expression, (?000), of the
/// same length, about which no analysis assumes anything.
std::optional<parser::regex::Tree> parse_around(std::string_view text,
                                                const std::vector<parser::regex::Span>& macros,
                                                parser::PcreOptions options) {
  std::string holed(text);
  for (const parser::regex::Span& macro : macros) {
    if (macro.end - macro.begin < 4) return std::nullopt;
    std::fill(holed.begin() + macro.begin, holed.begin() + macro.end, '0');
    holed[macro.begin] = '(';
    holed[macro.begin + 1] = '?';
    holed[macro.end - 1] = ')';
  }
  Result<parser::regex::Tree> tree = parser::regex::parse(holed, options);
  if (!tree) return std::nullopt;
  // In a class or a quotation, the replacement is text.
  const auto calls = std::ranges::count_if(tree->nodes(), [&](const parser::regex::Node& node) {
    return node.kind == parser::regex::Kind::call &&
           std::ranges::find(macros, node.span.begin, &parser::regex::Span::begin) != macros.end();
  });
  if (static_cast<size_t>(calls) != macros.size()) return std::nullopt;
  return std::move(*tree);
}

}  // namespace

Expressions::Expressions(const parser::RulesetModel& ruleset)
    : ruleset_(ruleset),
      options_(parser::operator_regex_options(ruleset.semantics())),
      by_rule_(ruleset.rules.size()) {
  std::unordered_map<std::string_view, Expression*> by_text;
  for (size_t i = 0; i < ruleset.rules.size(); ++i) {
    const Rule& rule = ruleset.rules[i];
    if (!has_expression(rule)) continue;
    const auto [place, inserted] = by_text.try_emplace(rule.op.argument.view());
    if (inserted) {
      Expression& added = all_.emplace_back();
      added.text = rule.op.argument.view();
      const std::vector<parser::regex::Span> macros = macros_of(rule.op, ruleset.semantics());
      added.macros = !macros.empty();
      added.tree = added.macros ? parse_around(added.text, macros, options_) : std::nullopt;
      if (!added.macros) {
        if (Result<parser::regex::Tree> tree = parser::regex::parse(added.text, options_)) {
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

parser::Span place_of(const Rule& rule, parser::regex::Span span) {
  return rule.op.argument.span(span.begin, span.end);
}

}  // namespace wafcheck::lint::inline analysis
