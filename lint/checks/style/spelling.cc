// Checks on spelling: the case of words, words for numbers, and escapes in expressions.

#include <fmt/format.h>

#include <algorithm>

#include "lint/checks/check.h"
#include "lint/checks/style/written_actions.h"
#include "parser/base/ascii.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Action;
using parser::ActionUse;
using parser::Rule;
using parser::Span;

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), to_upper);
  return out;
}

/// Reports the word at `span` if it is a known word in another spelling.
class NameCase {
 public:
  NameCase(const parser::RulesetModel& ruleset, Findings& findings)
      : ruleset_(ruleset), findings_(findings) {}

  void look(const Rule* rule, Span span, std::string_view spelling) {
    const std::string_view written = ruleset_.sources.text(span);
    std::string_view wanted;
    if (iequals(written, spelling)) wanted = spelling;
    for (const parser::Alias& alias : parser::aliases()) {
      if (alias.target == spelling && iequals(written, alias.name)) wanted = alias.name;
    }
    if (wanted.empty() || wanted == written) return;
    std::string message = fmt::format("{} is spelled {}", written, wanted);
    std::string help = fmt::format("write {}", wanted);
    auto& finding =
        rule != nullptr
            ? findings_.add(Check::name_case, *rule, span, std::move(message), std::move(help))
            : findings_.add(Check::name_case, span, std::move(message), std::move(help));
    finding.fix = parser::Fix{finding.help, true, {{span, std::string(wanted)}}};
  }

  void look_at(const Rule& rule) {
    if (rule.op.name.end > rule.op.name.begin) {
      Span name = rule.op.name;
      ++name.begin;  // "@"
      look(&rule, name, parser::info(rule.op.id).name);
    }
    for (const parser::Target& target : rule.targets) {
      if (!target.updated) look(&rule, name_of(target), parser::info(target.variable).name);
    }
    for (const ActionUse* use : written_actions(rule)) look_at(rule, *use);
  }

 private:
  void look_at(const Rule& rule, const ActionUse& use) {
    look(&rule, use.name_span, parser::info(use.id).name);
    if (const auto* t = std::get_if<parser::Transformation>(&use.value)) {
      look(&rule, value_of(use), parser::info(*t).name);
    } else if (const auto* ctl = std::get_if<parser::CtlUse>(&use.value)) {
      Span option = value_of(use);
      const size_t equals = ruleset_.sources.text(option).find('=');
      if (equals == std::string_view::npos) return;
      option.end = option.begin + static_cast<uint32_t>(equals);
      look(&rule, option, parser::info(ctl->option).name);
    }
  }

  Span value_of(const ActionUse& use) const {
    Span span = use.value_span;
    if (use.quote != 0 && span.end - span.begin >= 2) {
      ++span.begin;
      --span.end;
    }
    return span;
  }

  Span name_of(const parser::Target& target) const {
    const std::string_view text = ruleset_.sources.text(target.span);
    const size_t begin = std::min(text.find_first_not_of("!& \t"), text.size());
    const size_t end = std::min(text.find(':'), text.size());
    Span span = target.span;
    span.end = span.begin + static_cast<uint32_t>(std::max(begin, end));
    span.begin += static_cast<uint32_t>(begin);
    return span;
  }

  const parser::RulesetModel& ruleset_;
  Findings& findings_;
};

/// A position in an expression that CRS writes differently.
struct Rewriting {
  Span span;
  std::string_view instead;
};

/// \/ and \\ in the expression, outside of \Q...\E.
std::vector<Rewriting> escapes_to_rewrite(const parser::Text& expression) {
  std::vector<Rewriting> out;
  const std::string_view text = expression.view();
  for (size_t at = 0; (at = text.find('\\', at)) < text.size(); at += 2) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (next == 'Q') {
      at = text.find("\\E", at);
      if (at == std::string_view::npos) break;
    } else if (next == '/' || next == '\\') {
      out.push_back({expression.span(at, at + 2), next == '/' ? "/" : "\\x5c"});
    }
  }
  return out;
}

}  // namespace

void name_case(const Context& context, Findings& findings) {
  NameCase names(context.ruleset, findings);
  for (const parser::LoadedFile& file : context.ruleset.files) {
    for (const parser::DirectiveNode& node : file.tree.directives) {
      const auto directive = parser::find_directive(node.name);
      if (directive) names.look(nullptr, node.name_span, parser::info(*directive).name);
    }
  }
  for (const Rule& rule : context.ruleset.rules) names.look_at(rule);
}

void phase_as_number(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    for (const ActionUse* use : written_actions(rule)) {
      if (use->id != Action::phase || !std::holds_alternative<uint64_t>(use->value)) continue;
      if (use->raw.empty() || is_digit(static_cast<unsigned char>(use->raw[0]))) continue;
      auto& finding = findings.add(Check::phase_as_number, rule, use->value_span,
                                   fmt::format("phase:{} is phase {}", use->raw, use->number()),
                                   fmt::format("write phase:{}", use->number()));
      finding.fix =
          parser::Fix{finding.help, true, {{use->value_span, std::to_string(use->number())}}};
    }
  }
}

void explicit_operator(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.kind != parser::RuleKind::rule || !rule.op.implicit) continue;
    auto& finding = findings.add(Check::explicit_operator, rule, rule.op.span,
                                 "without an operator, this is a regular expression", "write @rx");
    // An argument without quotes would end at the space after @rx.
    const std::string_view bytes = context.ruleset.sources[rule.op.span.file].bytes;
    const char before = rule.op.span.begin > 0 ? bytes[rule.op.span.begin - 1] : ' ';
    if (before != '"' && before != '\'') continue;
    const Span argument = rule.op.argument.span();
    if (rule.op.argument.empty()) continue;
    finding.fix =
        parser::Fix{"write @rx", true, {{{argument.file, argument.begin, argument.begin}, "@rx "}}};
  }
}

void marker_naming(const Context& context, Findings& findings) {
  const parser::RulesetModel& ruleset = context.ruleset;
  for (const parser::Marker& marker : ruleset.markers) {
    const bool good = std::ranges::all_of(marker.name, [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return is_upper(byte) || is_digit(byte) || c == '-' || c == '_';
    });
    if (good) continue;
    const std::string name = upper(marker.name);
    const auto in_source = [&](Span span, size_t from) -> std::optional<Span> {
      const size_t at = ruleset.sources.text(span).find(marker.name, from);
      if (at == std::string_view::npos) return std::nullopt;
      span.begin += static_cast<uint32_t>(at);
      span.end = span.begin + static_cast<uint32_t>(marker.name.size());
      return span;
    };
    const auto place = in_source(marker.span, std::string_view("SecMarker").size());
    auto& finding =
        findings.add(Check::marker_naming, place.value_or(marker.span),
                     fmt::format("the name of the marker {} has other bytes than capitals, digits "
                                 "and hyphens",
                                 parser::shown(marker.name)),
                     fmt::format("write {}", parser::shown(name)));
    const bool taken = std::ranges::any_of(ruleset.markers, [&](const parser::Marker& other) {
      return other.name == name || (other.name == marker.name && &other != &marker);
    });
    if (taken || !place) continue;
    // Rename every use or none.
    parser::Fix fix{"rename the marker and its uses", true, {{*place, name}}};
    bool all = true;
    for (const Rule& rule : ruleset.rules) {
      for (const ActionUse& use : rule.actions) {
        if (use.id != Action::skipAfter || use.word() != marker.name) continue;
        const auto named = in_source(use.value_span, 0);
        all = all && named;
        if (named) fix.edits.push_back({*named, name});
      }
    }
    if (all) finding.fix = std::move(fix);
  }
}

// TX ignores case, but people and searches do not.
void tx_name_case(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    for (const ActionUse* use : written_actions(rule)) {
      const auto* setvar = std::get_if<parser::Setvar>(&use->value);
      if (setvar == nullptr) continue;
      std::vector<parser::Edit> edits;
      const auto lower = [&](Span span) {
        const std::string_view text = context.ruleset.sources.text(span);
        if (lowercase(text) != text) edits.push_back({span, lowercase(text)});
      };
      const std::string_view raw = context.ruleset.sources.text(use->value_span);
      const size_t begin = std::min(raw.find_first_not_of("'\\\"! \t"), raw.size());
      const size_t end = std::min(raw.find_first_of(".:", begin), raw.size());
      lower({use->span.file, use->value_span.begin + static_cast<uint32_t>(begin),
             use->value_span.begin + static_cast<uint32_t>(end)});
      for (const parser::MacroPart& part : setvar->name.parts) {
        if (!part.is_variable) lower(part.span);
      }
      if (edits.empty()) continue;
      auto& finding =
          findings.add(Check::tx_name_case, rule, edits.front().span,
                       fmt::format("{} has capital letters",
                                   parser::shown(context.ruleset.sources.text(edits.front().span))),
                       "write names of variables in lower case");
      finding.fix = parser::Fix{"write it in lower case", true, std::move(edits)};
    }
  }
}

void escape_form(const Context& context, Findings& findings) {
  for (const Rule& rule : context.ruleset.rules) {
    if (info(rule.op.id).search != parser::Search::Expression) continue;
    const std::vector<Rewriting> all = escapes_to_rewrite(rule.op.argument);
    for (const std::string_view instead : {"/", "\\x5c"}) {
      const auto first = std::ranges::find(all, instead, &Rewriting::instead);
      if (first == all.end()) continue;
      auto& finding = findings.add(
          Check::escape_form, rule, first->span,
          instead == "/" ? "a slash does not need a backslash"
                         : "\\\\ is a backslash in some engines and an incomplete escape in others",
          fmt::format("write {}", instead));
      // An expression of so many escapes was not written by hand, and each edit takes its place.
      constexpr int64_t kMaxEdits = 10'000;
      if (std::ranges::count(all, instead, &Rewriting::instead) > kMaxEdits) continue;
      finding.fix = parser::Fix{finding.help, true, {}};
      for (const Rewriting& place : all) {
        if (place.instead == instead) {
          finding.fix->edits.push_back({place.span, std::string(instead)});
        }
      }
    }
  }
}

}  // namespace wafcheck::lint::inline checks
