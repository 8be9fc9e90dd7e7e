#include "cli/diff/rx.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <optional>
#include <utility>

#include "formats/json/writer.h"
#include "lint/report/text.h"
#include "parser/base/shown.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/alphabet.h"
#include "parser/ruleset/regex_check.h"

namespace wafcheck::cli::inline diff {
namespace {

using parser::regex::Comparand;
using parser::regex::Comparison;
using parser::regex::Relation;

constexpr std::array<std::string_view, 2> kSides = {"old", "new"};

Comparison undecided(std::string reason) {
  Comparison comparison;
  comparison.reason = std::move(reason);
  return comparison;
}

/// With multiMatch the operator sees the value before each transformation, too.
parser::regex::Domain domain_of(const parser::Rule& rule) {
  if (rule.has(parser::Action::multiMatch)) return {};
  return parser::Alphabet(rule.pipeline).domain();
}

class RxComparison {
 public:
  RxComparison(const RxOptions& options, Console& console) : options_(options), console_(console) {}

  int run(Output& output) {
    const auto pipeline = transformations();
    if (!pipeline) return kTrouble;
    const auto old_one = compile(0);
    const auto new_one = compile(1);
    if (!old_one || !new_one) return kTrouble;
    parser::regex::CompareOptions options;
    options.domain = parser::Alphabet(*pipeline).domain();
    const Comparison comparison = parser::regex::compare(*old_one, *new_one, options);
    output.write(options_.format == "json" ? json(comparison) : text(comparison));
    return comparison.relation == Relation::equal ? kOk : kNo;
  }

 private:
  std::optional<std::vector<parser::Transformation>> transformations() {
    std::vector<parser::Transformation> pipeline;
    for (const std::string& name : options_.transformations) {
      const auto known = parser::find_transformation(name);
      if (known) {
        if (*known == parser::Transformation::none)
          pipeline.clear();
        else
          pipeline.push_back(*known);
        continue;
      }
      const std::string_view near = parser::nearest_transformation(name);
      console_.error(fmt::format("--transformations: \"{}\" is no transformation{}", readable(name),
                                 near.empty() ? "" : fmt::format(": did you mean {}?", near)));
      return std::nullopt;
    }
    return pipeline;
  }

  /// As the engine compiles an @rx; nothing, with the place printed, if it does not take it.
  std::optional<Comparand> compile(size_t side) {
    const std::string& expression = options_.expressions[side];
    const parser::Semantics semantics =
        parser::semantics_of(parser::parse_engine(options_.engine).value_or(parser::Engine{}));
    const parser::PcreOptions pcre = parser::operator_regex_options(semantics);
    parser::Sources sources;
    const parser::FileId file =
        sources.add(fmt::format("--rx, the {} expression", kSides[side]), expression);
    parser::Text text(file);
    text.append(expression, 0);
    parser::Diagnostics found;
    if (parser::check_regex(text, pcre, found)) {
      parser::check_linear_regex(text, pcre, semantics, found);
    }
    for (const parser::Diagnostic& diagnostic : found) {
      console_.error_lines(
          console_.in_locale(lint::full(diagnostic, sources, console_.err_is_coloured())) + "\n");
    }
    if (!found.empty()) return std::nullopt;
    auto compiled = Comparand::compile(expression, pcre);
    if (compiled) return std::move(*compiled);
    console_.error(fmt::format("--rx, the {} expression, column {}: {}", kSides[side],
                               compiled.error().at + 1, compiled.error().message));
    return std::nullopt;
  }

  static std::vector<std::string_view> names_of(const std::vector<Relation>& relations) {
    std::vector<std::string_view> names;
    for (const Relation relation : relations) names.push_back(name_of(relation));
    return names;
  }

  std::string text(const Comparison& comparison) const {
    std::string out = fmt::format("{}: {}\n", name_of(comparison.relation),
                                  comparison.relation == Relation::undecided
                                      ? comparison.reason
                                      : std::string(explain(comparison.relation)));
    const auto known = names_of(parser::regex::ruled_out(comparison));
    if (comparison.relation == Relation::undecided && !known.empty()) {
      out += fmt::format("  certainly not {}\n", fmt::join(known, ", not "));
    }
    if (comparison.only_new) {
      out += fmt::format("  only the new one matches \"{}\"\n", readable(*comparison.only_new));
    }
    if (comparison.only_old) {
      out += fmt::format("  only the old one matches \"{}\"\n", readable(*comparison.only_old));
    }
    return console_.in_locale(std::move(out));
  }

  std::string json(const Comparison& comparison) const {
    std::string out;
    formats::JsonWriter json(out);
    const auto optional = [&](std::string_view name, const std::optional<std::string>& bytes) {
      if (bytes) return json.bytes(name, *bytes);
      json.key(name);
      json.null();
    };
    json.begin_object();
    json.key("schema");
    json.number(1);
    json.bytes("old", options_.expressions[0]);
    json.bytes("new", options_.expressions[1]);
    json.texts("transformations", options_.transformations);
    json.member("relation", name_of(comparison.relation));
    json.texts("ruled_out", names_of(parser::regex::ruled_out(comparison)));
    optional("only_new", comparison.only_new);
    optional("only_old", comparison.only_old);
    optional("reason", comparison.reason.empty() ? std::nullopt : std::optional(comparison.reason));
    json.end_object();
    return out + "\n";
  }

  const RxOptions& options_;
  Console& console_;
};

}  // namespace

std::string_view explain(Relation relation) {
  switch (relation) {
    case Relation::equal:
      return "both match the same values";
    case Relation::wider:
      return "the new expression matches all that the old one does, and more";
    case Relation::narrower:
      return "the new expression matches only some of what the old one does";
    case Relation::different:
      return "each matches values that the other does not";
    case Relation::undecided:
      return "how they compare is not known";
  }
  return "";
}

Comparison compare_rules(const parser::RulesetModel& old_rules, const parser::Rule& old_rule,
                         const parser::RulesetModel& new_rules, const parser::Rule& new_rule) {
  const std::array rules = {&old_rule, &new_rule};
  const std::array models = {&old_rules, &new_rules};
  std::vector<Comparand> compiled;
  for (size_t side = 0; side < rules.size(); ++side) {
    const parser::OperatorUse& op = rules[side]->op;
    if (info(op.id).search != parser::Search::Expression) {
      return undecided(fmt::format("the {} operator takes no expression", kSides[side]));
    }
    if (!op.text.literal()) {
      return undecided(fmt::format("the {} expression has a macro", kSides[side]));
    }
    auto one = Comparand::compile(op.argument.view(),
                                  parser::operator_regex_options(models[side]->semantics()));
    if (!one) {
      return undecided(
          fmt::format("the {} expression is invalid: {}", kSides[side], one.error().message));
    }
    compiled.push_back(std::move(*one));
  }
  parser::regex::CompareOptions options;
  options.domain = parser::regex::united(domain_of(old_rule), domain_of(new_rule));
  return parser::regex::compare(compiled[0], compiled[1], options);
}

int compare_expressions(const RxOptions& options, Console& console, Output& output) {
  return RxComparison(options, console).run(output);
}

}  // namespace wafcheck::cli::inline diff
