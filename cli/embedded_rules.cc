#include "cli/embedded_rules.h"

#include <fmt/format.h>

#include "parser/base/shown.h"

namespace wafcheck::cli {

std::vector<formats::NamedRuleset> find_rulesets(formats::EmbeddedFiles& files,
                                                 const std::vector<std::string>& inputs,
                                                 Console& console) {
  for (const std::string& input : inputs) {
    // FILE#RULESET permits the file.
    if (const size_t mark = input.rfind('#'); mark != std::string::npos) {
      console.files().name(input.substr(0, mark));
    }
  }
  formats::FoundRulesets found = files.rulesets(inputs);
  for (const auto* errors : {&found.problems, &found.missing}) {
    for (const std::string& error : *errors) console.error(readable(error));
  }
  for (const std::string& note : found.notes) console.note(readable(note));
  return std::move(found.rulesets);
}

std::optional<std::vector<std::string>> one_ruleset(formats::EmbeddedFiles& files,
                                                    const std::vector<std::string>& inputs,
                                                    Console& console) {
  const bool failed = console.failed();
  const std::vector<formats::NamedRuleset> rulesets = find_rulesets(files, inputs, console);
  if (!failed && console.failed()) return std::nullopt;
  if (rulesets.size() == 1) return rulesets[0].inputs;
  if (rulesets.empty()) {
    console.error("these files hold no rules");
    return std::nullopt;
  }
  std::string help = "  help: name one of them:";
  for (const formats::NamedRuleset& each : rulesets) {
    help += fmt::format(" {}", readable(each.name));
  }
  console.error(
      fmt::format("these files hold {} rulesets, and this command takes one", rulesets.size()),
      help + "\n");
  return std::nullopt;
}

}  // namespace wafcheck::cli
