#include "cli/lsp/cursor.h"

#include <algorithm>
#include <optional>

#include "parser/base/ascii.h"
#include "parser/format/format.h"

namespace wafcheck::cli::lsp {

using parser::CtlForm;
using parser::DirectiveForm;

namespace {

/// Where the logical line begins that the text ends in: behind the last line end without a
/// backslash.
std::string_view logical_line(std::string_view before) {
  size_t begin = before.rfind('\n');
  while (begin != std::string_view::npos && begin > 0) {
    const size_t end = before[begin - 1] == '\r' && begin > 1 ? begin - 1 : begin;
    if (before[end - 1] != '\\') break;
    begin = before.rfind('\n', begin - 1);
  }
  return before.substr(begin == std::string_view::npos ? 0 : begin + 1);
}

/// The arguments that are written, the last one up to the cursor. Continuations count as blanks.
struct TypedLine {
  std::string name;
  std::vector<std::string> arguments;
  bool open = false;  ///< the cursor stands in the last word, not behind it
};

TypedLine split_typed(std::string_view text) {
  TypedLine line;
  std::vector<std::string> words;
  size_t at = 0;
  while (at < text.size()) {
    const bool continued =
        text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '\n' || text[at + 1] == '\r');
    if (continued || is_space(static_cast<unsigned char>(text[at]))) {
      ++at;
      line.open = false;
      continue;
    }
    const char quote = text[at] == '"' || text[at] == '\'' ? text[at] : '\0';
    if (quote != '\0') ++at;
    std::string word;
    line.open = true;
    for (; at < text.size(); ++at) {
      const char byte = text[at];
      if (quote != '\0' ? byte == quote : is_space(static_cast<unsigned char>(byte))) {
        line.open = false;
        ++at;
        break;
      }
      if (byte == '\\' && at + 1 < text.size()) {
        const char next = text[++at];
        if (next == '\n' || next == '\r') continue;
        if (next != quote) word += byte;
        word += next;
        continue;
      }
      word += byte;
    }
    words.push_back(std::move(word));
  }
  if (!words.empty()) {
    line.name = words.front();
    line.arguments.assign(words.begin() + 1, words.end());
  }
  return line;
}

/// The list's last element, which the cursor stands in: behind the last comma that no apostrophes
/// enclose.
std::string_view last_action(std::string_view list) {
  bool quoted = false;
  size_t begin = 0;
  for (size_t at = 0; at < list.size(); ++at) {
    if (list[at] == '\\') {
      ++at;
    } else if (list[at] == '\'') {
      quoted = !quoted;
    } else if (list[at] == ',' && !quoted) {
      begin = at + 1;
    }
  }
  return trim_left(list.substr(begin));
}

/// Behind a %{ that is open.
std::optional<std::string_view> open_macro(std::string_view text) {
  const size_t at = text.rfind("%{");
  if (at == std::string_view::npos || text.find('}', at) != std::string_view::npos) {
    return std::nullopt;
  }
  return text.substr(at + 2);
}

std::string_view behind_last(std::string_view text, std::string_view bytes) {
  const size_t at = text.find_last_of(bytes);
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

class CursorReader {
 public:
  explicit CursorReader(std::string_view before) : line_(split_typed(logical_line(before))) {}

  Cursor read() {
    if (line_.name.starts_with('#')) return {};
    if (line_.arguments.empty() && (line_.open || line_.name.empty())) {
      return found(Wanted::directive, line_.name);
    }
    const auto id = parser::find_directive(line_.name);
    if (!id) return {};
    cursor_.row = &parser::info(*id);
    if (!line_.open) line_.arguments.emplace_back();
    read_argument(line_.arguments.size() - 1, line_.arguments.back());
    return std::move(cursor_);
  }

 private:
  Cursor found(Wanted wanted, std::string_view word) {
    cursor_.wanted = wanted;
    cursor_.word = word;
    return cursor_;
  }

  void read_argument(size_t number, std::string_view text) {
    const auto actions = parser::action_argument(*cursor_.row, std::max<size_t>(number + 1, 1));
    switch (cursor_.row->form) {
      case DirectiveForm::Rule:
        if (number == 0) return read_target(text);
        if (number == 1) return read_operator(text);
        if (number == 2) read_action(last_action(text));
        return;
      case DirectiveForm::Action:
      case DirectiveForm::DefaultAction:
        return read_action(last_action(text));
      case DirectiveForm::Choice:
        found(Wanted::choice, text);
        return;
      case DirectiveForm::RemoveById:
        found(Wanted::id, behind_last(text, " ,-"));
        return;
      case DirectiveForm::RemoveByText:
        if (cursor_.row->name.ends_with("ByTag")) found(Wanted::tag, text);
        return;
      case DirectiveForm::UpdateTargetById:
      case DirectiveForm::UpdateActionById:
        if (number == 0) {
          found(Wanted::id, behind_last(text, " ,-"));
        } else if (actions) {
          read_action(last_action(text));
        } else {
          read_target(text);
        }
        return;
      case DirectiveForm::UpdateTargetByText:
        if (number > 0) return read_target(text);
        if (cursor_.row->name.ends_with("ByTag")) found(Wanted::tag, text);
        return;
      case DirectiveForm::Include:
      case DirectiveForm::Path:
      case DirectiveForm::MapFile:
        found(Wanted::file, text);
        return;
      default:
        return;
    }
  }

  void read_target(std::string_view text) {
    text = behind_last(text, "|,");
    while (!text.empty() && (text.front() == '!' || text.front() == '&')) text.remove_prefix(1);
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
      found(Wanted::target, text);
      return;
    }
    const auto variable = parser::find_variable(text.substr(0, colon));
    if (!variable) return;
    cursor_.variable = *variable;
    found(Wanted::selector, text.substr(colon + 1));
  }

  void read_operator(std::string_view text) {
    if (const auto macro = open_macro(text)) {
      found(Wanted::macro, *macro);
      return;
    }
    if (text.starts_with('!')) text.remove_prefix(1);
    const size_t blank = text.find(' ');
    if (blank == std::string_view::npos) {
      if (text.empty() || text.starts_with('@')) found(Wanted::op, text);
      return;
    }
    if (!text.starts_with('@')) return;
    const auto op = parser::find_operator(text.substr(1, blank - 1));
    if (!op) return;
    const parser::OperatorForm form = parser::info(*op).form;
    if (form == parser::OperatorForm::PhraseFiles || form == parser::OperatorForm::NetworkFile ||
        form == parser::OperatorForm::SchemaFile) {
      found(Wanted::file, behind_last(text, " "));
    }
  }

  void read_action(std::string_view text) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
      found(Wanted::action, text);
      return;
    }
    const auto action = parser::find_action(text.substr(0, colon));
    std::string_view value = text.substr(colon + 1);
    if (value.starts_with('\'')) value.remove_prefix(1);
    if (!action) return;
    const parser::ActionForm form = parser::info(*action).form;
    if (const auto macro = open_macro(value)) {
      found(Wanted::macro, *macro);
      return;
    }
    struct Row {
      parser::ActionForm form;
      Wanted wanted;
    };
    static constexpr Row kRows[] = {
        {parser::ActionForm::Transformation, Wanted::transformation},
        {parser::ActionForm::Id, Wanted::new_id},
        {parser::ActionForm::Phase, Wanted::phase},
        {parser::ActionForm::Severity, Wanted::severity},
    };
    for (const Row& row : kRows) {
      if (row.form == form) {
        found(row.wanted, value);
        return;
      }
    }
    if (form == parser::ActionForm::Option) return read_ctl(value);
    if (*action == parser::Action::tag) found(Wanted::tag, value);
    if (*action == parser::Action::skipAfter) found(Wanted::marker, value);
    if (form == parser::ActionForm::Assignment && value.find('=') == std::string_view::npos) {
      found(Wanted::variable_name, value.starts_with('!') ? value.substr(1) : value);
    }
  }

  void read_ctl(std::string_view text) {
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
      found(Wanted::ctl, text);
      return;
    }
    const auto option = parser::find_ctl(text.substr(0, equals));
    if (!option) return;
    cursor_.ctl = &parser::info(*option);
    const std::string_view value = text.substr(equals + 1);
    const size_t semicolon = value.find(';');
    if (semicolon != std::string_view::npos) return read_target(value.substr(semicolon + 1));
    switch (cursor_.ctl->form) {
      case CtlForm::RuleIds:
      case CtlForm::TargetIds:
        found(Wanted::id, behind_last(value, "-"));
        return;
      case CtlForm::RuleTag:
      case CtlForm::TargetTag:
        found(Wanted::tag, value);
        return;
      case CtlForm::Choice:
        found(Wanted::ctl_value, value);
        return;
      default:
        return;
    }
  }

  TypedLine line_;
  Cursor cursor_;
};

}  // namespace

Cursor read_cursor(std::string_view before) {
  return CursorReader(before).read();
}

}  // namespace wafcheck::cli::lsp
