// What stands under the cursor, and what it means.

#include <fmt/format.h>

#include <algorithm>

#include "cli/lsp/expression.h"
#include "cli/lsp/features.h"
#include "cli/lsp/occurrence.h"
#include "cli/lsp/words.h"
#include "lint/analysis/expressions.h"
#include "lint/analysis/redos_index.h"
#include "lint/index/explain.h"
#include "lint/index/facts.h"
#include "lint/index/resolved.h"
#include "parser/base/escape.h"
#include "parser/base/shown.h"
#include "parser/regex/parse.h"
#include "parser/ruleset/regex_check.h"

namespace wafcheck::cli::lsp {

using formats::JsonWriter;
using parser::Action;
using parser::Span;

namespace {

/// Columns of an explanation; editors are narrow.
constexpr size_t kColumns = 76;
/// Pieces around the one under the cursor that are told.
constexpr size_t kPieces = 4;

bool span_holds(Span span, uint32_t offset) {
  return span.begin <= offset && offset < span.end;
}

std::string joined(std::string text, const std::string& more) {
  if (text.empty() || more.empty()) return text + more;
  return text + "\n\n---\n\n" + more;
}

class Hover {
 public:
  Hover(const Call& call, const RulesPlace& place)
      : workspace_(call.workspace),
        place_(place),
        directive_(place.text->directive_at(place.offset)) {}

  struct Found {
    std::string markdown;
    Span span;
  };

  std::optional<Found> find() {
    if (directive_ == nullptr) return std::nullopt;
    const auto at = place_.offset;
    if (span_holds(directive_->node->name_span, at) && directive_->row != nullptr) {
      return Found{joined(markdown(*directive_->row), rule()), directive_->node->name_span};
    }
    for (const parser::Target& target : directive_->targets) {
      if (span_holds(target.span, at)) return Found{of_target(target), target.span};
    }
    if (directive_->op && span_holds(directive_->op->span, at)) return of_operator(*directive_->op);
    for (const parser::ActionUse& use : directive_->actions) {
      if (span_holds(use.span, at)) return Found{of_action(use), use.span};
    }
    return std::nullopt;
  }

 private:
  /// The explanation of the rule, and what the engine makes of it; empty: there is no rule.
  std::string rule() {
    for (const Snapshot* const snapshot : workspace_.snapshots(place_.document->path())) {
      const auto file = snapshot->file(place_.document->path(), place_.number);
      const parser::Rule* const rule = file ? snapshot->rule_at(*file, place_.offset) : nullptr;
      if (rule == nullptr) continue;
      const parser::Rule& starter = snapshot->analysis().starter(*rule);
      for (const lint::RuleFacts& facts : lint::rule_facts(snapshot->analysis())) {
        if (facts.rule != &starter) continue;
        return fmt::format("```text\n{}```\n\nAs the engine has it:\n\n```seclang\n{}```",
                           lint::explain_text(snapshot->analysis(), facts, kColumns),
                           lint::resolved_rule(snapshot->model(), starter));
      }
    }
    return {};
  }

  /// Who sets and reads the variable at the cursor, how many rules have the tag, and the like.
  std::string uses() {
    const auto at = occurrence_at(workspace_, place_);
    if (!at) return {};
    size_t defining = 0, using_it = 0;
    for (const Occurrence& each : occurrences(*at->snapshot)) {
      if (is_of(each, at->occurrence)) ++(each.defines ? defining : using_it);
    }
    switch (at->occurrence.symbol.kind) {
      case SymbolKind::id:
        return fmt::format("Named at {} other places.", using_it);
      case SymbolKind::marker:
        return defining == 0 ? "There is no such marker."
                             : fmt::format("{} skipAfter lead there.", using_it);
      case SymbolKind::variable:
        return fmt::format("`{}`: set at {} places, read at {}.", at->occurrence.symbol.name,
                           defining, using_it);
      case SymbolKind::tag:
        return fmt::format("{} rules have this tag; {} exclusions name it.", defining, using_it);
      case SymbolKind::file:
        return at->occurrence.symbol.name;
    }
    return {};
  }

  std::string of_target(const parser::Target& target) {
    std::string text = markdown(parser::info(target.variable));
    if (target.count) text += "\n\n`&`: the number of them.";
    if (target.excluded) text += "\n\n`!`: this is not looked at.";
    return joined(text, uses());
  }

  Found of_operator(const parser::OperatorUse& op) {
    const parser::OperatorInfo& row = parser::info(op.id);
    const Span argument = op.argument.span();
    const bool in_argument = !op.argument.empty() && span_holds(argument, place_.offset);
    if (!in_argument) return {markdown(row), op.span};
    if (row.search == parser::Search::Expression) {
      if (auto piece = of_expression(op)) return *std::move(piece);
    }
    return {joined(markdown(row), uses()), argument};
  }

  std::optional<Found> of_expression(const parser::OperatorUse& op) {
    const parser::PcreOptions options = parser::operator_regex_options(common_semantics());
    const auto tree = parser::regex::parse(op.argument.view(), options);
    if (!tree) return std::nullopt;
    std::optional<uint32_t> offset;
    for (uint32_t i = 0; i < op.argument.size() && !offset; ++i) {
      if (span_holds(op.argument.span(i, i + 1), place_.offset)) offset = i;
    }
    if (!offset) return std::nullopt;
    const std::vector<parser::regex::NodeId> pieces = pieces_at(*tree, *offset);
    if (pieces.empty()) return std::nullopt;
    std::string text;
    for (const parser::regex::NodeId id :
         std::span(pieces).first(std::min(pieces.size(), kPieces))) {
      const parser::regex::Node& node = (*tree)[id];
      const std::string_view written =
          op.argument.view().substr(node.span.begin, node.span.end - node.span.begin);
      text += fmt::format("`{}`: {}\n\n", excerpt(written, 40), in_words(*tree, node));
    }
    const parser::regex::Span span = (*tree)[pieces.front()].span;
    return Found{text + cost(op), op.argument.span(span.begin, span.end)};
  }

  /// Whether the time to match grows with the value in more than proportion.
  std::string cost(const parser::OperatorUse& op) {
    for (const Snapshot* const snapshot : workspace_.snapshots(place_.document->path())) {
      const auto file = snapshot->file(place_.document->path(), place_.number);
      const parser::Rule* const rule = file ? snapshot->rule_at(*file, place_.offset) : nullptr;
      if (rule == nullptr) continue;
      const lint::Expression* const expression = snapshot->analysis().expressions().of(*rule);
      const lint::RedosCache::Verdict* const verdict =
          expression == nullptr ? nullptr : workspace_.costs().find(expression->text);
      if (verdict == nullptr || expression->text != op.argument.view()) return {};
      if (verdict->effort.undecided) return "Whether matching is slow is not decided.";
      if (verdict->redos.empty()) return "No value was found for which matching is slow.";
      const parser::regex::Redos& worst = verdict->redos.front();
      return fmt::format("Matching is slow: {}{} steps for {} bytes.",
                         worst.more ? "more than " : "", grouped(worst.steps),
                         grouped(attack(worst, worst.pumps).size()));
    }
    return {};
  }

  std::string of_action(const parser::ActionUse& use) {
    if (use.id == Action::id) return joined(markdown(parser::info(use.id)), joined(rule(), uses()));
    if (const auto* const id = std::get_if<parser::Transformation>(&use.value)) {
      return markdown(parser::info(*id));
    }
    if (const auto* const ctl = std::get_if<parser::CtlUse>(&use.value)) {
      return joined(markdown(parser::info(ctl->option)), uses());
    }
    return joined(markdown(parser::info(use.id)), uses());
  }

  Workspace& workspace_;
  const RulesPlace& place_;
  const Directive* directive_;
};

}  // namespace

Reply hover(const Call& call) {
  const auto place = call.workspace.place(call.params);
  if (!place) return nothing();
  const auto found = Hover(call, *place).find();
  if (!found) return nothing();
  const RulesText& text = *place->text;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("contents");
  json.begin_object();
  json.member("kind", "markdown");
  json.member("value", found->markdown);
  json.end_object();
  json.key("range");
  write(json, range_at(text.outer(), text.to_outer(found->span.begin),
                       text.to_outer(found->span.end), call.workspace.client.encoding));
  json.end_object();
  return out;
}

}  // namespace wafcheck::cli::lsp
