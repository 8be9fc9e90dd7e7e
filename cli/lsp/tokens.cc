// Semantic tokens: the words of rules by what they mean, expressions inside strings included.

#include <algorithm>

#include "cli/lsp/features.h"
#include "parser/regex/parse.h"
#include "parser/ruleset/regex_check.h"

namespace wafcheck::cli::lsp {

using formats::JsonWriter;
using parser::Span;
using parser::regex::Kind;

namespace {

enum TokenType : uint8_t {
  kTokenKeyword,
  kTokenVariable,
  kTokenProperty,
  kTokenFunction,
  kTokenString,
  kTokenNumber,
  kTokenComment,
  kTokenMacro,
  kTokenRegexp,
  kTokenOperator,
  kTokenParameter,
};
constexpr std::string_view kTokenTypes[] = {"keyword", "variable", "property", "function",
                                            "string",  "number",   "comment",  "macro",
                                            "regexp",  "operator", "parameter"};
constexpr std::string_view kTokenModifiers[] = {"definition", "readonly"};
constexpr uint32_t kTokenDefinition = 1;

struct PaintedToken {
  uint32_t begin = 0, end = 0;
  TokenType type = kTokenString;
  uint32_t modifiers = 0;
};

/// The tokens of one text; of those that overlap, the later ones stand in the place of what they
/// cover.
class Painter {
 public:
  explicit Painter(const RulesText& text) : text_(text) {}

  std::vector<PaintedToken> paint() {
    for (const parser::Token& token : text_.tree.tokens) {
      if (token.kind == parser::TokenKind::comment) add(token.begin, token.end, kTokenComment);
    }
    for (const Directive& directive : text_.directives) paint(directive);
    return flat();
  }

 private:
  void add(uint32_t begin, uint32_t end, TokenType type, uint32_t modifiers = 0) {
    if (begin < end) tokens_.push_back({begin, end, type, modifiers});
  }
  void add(Span span, TokenType type, uint32_t modifiers = 0) {
    add(span.begin, span.end, type, modifiers);
  }

  void paint(const Directive& directive) {
    add(directive.node->name_span, kTokenKeyword);
    const bool rule =
        directive.row != nullptr && directive.row->form == parser::DirectiveForm::Rule;
    for (size_t i = 0; i < directive.node->arguments.size(); ++i) {
      const parser::ArgumentNode& argument = directive.node->arguments[i];
      if (!rule || i > 1) add(argument.span, kTokenString);
    }
    for (const parser::Target& target : directive.targets) paint(target);
    if (directive.op) paint(*directive.op);
    for (const parser::ActionUse& use : directive.actions) paint(use);
  }

  void paint(const parser::Target& target) {
    const Span selector = target.selector.span;
    const bool selects = target.selector.kind != parser::SelectorKind::none;
    add(target.span.begin, selects ? selector.begin : target.span.end, kTokenVariable);
    if (target.excluded || target.count) {
      add(target.span.begin, target.span.begin + 1, kTokenOperator);
    }
    if (selects) {
      add(selector,
          target.selector.kind == parser::SelectorKind::regex ? kTokenRegexp : kTokenProperty);
    }
  }

  void paint(const parser::OperatorUse& op) {
    add(op.span, kTokenString);
    add(op.name, kTokenFunction);
    if (op.negated) add(op.span.begin, op.span.begin + 1, kTokenOperator);
    if (parser::info(op.id).search == parser::Search::Expression) {
      paint_expression(op);
    } else if (!op.argument.empty()) {
      add(op.argument.span(), kTokenString);
    }
    paint(op.text);
  }

  void paint_expression(const parser::OperatorUse& op) {
    if (op.argument.empty()) return;
    add(op.argument.span(), kTokenRegexp);
    const auto tree = parser::regex::parse(op.argument.view(),
                                           parser::operator_regex_options(common_semantics()));
    if (!tree) return;
    const auto span = [&](parser::regex::Span part) {
      return op.argument.span(part.begin, part.end);
    };
    for (const parser::regex::Node& node : tree->nodes()) {
      switch (node.kind) {
        case Kind::repeat:
          add(span(node.quantifier), kTokenOperator);
          break;
        case Kind::set:
          add(span(node.span), kTokenParameter);
          break;
        case Kind::assertion:
          add(span(node.span), kTokenKeyword);
          break;
        default:
          break;
      }
    }
  }

  void paint(const parser::MacroText& text) {
    for (const parser::MacroPart& part : text.parts) {
      if (part.is_variable) add(part.span, kTokenMacro);
    }
  }

  void paint(const parser::ActionUse& use) {
    add(use.name_span, kTokenProperty, use.id == parser::Action::id ? kTokenDefinition : 0);
    if (use.value_span.begin >= use.value_span.end) return;
    const bool number = std::holds_alternative<uint64_t>(use.value);
    const bool word = std::holds_alternative<parser::Transformation>(use.value);
    add(use.value_span, word ? kTokenFunction : number ? kTokenNumber : kTokenString);
    if (const auto* const text = std::get_if<parser::MacroText>(&use.value)) paint(*text);
    if (const auto* const set = std::get_if<parser::Setvar>(&use.value)) {
      paint(set->name);
      paint(set->value);
    }
  }

  /// Without overlaps, by place.
  std::vector<PaintedToken> flat() {
    std::vector<const PaintedToken*> owner(text_.source().bytes.size(), nullptr);
    for (const PaintedToken& token : tokens_) {
      const auto end = std::min<size_t>(token.end, owner.size());
      for (size_t i = token.begin; i < end; ++i) owner[i] = &token;
    }
    std::vector<PaintedToken> out;
    const PaintedToken* last = nullptr;
    for (uint32_t i = 0; i < owner.size(); ++i) {
      const char byte = text_.source().bytes[i];
      const PaintedToken* const token = byte == '\n' || byte == '\r' ? nullptr : owner[i];
      if (token != nullptr && token == last) {
        out.back().end = i + 1;
      } else if (token != nullptr) {
        out.push_back({i, i + 1, token->type, token->modifiers});
      }
      last = token;
    }
    return out;
  }

  const RulesText& text_;
  std::vector<PaintedToken> tokens_;
};

/// The bytes of the document that are asked for.
std::pair<uint32_t, uint32_t> asked_range(const Call& call, const Document& document) {
  const auto range = read_range(call.params.member("range"));
  if (!range) return {0, UINT32_MAX};
  const Encoding encoding = call.workspace.client.encoding;
  return {offset_at(document.source(), range->start, encoding),
          offset_at(document.source(), range->end, encoding)};
}

}  // namespace

std::span<const std::string_view> token_types() {
  return kTokenTypes;
}

std::span<const std::string_view> token_modifiers() {
  return kTokenModifiers;
}

Reply semantic_tokens(const Call& call) {
  Document* const document = call.document();
  if (document == nullptr) return nothing();
  const Encoding encoding = call.workspace.client.encoding;
  const auto [first, last] = asked_range(call, *document);
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("data");
  json.begin_array();
  Position before;
  for (const auto& text : document->texts()) {
    for (const PaintedToken& token : Painter(*text).paint()) {
      const uint32_t begin = text->to_outer(token.begin);
      const uint32_t end = text->to_outer(token.end - 1) + 1;
      if (end <= first || begin >= last) continue;
      const Position at = position_at(text->outer(), begin, encoding);
      const Position behind = position_at(text->outer(), end, encoding);
      // A token stands on one line; what the file around breaks is left out.
      if (behind.line != at.line) continue;
      json.number(at.line - before.line);
      json.number(at.line == before.line ? at.character - before.character : at.character);
      json.number(behind.character - at.character);
      json.number(static_cast<uint32_t>(token.type));
      json.number(token.modifiers);
      before = at;
    }
  }
  json.end_array();
  json.end_object();
  return out;
}

}  // namespace wafcheck::cli::lsp
