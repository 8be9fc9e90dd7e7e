#include "parser/ruleset/scanned_lines.h"

#include <algorithm>
#include <optional>

#include "parser/language/language.h"

namespace wafcheck::parser::inline ruleset {
namespace {

uint32_t line_ends(std::string_view text) {
  return static_cast<uint32_t>(std::ranges::count(text, '\n'));
}

/// Those within the apostrophes of a list of actions.
uint32_t line_ends_in_values(std::string_view list) {
  uint32_t ends = 0;
  bool quoted = false;
  for (size_t at = 0; at < list.size(); ++at) {
    if (list[at] == '\'' && (at == 0 || list[at - 1] != '\\')) quoted = !quoted;
    if (list[at] == '\n' && quoted) ++ends;
  }
  return ends;
}

/// Those that follow a list of targets without a break, as if an operator came.
uint32_t line_ends_behind_targets(std::string_view rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  return line_ends(rest.substr(0, rest.find_first_not_of("\\\r\n")));
}

/// After a list of actions in no quotes, or none at all, the next line end is lost.
uint32_t line_end_behind_bare_list(std::string_view rest, bool has_list) {
  if (!has_list) {
    const size_t end = rest.find('\n');
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  }
  return rest.starts_with('\n') ? 1 : 0;
}

}  // namespace

uint32_t uncounted_lines(const DirectiveNode& node, std::string_view source, size_t next) {
  const std::optional<Directive> id = find_directive(node.name);
  if (!id || node.broken || node.arguments.empty()) return 0;
  const auto text = [&](size_t begin, size_t end) { return source.substr(begin, end - begin); };
  const auto list = [&](size_t at) {
    return text(node.arguments[at].span.begin, node.arguments[at].span.end);
  };
  const std::string_view rest = text(node.span.end, next);
  const size_t count = node.arguments.size();
  switch (info(*id).form) {
    case DirectiveForm::Rule: {
      if (count < 2) return 0;
      uint32_t ends = line_ends(text(node.arguments[0].span.begin, node.arguments[1].span.end));
      if (count > 2) ends += line_ends_in_values(list(2));
      const bool bare = count == 2 || node.arguments[2].quote == 0;
      return bare ? ends + line_end_behind_bare_list(rest, count > 2) : ends;
    }
    case DirectiveForm::Action:
    case DirectiveForm::DefaultAction:
      return line_ends(text(node.name_span.end, node.arguments[0].span.begin)) +
             line_ends_in_values(list(0));
    case DirectiveForm::UpdateTargetById:
    case DirectiveForm::UpdateTargetByText:
      return line_ends_behind_targets(rest);
    case DirectiveForm::UpdateActionById:
      return line_ends_in_values(list(count - 1));
    default:
      return 0;
  }
}

}  // namespace wafcheck::parser::inline ruleset
