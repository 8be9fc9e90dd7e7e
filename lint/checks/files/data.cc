// Checks on lists of phrases: data files and arguments of @pm.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

#include "lint/analysis/data_files.h"
#include "lint/checks/check.h"
#include "lint/checks/files/covered_phrases.h"
#include "parser/base/ascii.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::Rule;

/// The maximum number of lines that a finding about a data file names.
constexpr size_t kNamed = 3;

/// "12, 14, 20 and 5 more".
std::string some_of(const std::vector<std::string>& places) {
  std::string text;
  for (size_t i = 0; i < std::min(places.size(), kNamed); ++i) {
    text += (i == 0 ? "" : ", ") + places[i];
  }
  if (places.size() > kNamed) text += fmt::format(" and {} more", places.size() - kNamed);
  return text;
}

std::string_view plural(size_t count) {
  return count == 1 ? "" : "s";
}

/// Reports duplicate lines, and white space that only some engines remove.
void look_for_dead_lines(const DataFile& file, Findings& findings) {
  std::unordered_map<std::string, uint32_t> first;
  std::vector<std::string> again;
  std::vector<std::string> blanks;
  size_t returns = 0;
  for (const DataLine& line : file.lines) {
    returns += line.text.ends_with('\r') ? 1 : 0;
    std::string_view text = line.text;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text != trim_blanks(text) && !line.phrase().empty()) {
      blanks.push_back(std::to_string(line.number));
    }
    const auto [it, inserted] = first.try_emplace(lowercase(line.phrase()), line.number);
    if (!inserted) again.push_back(fmt::format("{} (as {})", line.number, it->second));
  }
  const auto tell = [&](std::string message, std::string help) -> parser::Diagnostic& {
    return findings.add(Check::dead_operator_data, *file.rule, file.span,
                        fmt::format("{}: {}", parser::shown(file.name), message), std::move(help));
  };
  if (!again.empty()) {
    tell(fmt::format("line{} {} repeat{} a phrase above", plural(again.size()), some_of(again),
                     again.size() == 1 ? "s" : ""),
         "remove the duplicates");
  }
  if (!blanks.empty()) {
    tell(fmt::format("there is white space at the start or end of line{} {}, and ModSecurity 3 "
                     "searches for it too",
                     plural(blanks.size()), some_of(blanks)),
         "remove the white space")
        .severity = parser::Severity::info;  // they may stand there for the sake of a whole word
  }
  if (returns != 0) {
    tell("its lines end with CR LF, and ModSecurity 3 reads each CR as part of the phrase",
         "end the lines with LF");
  }
}

struct Word {
  size_t begin, end;
};

/// The phrases of @pm; empty if the argument is not a plain list (hexadecimal, quotes).
std::vector<Word> words_of(const parser::OperatorUse& op) {
  std::vector<Word> words;
  const std::string_view text = op.argument.view();
  if (text.find_first_of("|\"'\\%\r\n") != std::string_view::npos) return words;
  for (size_t at = text.find_first_not_of(" \t"); at < text.size();) {
    const size_t end = std::min(text.find_first_of(" \t", at), text.size());
    words.push_back({at, end});
    at = text.find_first_not_of(" \t", end);
  }
  return words;
}

void look_for_dead_words(const Rule& rule, Findings& findings) {
  const parser::Text& argument = rule.op.argument;
  const std::vector<Word> words = words_of(rule.op);
  std::vector<std::string_view> phrases;
  for (const Word& word : words) {
    phrases.push_back(argument.view().substr(word.begin, word.end - word.begin));
  }
  const auto covers = covered_by(phrases);
  for (size_t i = 0; i < words.size(); ++i) {
    if (!covers[i]) continue;
    const std::string_view other = phrases[*covers[i]];
    const bool equal = iequals(phrases[i], other);
    auto& finding =
        findings.add(Check::dead_operator_data, rule, argument.span(words[i].begin, words[i].end),
                     equal ? fmt::format("{} is already in this list", parser::shown(phrases[i]))
                           : fmt::format("{0} matches wherever {1} does, because {1} contains it",
                                         parser::shown(other), parser::shown(phrases[i])),
                     fmt::format("remove {}", parser::shown(phrases[i])));
    // The captured text may depend on which of the two matches.
    if (rule.has(parser::Action::capture) && !equal) continue;
    const size_t begin = i == 0 ? words[i].begin : words[i - 1].end;
    const size_t end = i == 0 && words.size() > 1 ? words[1].begin : words[i].end;
    finding.fix = parser::Fix{finding.help, true, {{argument.span(begin, end), ""}}};
  }
}

}  // namespace

void dead_operator_data(const Context& context, Findings& findings) {
  for (const DataFile& file : context.data_files()) look_for_dead_lines(file, findings);
  for (const Rule& rule : context.ruleset.rules) {
    if (info(rule.op.id).form == parser::OperatorForm::Phrases) look_for_dead_words(rule, findings);
  }
}

void pmfromfile_subsumed(const Context& context, Findings& findings) {
  for (const DataFile& file : context.data_files()) {
    if (!file.phrases()) continue;
    std::vector<std::string_view> phrases;
    for (const DataLine& line : file.lines) phrases.push_back(line.phrase());
    const auto covers = covered_by(phrases);
    std::vector<std::string> places;
    std::string example;
    for (size_t i = 0; i < phrases.size(); ++i) {
      if (!covers[i] || iequals(phrases[*covers[i]], phrases[i])) continue;
      if (places.empty()) {
        example = fmt::format("{} contains {} of line {}", parser::shown(phrases[i]),
                              parser::shown(phrases[*covers[i]]), file.lines[*covers[i]].number);
      }
      places.push_back(std::to_string(file.lines[i].number));
    }
    if (places.empty()) continue;
    findings.add(
        Check::pmfromfile_subsumed, *file.rule, file.span,
        fmt::format("{}: {} of {} phrases contain another one and have no effect (line{} {})",
                    parser::shown(file.name), places.size(), phrases.size(), plural(places.size()),
                    some_of(places)),
        fmt::format("remove them; {}", example));
  }
}

void empty_alternative_in_data_file(const Context& context, Findings& findings) {
  for (const DataFile& file : context.data_files()) {
    const auto tell = [&](const DataLine& line, std::string_view what, std::string_view help) {
      findings.add(Check::empty_alternative_in_data_file, *file.rule, file.span,
                   fmt::format("{}:{}: {}", parser::shown(file.name), line.number, what),
                   std::string(help));
    };
    for (const DataLine& line : file.lines) {
      const std::string_view phrase = line.phrase();
      if (phrase.empty()) {
        tell(line,
             "this line has only white space, which ModSecurity 3 finds in almost every "
             "value",
             "remove the line");
        continue;
      }
      const size_t mark = phrase.find(" # ");
      if (mark != std::string_view::npos) {
        tell(line,
             fmt::format("the comment \"{}\" is part of the phrase",
                         parser::shown(phrase.substr(mark + 1))),
             "put the comment on a line of its own");
      }
    }
  }
}

// Every data file in a folder with rules should be read by one of them.
void unused_data_file(const Context& context, Findings& findings) {
  std::set<std::string> used;
  const auto note = [&](std::string_view argument) {
    while (!argument.empty()) {
      const size_t end = std::min(argument.find_first_of(" \t"), argument.size());
      const std::string_view name = argument.substr(0, end);
      used.emplace(name.substr(name.find_last_of('/') + 1));
      argument.remove_prefix(std::min(end + 1, argument.size()));
    }
  };
  for (const Rule& rule : context.ruleset.rules) {
    if (rule.op.argument.view().find(".data") != std::string_view::npos) {
      note(rule.op.argument.view());
    }
  }
  std::set<std::string> loaded;
  for (const parser::LoadedFile& file : context.ruleset.files) {
    loaded.insert(context.files().canonical(context.ruleset.sources[file.file].path));
  }
  std::set<std::string> folders;
  for (const parser::LoadedFile& file : context.ruleset.files) {
    const std::string& path = context.ruleset.sources[file.file].path;
    const std::string folder = path.substr(0, path.find_last_of('/') + 1);
    if (!folders.insert(folder).second) continue;
    // The uses are complete only if all rules of a folder are loaded.
    const bool whole =
        std::ranges::all_of(context.files().glob(folder + "*.conf"), [&](const std::string& rules) {
          return loaded.contains(context.files().canonical(rules));
        });
    if (!whole) continue;
    for (const std::string& data : context.files().glob(folder + "*.data")) {
      const std::string name = data.substr(data.find_last_of('/') + 1);
      if (used.contains(name)) continue;
      findings.add(Check::unused_data_file, {file.file, 0, 0},
                   fmt::format("no loaded rule reads {}", parser::shown(data)),
                   "remove it, or load the rules that read it");
    }
  }
}

}  // namespace wafcheck::lint::inline checks
