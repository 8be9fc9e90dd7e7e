#pragma once
// The words of the language with what is said about them, from the tables that the parser and the
// engine use; for the programs that write documents.

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "parser/language/language.h"

namespace wafcheck::man {

struct Word {
  std::string name;         ///< as rules write it: "@rx", "t:trim"
  std::string_view syntax;  ///< what follows the name: " bytes", ":VALUE"
  std::string_view doc;     ///< one line
  std::vector<std::string> notes;
};

struct Section {
  std::string_view title;
  std::string_view intro;
  std::vector<Word> words;
};

namespace detail {

using namespace parser;

inline std::string engine_names(Engines engines) {
  std::string names;
  const auto add = [&](Engines engine, std::string_view name) {
    if ((engines & engine) != 0) names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  };
  add(M2, "ModSecurity 2");
  add(M3, "ModSecurity 3");
  add(CZ, "Coraza");
  return names;
}

inline std::string_view support_text(Support support) {
  switch (support) {
    case Support::Idle:
      return "Accepted, but no decision depends on it.";
    case Support::Noted:
      return "Accepted, with a note where it has no effect offline.";
    case Support::Rejected:
      return "An error: rules that need it cannot be evaluated offline.";
    case Support::Evaluated:
      return "";
  }
  return "";
}

inline std::string_view phase_text(uint8_t phase) {
  constexpr std::string_view kTexts[] = {
      "", "", "From phase 2 on.", "From phase 3 on.", "From phase 4 on.", "In phase 5."};
  return phase < 6 ? kTexts[phase] : kTexts[0];
}

inline std::string_view group_text(ActionGroup group) {
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

inline std::string_view argument_text(Argument argument, std::string_view required,
                                      std::string_view optional) {
  return argument == Argument::Required ? required : argument == Argument::Optional ? optional : "";
}

/// A word of a row; `more` is said before what every row says.
template <typename Row>
Word word(const Row& row, std::string_view prefix, std::string_view syntax,
          std::string_view more = "") {
  Word out{fmt::format("{}{}", prefix, row.name), syntax, row.doc, {}};
  if (!more.empty()) out.notes.emplace_back(more);
  if (row.engines != kAllEngines) {
    out.notes.push_back(fmt::format("Supported by {}.", engine_names(row.engines)));
  }
  if (const std::string_view support = support_text(row.support); !support.empty()) {
    out.notes.emplace_back(support);
  }
  return out;
}

}  // namespace detail

/// The sections of the reference, each with its words in the order of its table.
inline std::vector<Section> language_sections() {
  using namespace parser;
  using namespace detail;
  std::vector<Section> sections;
  const auto section = [&](std::string_view title, std::string_view intro) -> std::vector<Word>& {
    return sections.emplace_back(title, intro, std::vector<Word>()).words;
  };
  {
    auto& words = section("DIRECTIVES", "Their names may be in upper or lower case.");
    for (const DirectiveInfo& row : directives()) words.push_back(word(row, "", row.arguments));
  }
  {
    auto& words =
        section("VARIABLES",
                "Names and selectors may be in upper or lower case.\n"
                "A collection takes a selector: a name, or an expression between slashes.");
    for (const VariableInfo& row : variables()) {
      const std::string_view selector = row.kind == VariableKind::Scalar     ? ""
                                        : row.kind == VariableKind::Document ? ":XPATH"
                                                                             : "[:SELECTOR]";
      words.push_back(word(row, "", selector, phase_text(row.phase)));
    }
  }
  {
    auto& words = section("OPERATORS",
                          "An exclamation mark before the operator negates it.\n"
                          "Without an operator, the text is a regular expression.");
    for (const OperatorInfo& row : operators()) {
      words.push_back(word(row, "@", argument_text(row.argument, "ARGUMENT", "[ARGUMENT]"),
                           row.macro ? "Macros in the argument are expanded." : ""));
    }
  }
  {
    auto& words = section("TRANSFORMATIONS", "Written t:NAME, applied from left to right.");
    for (const TransformationInfo& row : transformations()) words.push_back(word(row, "t:", ""));
  }
  {
    auto& words = section(
        "ACTIONS", "Separated by commas; values with commas or spaces are put in single quotes.");
    for (const ActionInfo& row : actions()) {
      words.push_back(
          word(row, "", argument_text(row.argument, ":VALUE", "[:VALUE]"), group_text(row.group)));
    }
  }
  {
    auto& words = section("CTL OPTIONS",
                          "Written ctl:OPTION=VALUE; they hold for the rest of the transaction.");
    for (const CtlInfo& row : ctls()) words.push_back(word(row, "", row.value));
  }
  return sections;
}

}  // namespace wafcheck::man
