#include "cli/lsp/words.h"

#include <fmt/format.h>

#include "lint/index/story.h"

namespace wafcheck::cli::lsp {
namespace {

using lint::Standing;
using lint::WordKind;

std::string_view standing_text(Standing standing) {
  switch (standing) {
    case Standing::Known:
      return "known";
    case Standing::Needless:
      return "not needed";
    case Standing::Ignored:
      return "ignored";
    case Standing::Misread:
      return "read otherwise";
    case Standing::Unknown:
      return "unknown";
    case Standing::Optional:
      return "depends on the build";
    case Standing::Unsafe:
      return "unsafe";
  }
  return {};
}

std::string engines_text(parser::Engines engines) {
  std::string text;
  for (const parser::Engines engine : {parser::M2, parser::M3, parser::CZ}) {
    if ((engines & engine) == 0) continue;
    text += (text.empty() ? "" : ", ") + lint::title_of({engine, {}});
  }
  return text.empty() ? "none" : text;
}

/// "ModSecurity 3 until 3.0.9: unknown"
std::string versions_text(WordKind kind, std::string_view word) {
  std::string text;
  for (const lint::VersionFact& fact : lint::version_facts()) {
    if (fact.kind != kind || fact.word != word) continue;
    text += fmt::format("\n- {}", engines_text(fact.engines));
    if (!fact.since.empty()) text += fmt::format(" from {}", fact.since);
    if (!fact.until.empty()) text += fmt::format(" until {}", fact.until);
    text += fmt::format(": {}", standing_text(fact.standing));
    if (!fact.note.empty()) text += fmt::format(" ({})", fact.note);
  }
  return text.empty() ? text : "\n" + text;
}

std::string page(std::string_view title, std::string_view doc, std::string_view more,
                 parser::Engines engines, WordKind kind, std::string_view word) {
  return fmt::format("**{}**\n\n{}{}{}\n\nEngines: {}{}", title, doc, more.empty() ? "" : "\n\n",
                     more, engines_text(engines), versions_text(kind, word));
}

std::string_view argument_text(parser::Argument argument) {
  switch (argument) {
    case parser::Argument::None:
      return "Takes no value.";
    case parser::Argument::Optional:
      return "A value may follow.";
    case parser::Argument::Required:
      return {};
  }
  return {};
}

}  // namespace

std::string markdown(const parser::DirectiveInfo& row) {
  return page(fmt::format("{} {}", row.name, row.arguments), row.doc, {}, row.engines,
              WordKind::Directive, row.name);
}

std::string markdown(const parser::VariableInfo& row) {
  return page(row.name, row.doc,
              fmt::format("Complete from phase {} on.", lint::phase_title(row.phase)), row.engines,
              WordKind::Variable, row.name);
}

std::string markdown(const parser::OperatorInfo& row) {
  std::string more(argument_text(row.argument));
  if (row.macro) more += more.empty() ? "Macros are expanded." : " Macros are expanded.";
  return page(fmt::format("@{}", row.name), row.doc, more, row.engines, WordKind::Operator,
              row.name);
}

std::string markdown(const parser::TransformationInfo& row) {
  return page(fmt::format("t:{}", row.name), row.doc, {}, row.engines, WordKind::Transformation,
              row.name);
}

std::string markdown(const parser::ActionInfo& row) {
  return page(row.name, row.doc, argument_text(row.argument), row.engines, WordKind::Action,
              row.name);
}

std::string markdown(const parser::CtlInfo& row) {
  std::string more;
  if (row.last_phase < 5) {
    more = fmt::format("Has an effect up to phase {}.", lint::phase_title(row.last_phase));
  }
  return page(fmt::format("ctl:{}={}", row.name, row.value), row.doc, more, row.engines,
              WordKind::Ctl, row.name);
}

}  // namespace wafcheck::cli::lsp
