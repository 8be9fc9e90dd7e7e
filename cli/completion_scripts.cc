#include "cli/completion_scripts.h"

#include <fmt/format.h>

#include <algorithm>

namespace wafcheck::cli {
namespace {

using Kind = CompletionValue::Kind;

/// Puts `escape` before each of the bytes.
std::string escaped(std::string_view text, std::string_view bytes, std::string_view escape = "\\") {
  std::string out;
  for (const char byte : text) {
    if (bytes.find(byte) != std::string_view::npos) out += escape;
    out += byte;
  }
  return out;
}

std::string joined(const std::vector<std::string>& words, std::string_view by) {
  return fmt::format("{}", fmt::join(words, by));
}

/// Whether something has to follow the words at once: NAME= of NAME=VALUE.
bool ends_open(const CompletionValue& value) {
  return std::ranges::all_of(value.words,
                             [](const CompletionWord& word) { return word.text.ends_with('='); });
}

/// Lists of words that a script has as functions, each once. `prefix` begins their names.
class WordLists {
 public:
  explicit WordLists(std::string_view prefix) : prefix_(prefix) {}

  /// The function of the value's words.
  std::string function(const CompletionValue& value) {
    const auto same = std::ranges::find_if(lists_, [&](const CompletionValue* list) {
      return std::ranges::equal(list->words, value.words, {}, &CompletionWord::text,
                                &CompletionWord::text);
    });
    const auto number = same - lists_.begin();
    if (same == lists_.end()) lists_.push_back(&value);
    return fmt::format("{}{}", prefix_, number + 1);
  }
  /// What `write` makes of each list and the name of its function.
  template <typename Write>
  std::string text(Write write) const {
    std::string out;
    for (size_t at = 0; at < lists_.size(); ++at) {
      out += write(fmt::format("{}{}", prefix_, at + 1), *lists_[at]);
    }
    return out;
  }

 private:
  std::string_view prefix_;
  std::vector<const CompletionValue*> lists_;
};

std::string words_of(const CompletionValue& value) {
  std::vector<std::string> texts;
  for (const CompletionWord& word : value.words) texts.push_back(word.text);
  return joined(texts, " ");
}

std::string option_names(const std::vector<CompletionOption>& options) {
  std::vector<std::string> names;
  for (const CompletionOption& option : options) {
    names.insert(names.end(), option.names.begin(), option.names.end());
  }
  return joined(names, " ");
}

CompletionValue command_words(const CompletionTable& table) {
  CompletionValue value{Kind::words, "COMMAND", {}};
  for (const CompletionCommand& command : table.commands) {
    value.words.push_back({command.name, command.doc});
  }
  return value;
}

// --- bash ---

constexpr std::string_view kBashHead =
    R"(# bash completion for wafcheck, written by `wafcheck completions bash`.

# _wafcheck_reply compgen's options...: what fits the word at the cursor.
_wafcheck_reply() {
  local word
  while IFS= read -r word; do
    COMPREPLY+=("$prefix$word")
  done < <(compgen "$@" -- "$cur")
}

_wafcheck_files() {
  compopt -o filenames 2> /dev/null
  _wafcheck_reply "$@"
}

_wafcheck() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} prefix='' command='' word
  COMPREPLY=()
  # Readline may or may not break --option=value at the sign.
  if [[ $cur == --*=* ]]; then
    prefix=${cur%%=*}= prev=${cur%%=*} cur=${cur#*=}
  elif [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = && $COMP_CWORD -gt 1 ]]; then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word != -* ]]; then
      command=$word
      break
    fi
  done
  case $command in
)";

std::string bash_reply(const CompletionValue& value) {
  switch (value.kind) {
    case Kind::words:
      return fmt::format("{}_wafcheck_reply -W '{}'",
                         ends_open(value) ? "compopt -o nospace 2> /dev/null; " : "",
                         words_of(value));
    case Kind::files:
      return "_wafcheck_files -f";
    case Kind::directories:
      return "_wafcheck_files -d";
    case Kind::none:
    case Kind::other:
      break;
  }
  return ":";
}

/// Options that take the same have one case.
std::string bash_cases(const std::vector<CompletionOption>& options) {
  std::vector<std::pair<std::string, std::vector<std::string>>> cases;
  for (const CompletionOption& option : options) {
    if (option.value.kind == Kind::none) continue;
    const std::string reply = bash_reply(option.value);
    auto same = std::ranges::find(cases, reply, [](const auto& row) { return row.first; });
    if (same == cases.end()) same = cases.insert(cases.end(), {reply, {}});
    same->second.insert(same->second.end(), option.names.begin(), option.names.end());
  }
  std::string text;
  for (const auto& [reply, names] : cases) {
    text += fmt::format("        {})\n          {}\n          return\n          ;;\n",
                        joined(names, " | "), reply);
  }
  return text.empty() ? text : fmt::format("      case $prev in\n{}      esac\n", text);
}

std::string bash_command(const CompletionCommand& command) {
  std::string text = fmt::format(
      "    {})\n{}      if [[ $cur == -* ]]; then\n        _wafcheck_reply -W '{}'\n      else\n"
      "        {}\n      fi\n      ;;\n",
      command.name, bash_cases(command.options), option_names(command.options),
      bash_reply(command.inputs));
  return text;
}

std::string bash_script(const CompletionTable& table) {
  std::string text(kBashHead);
  text += fmt::format("    '')\n      _wafcheck_reply -W '{} {}'\n      ;;\n",
                      words_of(command_words(table)), option_names(table.options));
  for (const CompletionCommand& command : table.commands) text += bash_command(command);
  return text + "  esac\n}\n\ncomplete -F _wafcheck wafcheck\n";
}

// --- zsh ---

/// In single quotes.
std::string zsh_quoted(std::string_view text) {
  std::string out = "'";
  for (const char byte : text) {
    if (byte == '\'') {
      out += R"('\'')";
    } else {
      out += byte;
    }
  }
  return out + "'";
}

/// `:title:action` of _arguments, not quoted yet.
std::string zsh_value(const CompletionValue& value, WordLists& lists) {
  std::string action;
  switch (value.kind) {
    case Kind::none:
      return {};
    case Kind::words:
      action = lists.function(value);
      break;
    case Kind::files:
      action = "_files";
      break;
    case Kind::directories:
      action = "_files -/";
      break;
    case Kind::other:
      action = " ";
      break;
  }
  return fmt::format(":{}:{}", escaped(value.title, ":\\"), action);
}

std::string zsh_words(const std::string& function, const CompletionValue& value) {
  std::string text = fmt::format("{}() {{\n  local -a words\n  words=(\n", function);
  for (const CompletionWord& word : value.words) {
    text += fmt::format("    {}\n",
                        zsh_quoted(fmt::format("{}:{}", escaped(word.text, ":"), word.doc)));
  }
  return text + fmt::format("  )\n  _describe -t words {} words{}\n}}\n\n", zsh_quoted(value.title),
                            ends_open(value) ? " -S ''" : "");
}

/// A line a name: those of an option exclude each other, unless it may be repeated.
std::string zsh_option(const CompletionOption& option, WordLists& lists) {
  const std::string before = option.repeatable ? "*"
                             : option.names.size() > 1
                                 ? fmt::format("({})", joined(option.names, " "))
                                 : "";
  const std::string after =
      fmt::format("[{}]{}", escaped(option.doc, "[]\\:"), zsh_value(option.value, lists));
  std::string text;
  for (const std::string& name : option.names) {
    const std::string_view sign = option.value.kind == Kind::none ? ""
                                  : name.starts_with("--")        ? "="
                                                                  : "+";
    text += fmt::format("        {} \\\n",
                        zsh_quoted(fmt::format("{}{}{}{}", before, name, sign, after)));
  }
  return text;
}

std::string zsh_command(const CompletionCommand& command, WordLists& lists) {
  std::string text = fmt::format("    {})\n      _arguments -s -S \\\n", command.name);
  for (const CompletionOption& option : command.options) text += zsh_option(option, lists);
  return text +
         fmt::format("        {}\n      ;;\n", zsh_quoted("*" + zsh_value(command.inputs, lists)));
}

std::string zsh_script(const CompletionTable& table) {
  WordLists lists("_wafcheck_words_");
  std::string text =
      "_wafcheck() {\n"
      "  local curcontext=\"$curcontext\" state line\n"
      "  local -A opt_args\n"
      "  _arguments -C \\\n";
  for (const CompletionOption& option : table.options) text += zsh_option(option, lists);
  const CompletionValue commands = command_words(table);
  text += fmt::format(
      "        {} \\\n        '*:: :->arguments'\n"
      "  [[ $state == arguments ]] || return\n"
      "  case $words[1] in\n",
      zsh_quoted("1" + zsh_value(commands, lists)));
  for (const CompletionCommand& command : table.commands) text += zsh_command(command, lists);
  return "#compdef wafcheck\n"
         "# zsh completion for wafcheck, written by `wafcheck completions zsh`.\n\n" +
         lists.text(zsh_words) + text +
         "  esac\n}\n\n"
         "if [[ $funcstack[1] == _wafcheck ]]; then\n  _wafcheck \"$@\"\n"
         "else\n  compdef _wafcheck wafcheck\nfi\n";
}

// --- fish ---

std::string fish_quoted(std::string_view text) {
  return "'" + escaped(text, "'\\") + "'";
}

/// A word a line, with what it means after a tab.
std::string fish_words(const std::string& function, const CompletionValue& value) {
  std::string text = fmt::format("function {}\n    printf '%s\\t%s\\n'", function);
  for (const CompletionWord& word : value.words) {
    text += fmt::format(" \\\n        {} {}", fish_quoted(word.text), fish_quoted(word.doc));
  }
  return text + "\nend\n\n";
}

/// The options of `complete` that say what can be typed.
std::string fish_value(const CompletionValue& value, WordLists& lists) {
  switch (value.kind) {
    case Kind::none:
      return {};
    case Kind::words:
      return fmt::format(" -x -a '({})'", lists.function(value));
    case Kind::files:
      return " -r -F";
    case Kind::directories:
      return " -x -a '(__fish_complete_directories)'";
    case Kind::other:
      return " -x";
  }
  return {};
}

std::string fish_option(std::string_view condition, const CompletionOption& option,
                        WordLists& lists) {
  std::string text = fmt::format("complete -c wafcheck -n {}", condition);
  for (const std::string& name : option.names) {
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  return fmt::format("{}{} -d {}\n", text, fish_value(option.value, lists),
                     fish_quoted(option.doc));
}

/// What can be typed where there is no option.
std::string fish_inputs(std::string_view condition, const CompletionValue& value,
                        WordLists& lists) {
  const std::string_view files = value.kind == Kind::files ? " -F" : "";
  return fmt::format("complete -c wafcheck -n {}{}\n", condition,
                     files.empty() ? fish_value(value, lists) : files);
}

constexpr std::string_view kFishHead =
    R"(# fish completion for wafcheck, written by `wafcheck completions fish`.

# Whether the command is the one that is named; without a name, whether there is none yet.
function __wafcheck_is
    set -l tokens (commandline -opc)
    set -e tokens[1]
    for token in $tokens
        if not string match -q -- '-*' $token
            test "$token" = "$argv"
            return
        end
    end
    test -z "$argv"
end

)";

std::string fish_script(const CompletionTable& table) {
  WordLists lists("__wafcheck_words_");
  const CompletionValue commands = command_words(table);
  std::string text = "complete -c wafcheck -f\n" + fish_inputs("__wafcheck_is", commands, lists);
  for (const CompletionOption& option : table.options) {
    text += fish_option("__wafcheck_is", option, lists);
  }
  for (const CompletionCommand& command : table.commands) {
    const std::string condition = fmt::format("'__wafcheck_is {}'", command.name);
    text += "\n" + fish_inputs(condition, command.inputs, lists);
    for (const CompletionOption& option : command.options) {
      text += fish_option(condition, option, lists);
    }
  }
  return std::string(kFishHead) + lists.text(fish_words) + text;
}

constexpr CompletionShell kShells[] = {
    {"bash", "for bash", bash_script},
    {"zsh", "for zsh", zsh_script},
    {"fish", "for fish", fish_script},
};

}  // namespace

std::span<const CompletionShell> completion_shells() {
  return kShells;
}

}  // namespace wafcheck::cli
