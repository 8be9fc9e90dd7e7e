// Writes seclang.7, the reference of the language, from the tables that the parser and the engine
// use.

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "parser/language/language.h"
#include "roff.h"

namespace {

using namespace wafcheck::parser;

std::string engine_names(Engines engines) {
  if (engines == kAllEngines) return "";
  std::string names;
  const auto add = [&](Engines engine, std::string_view name) {
    if ((engines & engine) != 0) names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  };
  add(M2, "ModSecurity 2");
  add(M3, "ModSecurity 3");
  add(CZ, "Coraza");
  return names;
}

void section(std::string_view title, std::string_view intro) {
  fmt::print(".Sh {}\n{}\n.Bl -tag -width Ds\n", title, intro);
}
void end_section() {
  fmt::print(".El\n");
}

void item(std::string_view name, std::string_view argument, std::string_view doc, Engines engines,
          Support support, std::string_view more = "") {
  fmt::print(".It Ic {}{}{}\n{}\n", name, argument.empty() ? "" : " Ar ", escaped(argument),
             escaped(doc));
  if (!more.empty()) fmt::print("{}\n", escaped(more));
  if (const std::string names = engine_names(engines); !names.empty())
    fmt::print("Supported by {}.\n", names);
  if (support == Support::Idle) fmt::print("Accepted, but no decision depends on it.\n");
  if (support == Support::Noted) fmt::print("Accepted with a note: it has no effect offline.\n");
  if (support == Support::Rejected)
    fmt::print("An error: rules that need it cannot be evaluated offline.\n");
}

std::string_view phase_text(uint8_t phase) {
  constexpr std::string_view kTexts[] = {
      "", "", "From phase 2 on.", "From phase 3 on.", "From phase 4 on.", "In phase 5."};
  return phase < 6 ? kTexts[phase] : kTexts[0];
}

std::string_view group_text(ActionGroup group) {
  switch (group) {
    case ActionGroup::Disruptive:
      return "Disruptive.";
    case ActionGroup::Flow:
      return "Changes the flow.";
    case ActionGroup::Metadata:
      return "Metadata.";
    case ActionGroup::Data:
      return "Data of other actions.";
    case ActionGroup::NonDisruptive:
      return "";
  }
  return "";
}

}  // namespace

int main() {
  fmt::print(
      ".Dd November 22, 2026\n.Dt SECLANG 7\n.Os\n.Sh NAME\n.Nm seclang\n"
      ".Nd the rule language of ModSecurity and Coraza, as wafcheck reads it\n"
      ".Sh DESCRIPTION\n"
      "A ruleset is a list of directives, one per line; a backslash at the end of a line continues "
      "it.\n"
      "A rule looks at targets, transforms their values, applies an operator and, on a match, "
      "runs\n"
      "actions:\n"
      ".Bd -literal -offset indent\n"
      "SecRule ARGS|!ARGS:token \"@rx ^[0-9]+$\" \\e\n"
      "    \"id:1001,phase:2,deny,status:403,t:none,t:trim,msg:'Only digits'\"\n"
      ".Ed\n.Pp\n"
      "All engines support an entry unless it says otherwise.\n");
  section("DIRECTIVES", "Their names may be in upper or lower case.");
  for (const DirectiveInfo& row : directives())
    item(row.name, row.arguments, row.doc, row.engines, row.support);
  end_section();
  section("VARIABLES",
          "Names and selectors may be in upper or lower case.\n"
          "A collection takes a selector: a name, or an expression between slashes.");
  for (const VariableInfo& row : variables()) {
    const std::string_view selector = row.kind == VariableKind::Scalar     ? ""
                                      : row.kind == VariableKind::Document ? ":XPATH"
                                                                           : "[:SELECTOR]";
    item(row.name, selector, row.doc, row.engines, row.support, phase_text(row.phase));
  }
  end_section();
  section("OPERATORS",
          "An exclamation mark before the operator negates it.\n"
          "Without an operator, the text is a regular expression.");
  for (const OperatorInfo& row : operators()) {
    const std::string_view argument = row.argument == Argument::Required   ? "ARGUMENT"
                                      : row.argument == Argument::Optional ? "[ARGUMENT]"
                                                                           : "";
    item(fmt::format("@{}", row.name), argument, row.doc, row.engines, row.support,
         row.macro ? "Macros in the argument are expanded." : "");
  }
  end_section();
  section("TRANSFORMATIONS", "Written t:NAME, applied from left to right.");
  for (const TransformationInfo& row : transformations()) {
    item(fmt::format("t:{}", row.name), "", row.doc, row.engines, row.support);
  }
  end_section();
  section("ACTIONS", "Separated by commas; values with commas or spaces are put in single quotes.");
  for (const ActionInfo& row : actions()) {
    const std::string_view value = row.argument == Argument::Required   ? ":VALUE"
                                   : row.argument == Argument::Optional ? "[:VALUE]"
                                                                        : "";
    item(row.name, value, row.doc, row.engines, row.support, group_text(row.group));
  }
  end_section();
  section("CTL OPTIONS", "Written ctl:OPTION=VALUE; they hold for the rest of the transaction.");
  for (const CtlInfo& row : ctls()) item(row.name, row.value, row.doc, row.engines, row.support);
  end_section();
  section("OTHER SPELLINGS", "Each is another name for the word after it.");
  for (const Alias& row : aliases()) fmt::print(".It Ic {}\n{}\n", row.name, row.target);
  end_section();
  fmt::print(
      ".Sh SEE ALSO\n.Xr wafcheck 1 ,\n.Xr wafcheck-lint 1 ,\n.Xr wafcheck-replay 1 ,\n"
      ".Xr wafcheck-engines 7\n");
  return std::ferror(stdout) == 0 ? 0 : 1;
}
