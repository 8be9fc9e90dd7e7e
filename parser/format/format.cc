// Line by line: the tokens of a tree are grouped into logical lines, each is written again, and
// what differs is reported. Values are copied from the source, never put together from what they
// mean, so that an escape or a continuation inside one survives.

#include "parser/format/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/language/language.h"
#include "parser/ruleset/rule.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::parser::inline format {
namespace {

constexpr size_t kIndent = 4;
/// Chains and sections deeper than this are not indented further: the output stays linear.
constexpr size_t kMaxDepth = 32;

/// The actions in an argument, as source ranges without quotes, commas and blanks around them.
struct ActionList {
  struct Item {
    Action id;
    std::string text;
  };
  std::vector<Item> items;
  bool chain = false;
};

/// Without carriage returns, which end lines in the input only.
std::string with_newlines(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != '\r') {
      out += bytes[i];
    } else if (bytes.substr(i + 1, 1) != "\n") {
      out += '\n';
    }
  }
  return out;
}

bool has_line_end(std::string_view bytes) {
  return bytes.find_first_of("\r\n") != std::string_view::npos;
}

std::string_view without_trailing_blanks(std::string_view text) {
  while (!text.empty() && is_blank(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

/// Whether `gap` holds nothing but what a layout may change: blanks, joined lines and `separator`.
bool is_layout(std::string_view gap, char separator) {
  for (size_t i = 0; i < gap.size(); ++i) {
    const char c = gap[i];
    if (is_space(static_cast<unsigned char>(c)) || c == separator) continue;
    if (c == '\\' && i + 1 < gap.size() && (gap[i + 1] == '\n' || gap[i + 1] == '\r')) continue;
    return false;
  }
  return true;
}

bool is_rule(const DirectiveInfo& row) {
  return row.form == DirectiveForm::Rule || row.form == DirectiveForm::Action ||
         row.form == DirectiveForm::Script;
}

class Formatter {
 public:
  Formatter(const SyntaxTree& tree, const Sources& sources, const Semantics& semantics)
      : tree_(tree), bytes_(sources[tree.file].bytes), semantics_(semantics) {}

  std::vector<Relayout> run() {
    if (tree_.tokens.size() == 1 && tree_.tokens[0].kind == TokenKind::stray && !is_filler(0)) {
      return {};  // no rules file at all
    }
    split_lines();
    measure_depths();
    indent_comments();
    drop_last_blank_lines();
    for (const Line& line : lines_) write(line);
    return std::move(changes_);
  }

 private:
  /// The tokens [first, end), the last of them its line end unless the file ends before it.
  struct Line {
    // Small: a file may be all line ends.
    const DirectiveNode* node = nullptr;
    uint32_t first = 0, end = 0;
    uint32_t content = 0;  ///< the first token that is not blank
    enum class Kind : uint8_t { blank, comment, directive, section, other } kind = Kind::blank;
    uint8_t depth = 0;  ///< at most kMaxDepth, of comments one more
    bool dropped = false;
  };

  std::string_view text(size_t token) const {
    return bytes_.substr(tree_.tokens[token].begin,
                         tree_.tokens[token].end - tree_.tokens[token].begin);
  }
  std::string_view text(Span span) const {
    return bytes_.substr(span.begin, span.end - span.begin);
  }

  // -- lines
  // --------------------------------------------------------------------------------------

  void split_lines() {
    size_t directive = 0;
    lines_.reserve(1 + static_cast<size_t>(
                           std::ranges::count(tree_.tokens, TokenKind::newline, &Token::kind)));
    for (uint32_t at = 0; at < tree_.tokens.size();) {
      Line line;
      line.first = at;
      while (at < tree_.tokens.size() && tree_.tokens[at++].kind != TokenKind::newline) {
      }
      line.end = at;
      line.content = line.first;
      while (line.content < line.end && is_filler(line.content)) ++line.content;
      if (line.content < line.end) classify(line, directive);
      lines_.push_back(line);
    }
  }

  bool is_filler(size_t token) const {
    const TokenKind kind = tree_.tokens[token].kind;
    const bool mark = kind == TokenKind::stray && token == 0 && text(token) == "\xEF\xBB\xBF";
    return kind == TokenKind::blank || kind == TokenKind::newline || mark;
  }

  void classify(Line& line, size_t& directive) {
    switch (tree_.tokens[line.content].kind) {
      case TokenKind::comment:
        line.kind = Line::Kind::comment;
        return;
      case TokenKind::name:
        while (tree_.directives[directive].first_token < line.content) ++directive;
        line.node = &tree_.directives[directive];
        line.kind = Line::Kind::directive;
        return;
      default:
        line.kind = text(line.content).starts_with('<') ? Line::Kind::section : Line::Kind::other;
    }
  }

  /// A link stands deeper than the rule before it, and what a section holds deeper than its tag.
  void measure_depths() {
    size_t section = 0;
    size_t link = 0;
    for (Line& line : lines_) {
      if (line.kind == Line::Kind::section) {
        const bool closes = text(line.content).starts_with("</");
        if (closes && section > 0) --section;
        line.depth = depth_of(section);
        if (!closes) ++section;
        link = 0;
      } else if (line.kind == Line::Kind::directive) {
        const std::optional<Directive> id = find_directive(line.node->name);
        if (!id || !is_rule(info(*id))) link = 0;
        line.depth = depth_of(section + link);
        link = id && continues_chain(*line.node, info(*id)) ? link + 1 : 0;
      }
    }
  }

  static uint8_t depth_of(size_t levels) {
    return static_cast<uint8_t>(std::min(levels, kMaxDepth));
  }

  bool continues_chain(const DirectiveNode& node, const DirectiveInfo& row) const {
    const std::optional<size_t> at = action_argument(row, node.arguments.size());
    if (!at || !is_rule(row)) return false;
    Diagnostics ignored;
    const std::vector<ActionUse> uses =
        parse_actions(node.arguments[*at].text, semantics_, ignored);
    return std::ranges::any_of(uses, [](const ActionUse& use) { return use.id == Action::chain; });
  }

  /// A comment stands as deep as what follows it.
  void indent_comments() {
    uint8_t depth = 0;
    for (size_t i = lines_.size(); i-- > 0;) {
      Line& line = lines_[i];
      if (line.kind == Line::Kind::comment) {
        line.depth = depth;
      } else if (line.kind != Line::Kind::blank) {
        const bool closes =
            line.kind == Line::Kind::section && text(line.content).starts_with("</");
        depth = static_cast<uint8_t>(line.depth + (closes ? 1 : 0));
      }
    }
  }

  void drop_last_blank_lines() {
    for (size_t i = lines_.size(); i-- > 0 && lines_[i].kind == Line::Kind::blank;) {
      lines_[i].dropped = true;
    }
  }

  void write(const Line& line) {
    const Span span{tree_.file, tree_.tokens[line.first].begin, tree_.tokens[line.end - 1].end};
    std::string out = line.dropped ? std::string() : laid_out(line);
    if (out == text(span)) return;
    if (line.dropped && !changes_.empty() && changes_.back().text.empty() &&
        changes_.back().span.end == span.begin) {
      changes_.back().span.end = span.end;  // of a run of blank lines, one change
      return;
    }
    changes_.push_back({span, std::move(out), line.kind == Line::Kind::directive});
  }

  std::string laid_out(const Line& line) const {
    const std::string indent(kIndent * line.depth, ' ');
    switch (line.kind) {
      case Line::Kind::blank:
        return "\n";
      case Line::Kind::directive:
        if (const auto out = directive(line, indent)) return *out + "\n";
        return verbatim(line, "");
      case Line::Kind::other:
        return verbatim(line, "");
      default:
        return verbatim(line, indent);
    }
  }

  /// The line as it is, but for how it begins (if it is a comment or a section) and ends.
  std::string verbatim(const Line& line, const std::string& indent) const {
    const bool keep =
        indent.empty() && line.kind != Line::Kind::comment && line.kind != Line::Kind::section;
    size_t first = line.first;
    while (first < line.content && (!keep || tree_.tokens[first].kind == TokenKind::stray)) ++first;
    const Token& last = tree_.tokens[line.end - 1];
    const uint32_t begin = tree_.tokens[first].begin;
    const uint32_t end = last.kind == TokenKind::newline ? last.begin : last.end;
    return indent + with_newlines(without_trailing_blanks(bytes_.substr(begin, end - begin))) +
           "\n";
  }

  // -- directives
  // ---------------------------------------------------------------------------------

  /// Nothing where the directive has to stay as it is.
  std::optional<std::string> directive(const Line& line, const std::string& indent) const {
    const DirectiveNode& node = *line.node;
    const std::optional<Directive> id = find_directive(node.name);
    if (node.broken || !id) return std::nullopt;
    for (size_t i = node.first_token; i < node.end_token; ++i) {
      if (tree_.tokens[i].kind == TokenKind::comment) return std::nullopt;
    }
    const std::optional<std::string> tail = after_arguments(line);
    std::optional<std::string> arguments = all_arguments(node, info(*id), indent);
    if (!tail || !arguments) return std::nullopt;
    return indent + std::string(node.name) + *arguments + *tail;
  }

  /// A comment on the same line. A backslash that joins nothing goes.
  std::optional<std::string> after_arguments(const Line& line) const {
    if (line.node->end_token > line.end) return std::nullopt;
    std::string tail;
    for (size_t i = line.node->end_token; i < line.end; ++i) {
      switch (tree_.tokens[i].kind) {
        case TokenKind::continuation:
          if (i + 1 < line.end && tree_.tokens[i + 1].kind != TokenKind::newline) {
            return std::nullopt;
          }
          break;
        case TokenKind::comment:
          tail += " " + std::string(without_trailing_blanks(text(i)));
          break;
        case TokenKind::blank:
        case TokenKind::newline:
          break;
        default:
          return std::nullopt;
      }
    }
    return tail;
  }

  std::optional<std::string> all_arguments(const DirectiveNode& node, const DirectiveInfo& row,
                                           const std::string& indent) const {
    const std::optional<size_t> actions = action_argument(row, node.arguments.size());
    const std::string next_line = " \\\n" + indent + std::string(kIndent, ' ');
    bool broken = false;
    std::string out;
    size_t begin = node.name_span.end;
    for (size_t i = 0; i < node.arguments.size(); ++i) {
      const ArgumentNode& argument = node.arguments[i];
      const bool on_next = has_line_end(bytes_.substr(begin, argument.span.begin - begin));
      begin = argument.span.end;
      broken |= on_next;
      if (i != actions) {
        out += (on_next ? next_line : " ") + quoted(argument, row, i);
        continue;
      }
      const bool lines = broken || has_line_end(text(argument.span));
      const std::optional<std::string> list = action_list(argument, lines ? &indent : nullptr);
      if (!list) return std::nullopt;
      // Only the actions of rules always begin a line of their own.
      out += (on_next || (lines && is_rule(row)) ? next_line : " ") + *list;
    }
    return out;
  }

  /// Names of markers and operators stand in quotes; other arguments as they were written.
  std::string quoted(const ArgumentNode& argument, const DirectiveInfo& row, size_t at) const {
    const std::string_view written = text(argument.span);
    const bool wanted =
        row.form == DirectiveForm::Marker || (row.form == DirectiveForm::Rule && at == 1);
    if (wanted && can_quote(argument)) return in_quotes(argument);
    return argument.quote == '`' ? std::string(written) : with_newlines(written);
  }

  std::string_view inside(const ArgumentNode& argument) const {
    const std::string_view written = text(argument.span);
    return argument.quote == 0 ? written : written.substr(1, written.size() - 2);
  }

  /// Whether double quotes around the argument would mean the same.
  bool can_quote(const ArgumentNode& argument) const {
    return argument.quote != '"' && argument.quote != '`' &&
           inside(argument).find_first_of("\"\\\r\n") == std::string_view::npos;
  }

  std::string in_quotes(const ArgumentNode& argument) const {
    return '"' + std::string(inside(argument)) + '"';
  }

  /// On one line, or a line an action where `indent` says how deep the directive stands.
  std::optional<std::string> action_list(const ArgumentNode& argument,
                                         const std::string* indent) const {
    const std::optional<ActionList> list = read_actions(argument);
    if (!list) return std::nullopt;
    const std::string quote = argument.quote == '"' || can_quote(argument) ? "\""
                              : argument.quote == 0                        ? ""
                                                                           : "'";
    if (quote.empty()) indent = nullptr;
    std::string out = quote;
    for (size_t i = 0; i < list->items.size(); ++i) {
      if (i > 0) {
        const bool together = list->items[i].id == Action::t && list->items[i - 1].id == Action::t;
        out += indent == nullptr || together ? "," : ",\\\n" + *indent + std::string(kIndent, ' ');
      }
      out += list->items[i].text;
    }
    return out + quote;
  }

  /// Nothing where the list holds what could not be read.
  std::optional<ActionList> read_actions(const ArgumentNode& argument) const {
    Diagnostics diagnostics;
    const std::vector<ActionUse> uses = parse_actions(argument.text, semantics_, diagnostics);
    if (uses.empty() || has_errors(diagnostics)) return std::nullopt;
    ActionList list;
    const size_t quote = argument.quote != 0 ? 1 : 0;
    size_t begin = argument.span.begin + quote;
    for (const ActionUse& use : uses) {
      if (!is_layout(bytes_.substr(begin, use.span.begin - begin), ',')) return std::nullopt;
      std::string item(text(use.name_span));
      if (use.span.end > use.name_span.end) {
        const size_t value =
            use.value_span.end > use.value_span.begin ? use.value_span.begin : use.span.end;
        const std::string_view colon = bytes_.substr(use.name_span.end, value - use.name_span.end);
        if (!is_layout(colon, ':')) return std::nullopt;
        item += ':';
        item += with_newlines(bytes_.substr(value, use.span.end - value));
      }
      list.items.push_back({use.id, std::move(item)});
      begin = use.span.end;
    }
    const size_t end = argument.span.end - quote;
    if (!is_layout(bytes_.substr(begin, end - begin), ',')) return std::nullopt;
    return list;
  }

  const SyntaxTree& tree_;
  const std::string_view bytes_;
  const Semantics& semantics_;
  std::vector<Line> lines_;
  std::vector<Relayout> changes_;
};

bool same_actions(const Text& a, const Text& b, const Semantics& semantics) {
  Diagnostics ignored;
  const std::vector<ActionUse> left = parse_actions(a, semantics, ignored);
  const std::vector<ActionUse> right = parse_actions(b, semantics, ignored);
  return std::ranges::equal(left, right, [](const ActionUse& x, const ActionUse& y) {
    return x.id == y.id && x.raw == y.raw && x.quote == y.quote;
  });
}

bool same_directive(const DirectiveNode& a, const DirectiveNode& b, const Semantics& semantics) {
  if (a.name != b.name || a.broken != b.broken || a.arguments.size() != b.arguments.size()) {
    return false;
  }
  const std::optional<Directive> id = find_directive(a.name);
  const std::optional<size_t> actions =
      id ? action_argument(info(*id), a.arguments.size()) : std::nullopt;
  for (size_t i = 0; i < a.arguments.size(); ++i) {
    const Text& left = a.arguments[i].text;
    const Text& right = b.arguments[i].text;
    if (left.view() == right.view()) continue;
    if (i != actions || !same_actions(left, right, semantics)) return false;
  }
  return true;
}

}  // namespace

std::optional<size_t> action_argument(const DirectiveInfo& row, size_t arguments) {
  size_t at = 0;
  switch (row.form) {
    case DirectiveForm::Rule:
      at = 2;
      break;
    case DirectiveForm::Script:
    case DirectiveForm::UpdateActionById:
      at = 1;
      break;
    case DirectiveForm::Action:
    case DirectiveForm::DefaultAction:
      break;
    default:
      return std::nullopt;
  }
  return at < arguments ? std::optional(at) : std::nullopt;
}

std::vector<Relayout> relayouts(const SyntaxTree& tree, const Sources& sources,
                                const Semantics& semantics) {
  if (tree.tokens.empty()) return {};  // the file was not even read, so there may be none
  return Formatter(tree, sources, semantics).run();
}

std::string formatted(const SyntaxTree& tree, const Sources& sources, const Semantics& semantics) {
  const std::string_view bytes = sources[tree.file].bytes;
  std::string out;
  size_t at = 0;
  for (const Relayout& change : relayouts(tree, sources, semantics)) {
    out += bytes.substr(at, change.span.begin - at);
    out += change.text;
    at = change.span.end;
  }
  out += bytes.substr(at);
  return out;
}

void check_layout(const SyntaxTree& tree, const Semantics& semantics, Diagnostics& diagnostics) {
  for (const DirectiveNode& node : tree.directives) {
    if (node.broken) continue;
    const std::optional<Directive> id = find_directive(node.name);
    if (!id) {
      report(diagnostics, SyntaxCheck::unknown_directive, node.name_span,
             fmt::format("unknown directive {}", shown(node.name)),
             did_you_mean(nearest_directive(node.name)));
      continue;
    }
    const std::optional<size_t> actions = action_argument(info(*id), node.arguments.size());
    if (actions) parse_actions(node.arguments[*actions].text, semantics, diagnostics);
  }
}

bool same_directives(const SyntaxTree& a, const SyntaxTree& b, const Semantics& semantics) {
  return std::ranges::equal(a.directives, b.directives,
                            [&](const DirectiveNode& x, const DirectiveNode& y) {
                              return same_directive(x, y, semantics);
                            });
}

}  // namespace wafcheck::parser::inline format
