// wafcheck completions: what a shell needs to complete wafcheck's command line, taken from the
// options as the program itself declares them.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>
#include <string>

#include "cli/command.h"
#include "cli/completion_scripts.h"
#include "engine/limits.h"
#include "lint/checks/check.h"

namespace wafcheck::cli {
namespace {

using ValueKind = CompletionValue::Kind;

/// What stands for a file or directory in the help. Other words are values that only the user
/// knows.
struct PathType {
  std::string_view name;
  ValueKind kind;
};
constexpr PathType kPathTypes[] = {{"FILE", ValueKind::files},      {"PATH", ValueKind::files},
                                   {"RULES", ValueKind::files},     {"INPUT", ValueKind::files},
                                   {"OLD-RULES", ValueKind::files}, {"TRAFFIC", ValueKind::files},
                                   {"DIR", ValueKind::directories}};

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

/// "  NAME  DOC" lines of a description, which explain the words an option takes.
std::string doc_of(std::string_view word, std::string_view description) {
  const std::string begin = fmt::format("\n  {} ", word);
  const size_t at = description.find(begin);
  if (at == std::string_view::npos) return {};
  std::string_view doc = description.substr(at + begin.size());
  doc.remove_prefix(std::min(doc.find_first_not_of(' '), doc.size()));
  return first_line(doc);
}

std::vector<std::string> split(std::string_view list, char separator) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(separator, begin), list.size());
    words.emplace_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// The words that an option takes, where it takes no others.
std::vector<std::string> accepted_words(const std::string& type) {
  if (const size_t set = type.find('{'); set != std::string::npos) {
    return split(std::string_view(type).substr(set + 1, type.size() - set - 2), ',');
  }
  if (type.find('|') != std::string::npos) return split(type, '|');
  return {};
}

CompletionValue value_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  CompletionValue value{ValueKind::other, type.substr(0, type.find(':')), {}};
  if (type == "CHECK") {
    value.kind = ValueKind::words;
    for (const lint::CheckInfo& check : lint::all_checks()) {
      value.words.push_back({std::string(check.name), std::string(check.doc)});
    }
  } else if (type == "NAME=N") {
    value.kind = ValueKind::words;
    for (const engine::LimitInfo& limit : engine::limit_table()) {
      value.words.push_back({std::string(limit.name) + "=", std::string(limit.doc)});
    }
  } else if (const auto words = accepted_words(type); !words.empty()) {
    value.kind = ValueKind::words;
    for (const std::string& word : words) {
      value.words.push_back({word, doc_of(word, option.get_description())});
    }
    if (value.title.find_first_of("{|") != std::string::npos || value.title.empty()) {
      value.title = "WORD";
    }
  } else if (const auto* const path = std::ranges::find(kPathTypes, type, &PathType::name);
             path != std::end(kPathTypes)) {
    value.kind = path->kind;
  }
  return value;
}

CompletionOption completion_of(const CLI::Option& option) {
  CompletionOption out;
  for (const std::string& name : option.get_snames()) out.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) out.names.push_back("--" + name);
  out.doc = first_line(option.get_description());
  out.repeatable = option.get_expected_max() > 1;
  if (option.get_items_expected_max() != 0) out.value = value_of(option);
  return out;
}

/// Positional arguments are inputs: files, unless a list of words is all that they take.
CompletionValue inputs_of(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    CompletionValue value = value_of(*option);
    if (value.kind != ValueKind::words) value = {ValueKind::files, option->get_single_name(), {}};
    return value;
  }
  return {};
}

std::vector<CompletionOption> options_of(const CLI::App& app) {
  std::vector<CompletionOption> options;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) options.push_back(completion_of(*option));
  }
  return options;
}

CompletionTable completion_table(const CLI::App& program) {
  CompletionTable table{options_of(program), {}};
  CompletionCommand help{"help", "Explain a command", {}, {ValueKind::words, "COMMAND", {}}};
  for (const CLI::App* command : program.get_subcommands(nullptr)) {
    table.commands.push_back({command->get_name(), first_line(command->get_description()),
                              options_of(*command), inputs_of(*command)});
    help.inputs.words.push_back({table.commands.back().name, table.commands.back().doc});
  }
  table.commands.push_back(std::move(help));
  return table;
}

}  // namespace

std::function<int()> add_completions(CLI::App& app, Console& console) {
  auto name = std::make_shared<std::string>();
  std::vector<std::string> names;
  for (const CompletionShell& shell : completion_shells()) names.emplace_back(shell.name);
  app.add_option("SHELL", *name, "The shell that is to complete")
      ->required()
      ->check(CLI::IsMember(names));
  return [name, &app, &console] {
    const auto shells = completion_shells();
    const auto shell = std::ranges::find(shells, *name, &CompletionShell::name);
    console.out().write(shell->script(completion_table(*app.get_parent())));
    return kOk;
  };
}

}  // namespace wafcheck::cli
