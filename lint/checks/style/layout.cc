// Checks on layout: what fmt would change, quotes around action lists, long lines, tabs and other
// bytes without meaning.

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "lint/checks/check.h"
#include "lint/checks/style/written_actions.h"
#include "parser/base/ascii.h"
#include "parser/format/format.h"
#include "parser/syntax/syntax_checks.h"

namespace wafcheck::lint::inline checks {
namespace {

using parser::ActionUse;
using parser::ArgumentNode;
using parser::DirectiveNode;
using parser::LoadedFile;
using parser::Rule;
using parser::Span;
using parser::TokenKind;

/// Longer lines do not fit a screen.
constexpr size_t kMaxLine = 200;

/// Rules by the position of their directives.
class RulesByPlace {
 public:
  explicit RulesByPlace(const parser::RulesetModel& ruleset) {
    for (const Rule& rule : ruleset.rules) rules_.emplace(key(rule.name_span), &rule);
  }
  /// The rule of a directive; null if it is not a rule.
  const Rule* find(Span name) const {
    const auto it = rules_.find(key(name));
    return it == rules_.end() ? nullptr : it->second;
  }

 private:
  static uint64_t key(Span span) { return (uint64_t{span.file} << 32) | span.begin; }
  std::unordered_map<uint64_t, const Rule*> rules_;
};

parser::Diagnostic& add(Findings& findings, Check check, const Rule* rule, Span span,
                        std::string message, std::string help) {
  return rule != nullptr ? findings.add(check, *rule, span, std::move(message), std::move(help))
                         : findings.add(check, span, std::move(message), std::move(help));
}

/// A normalised layout, without differences that have checks of their own: quotes, tabs, line
/// endings and trailing white space.
std::string essence(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\'') continue;
    if (c == '\n' || c == '\r') {
      if (c == '\r' && text.substr(i + 1, 1) == "\n") continue;
      while (!out.empty() && out.back() == ' ') out.pop_back();
      out += '\n';
    } else if (c == '\t') {
      const bool leads = out.empty() || out.back() == '\n';
      out += leads ? "    " : " ";
    } else {
      out += c;
    }
  }
  while (!out.empty() && is_space(static_cast<unsigned char>(out.back()))) out.pop_back();
  return out;
}

template <typename Visit>
void each_action_list(const parser::SyntaxTree& tree, Visit visit) {
  for (const DirectiveNode& node : tree.directives) {
    const auto directive = parser::find_directive(node.name);
    if (!directive || node.broken) continue;
    const auto at = parser::action_argument(parser::info(*directive), node.arguments.size());
    if (at) visit(node, node.arguments[*at]);
  }
}

/// The check STY011 for one file.
class UntidyText {
 public:
  UntidyText(const LoadedFile& file, std::string_view bytes, Findings& findings)
      : tree_(file.tree), bytes_(bytes), findings_(findings) {}

  void run() {
    for (size_t i = 0; i < tree_.tokens.size(); ++i) read_token(i);
    each_action_list(tree_,
                     [&](const DirectiveNode&, const ArgumentNode& list) { read_list(list); });
    if (bytes_.empty() || bytes_.back() == '\n' || bytes_.back() == '\r') return;
    tell(bytes_.size() - 1, bytes_.size(), "the last line does not end with a line feed", "add one",
         {{span(bytes_.size(), bytes_.size()), "\n"}});
  }

 private:
  Span span(size_t begin, size_t end) const {
    return {tree_.file, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
  }

  void tell(size_t begin, size_t end, std::string message, std::string help,
            std::vector<parser::Edit> edits) {
    auto& finding =
        findings_.add(Check::untidy_text, span(begin, end), std::move(message), std::move(help));
    if (!edits.empty()) finding.fix = parser::Fix{finding.help, true, std::move(edits)};
  }

  void read_token(size_t at) {
    const parser::Token& token = tree_.tokens[at];
    const std::string_view text = bytes_.substr(token.begin, token.end - token.begin);
    switch (token.kind) {
      case TokenKind::blank:
        if (ends_line(at)) return trailing(token.begin, token.end);
        if (text.find('\t') != std::string_view::npos) {
          const bool leads = at == 0 || tree_.tokens[at - 1].kind == TokenKind::newline;
          tab(token.begin, token.end, leads);
        }
        return;
      case TokenKind::comment:
        if (is_blank(static_cast<unsigned char>(text.back()))) {
          trailing(token.begin + text.find_last_not_of(" \t") + 1, token.end);
        }
        return;
      case TokenKind::continuation: {
        const size_t indent = text.find_last_of("\r\n") + 1;
        if (text.substr(indent).find('\t') != std::string_view::npos) {
          tab(token.begin + indent, token.end, true);
        }
        return;
      }
      case TokenKind::name:
      case TokenKind::argument:
        return foreign(token, text);
      default:
        return;
    }
  }

  bool ends_line(size_t at) const {
    return at + 1 == tree_.tokens.size() || tree_.tokens[at + 1].kind == TokenKind::newline;
  }

  void trailing(size_t begin, size_t end) {
    tell(begin, end, "this line ends with white space", "remove them", {{span(begin, end), ""}});
  }

  void tab(size_t begin, size_t end, bool leads) {
    tell(begin, end, "this is a tab", leads ? "indent by four spaces per level" : "write a space",
         {{span(begin, end), leads ? "    " : " "}});
  }

  void foreign(const parser::Token& token, std::string_view text) {
    const auto is_foreign = [](char c) { return static_cast<unsigned char>(c) > 0x7e; };
    const auto first = std::ranges::find_if(text, is_foreign);
    if (first == text.end()) return;
    const auto last = std::find_if_not(first, text.end(), is_foreign);
    const size_t begin = token.begin + static_cast<size_t>(first - text.begin());
    const size_t end = token.begin + static_cast<size_t>(last - text.begin());
    tell(begin, end,
         fmt::format("{} is not ASCII", parser::shown(bytes_.substr(begin, end - begin))),
         "write such bytes as \\xHH in expressions, and avoid them elsewhere", {});
  }

  /// Tabs that begin the lines of an action list.
  void read_list(const ArgumentNode& list) {
    const std::string_view text = bytes_.substr(0, list.span.end);
    for (size_t at = list.span.begin; (at = text.find('\n', at)) != std::string_view::npos;) {
      const size_t indent = ++at;
      const size_t end = std::min(text.find_first_not_of(" \t", indent), text.size());
      if (text.substr(indent, end - indent).find('\t') == std::string_view::npos) continue;
      tell(indent, end, "this is a tab", "indent by four spaces per level", {});
    }
  }

  const parser::SyntaxTree& tree_;
  const std::string_view bytes_;
  Findings& findings_;
};

}  // namespace

/// A file that is nearly all line ends takes many times its size to lay out.
constexpr size_t kMostTokens = 1'000'000;

void format(const Context& context, Findings& findings) {
  const parser::RulesetModel& ruleset = context.ruleset;
  const RulesByPlace rules(ruleset);
  for (const LoadedFile& file : ruleset.files) {
    // Inside another file rules are indented as that file is, which fmt knows.
    if (ruleset.sources[file.file].embedding) continue;
    if (file.tree.tokens.size() > kMostTokens) {
      const parser::Span start{file.file, 0, 0};
      add(findings, Check::format, rules.find(start), start,
          fmt::format("the layout is not checked: the file has more than {} tokens", kMostTokens),
          "split it");
      continue;
    }
    auto node = file.tree.directives.begin();
    for (const parser::Relayout& change :
         parser::relayouts(file.tree, ruleset.sources, ruleset.semantics())) {
      if (!change.directive || essence(change.text) == essence(ruleset.sources.text(change.span))) {
        continue;
      }
      while (node->name_span.begin < change.span.begin) ++node;
      auto& finding = add(findings, Check::format, rules.find(node->name_span), node->name_span,
                          "this is not in the layout of CRS", "run wafcheck fmt");
      finding.fix = parser::Fix{"format it", true, {{change.span, change.text}}};
    }
  }
}

void quote_action_list(const Context& context, Findings& findings) {
  const RulesByPlace rules(context.ruleset);
  for (const LoadedFile& file : context.ruleset.files) {
    each_action_list(file.tree, [&](const DirectiveNode& node, const ArgumentNode& list) {
      if (list.quote == '"') return;
      auto& finding =
          add(findings, Check::quote_action_list, rules.find(node.name_span), list.span,
              "this list of actions is not in double quotes", "put the actions in double quotes");
      std::string_view inside = context.ruleset.sources.text(list.span);
      if (list.quote != 0) inside = inside.substr(1, inside.size() - 2);
      if (inside.find_first_of("\"\\") != std::string_view::npos) return;
      finding.fix = parser::Fix{finding.help, true, {{list.span, '"' + std::string(inside) + '"'}}};
    });
  }
}

void line_length(const Context& context, Findings& findings) {
  const parser::Sources& sources = context.ruleset.sources;
  for (const Rule& rule : context.ruleset.rules) {
    uint32_t line = 0;
    const ActionUse* first = nullptr;
    for (const ActionUse* use : written_actions(rule)) {
      const parser::Place begin = sources.begin_of(use->span);
      const bool shares = begin.line == line && first != nullptr;
      const bool transformations =
          shares && use->id == parser::Action::t && first->id == parser::Action::t;
      if (begin.line != line) {
        line = begin.line;
        first = use;
      }
      const size_t length = sources.line_at(use->span.file, use->span.begin).size();
      if (!shares || transformations || length <= kMaxLine) continue;
      findings.add(Check::line_length, rule, use->span,
                   fmt::format("this line is {} bytes long and has several actions", length),
                   "write one action per line");
      break;
    }
  }
}

void untidy_text(const Context& context, Findings& findings) {
  for (const LoadedFile& file : context.ruleset.files) {
    const parser::Source& source = context.ruleset.sources[file.file];
    // Inside another file, indentation and ends of lines are that file's.
    if (!source.embedding) UntidyText(file, source.bytes, findings).run();
  }
}

}  // namespace wafcheck::lint::inline checks
