// The structure of documents: symbols, ranges that fold, selections that grow.

#include <fmt/format.h>

#include <algorithm>

#include "cli/lsp/features.h"
#include "parser/base/ascii.h"
#include "parser/base/shown.h"
#include "parser/format/format.h"

namespace wafcheck::cli::lsp {

using formats::JsonValue;
using formats::JsonWriter;
using parser::Action;
using parser::DirectiveForm;
using parser::Span;

namespace {

// SymbolKind
constexpr int kSymbolKey = 20, kSymbolFunction = 12, kSymbolEvent = 24, kSymbolProperty = 7;

/// Symbols of a workspace that are returned.
constexpr size_t kMaxSymbols = 500;

bool is_rule_directive(const Directive& directive) {
  return directive.row != nullptr && (directive.row->form == DirectiveForm::Rule ||
                                      directive.row->form == DirectiveForm::Action ||
                                      directive.row->form == DirectiveForm::Script);
}

std::string first_argument(const Directive& directive) {
  return directive.node->arguments.empty() ? std::string()
                                           : readable(directive.node->arguments[0].text.view());
}

/// What a symbol is called: the id of a rule, the name of a marker, a directive.
std::string symbol_name(const Directive& directive) {
  if (const parser::ActionUse* const id = directive.find(Action::id); id != nullptr) return id->raw;
  if (directive.row != nullptr && directive.row->form == DirectiveForm::Marker) {
    return first_argument(directive);
  }
  return std::string(directive.node->name);
}

std::string symbol_detail(const Directive& directive) {
  if (const parser::ActionUse* const message = directive.find(Action::msg)) {
    return readable(message->raw);
  }
  return first_argument(directive);
}

int symbol_kind(const Directive& directive) {
  if (is_rule_directive(directive))
    return directive.has(Action::id) ? kSymbolFunction : kSymbolEvent;
  return directive.row != nullptr && directive.row->form == DirectiveForm::Marker ? kSymbolKey
                                                                                  : kSymbolProperty;
}

/// The number of directives from `at` on that make up one: a chain, or a directive alone.
size_t chain_length(const std::vector<Directive>& directives, size_t at) {
  size_t length = 1;
  while (is_rule_directive(directives[at + length - 1]) &&
         directives[at + length - 1].has(Action::chain) && at + length < directives.size() &&
         is_rule_directive(directives[at + length])) {
    ++length;
  }
  return length;
}

class SymbolWriter {
 public:
  SymbolWriter(JsonWriter& json, const Document& document, const RulesText& text,
               const Workspace& workspace)
      : json_(json), document_(document), text_(text), workspace_(workspace) {}

  void write_all() {
    for (size_t i = 0; i < text_.directives.size();) {
      const size_t length = chain_length(text_.directives, i);
      write_one(i, length);
      i += length;
    }
  }

 private:
  Range range(uint32_t begin, uint32_t end) const {
    return range_at(text_.outer(), text_.to_outer(begin), text_.to_outer(end),
                    workspace_.client.encoding);
  }

  void write_one(size_t at, size_t length) {
    const Directive& directive = text_.directives[at];
    const Directive& last = text_.directives[at + length - 1];
    const Range whole = range(directive.node->span.begin, last.node->span.end);
    json_.begin_object();
    const std::string name = symbol_name(directive);
    json_.member("name", name.empty() ? "-" : name);
    json_.key("kind");
    json_.number(symbol_kind(directive));
    if (workspace_.client.nested_symbols) {
      json_.member("detail", symbol_detail(directive));
      json_.key("range");
      write(json_, whole);
      json_.key("selectionRange");
      write(json_, range(directive.node->name_span.begin, directive.node->name_span.end));
      if (length > 1) {
        json_.key("children");
        json_.begin_array();
        for (size_t i = 1; i < length; ++i) write_one(at + i, 1);
        json_.end_array();
      }
    } else {
      json_.key("location");
      json_.begin_object();
      json_.member("uri", document_.uri());
      json_.key("range");
      write(json_, whole);
      json_.end_object();
    }
    json_.end_object();
  }

  JsonWriter& json_;
  const Document& document_;
  const RulesText& text_;
  const Workspace& workspace_;
};

void write_fold(JsonWriter& json, uint32_t first, uint32_t last, std::string_view kind) {
  if (last <= first) return;
  json.begin_object();
  json.key("startLine");
  json.number(first);
  json.key("endLine");
  json.number(last);
  if (!kind.empty()) json.member("kind", kind);
  json.end_object();
}

class Folder {
 public:
  Folder(JsonWriter& json, const RulesText& text) : json_(json), text_(text) {}

  void write_all() {
    for (size_t i = 0; i < text_.directives.size();) {
      const size_t length = chain_length(text_.directives, i);
      const Span first = text_.directives[i].node->span;
      const Span last = text_.directives[i + length - 1].node->span;
      if (length > 1) fold(first.begin, last.end, {});
      for (size_t link = i; link < i + length; ++link) {
        const Span span = text_.directives[link].node->span;
        fold(span.begin, span.end, {});
      }
      i += length;
    }
    write_comments();
  }

 private:
  uint32_t line(uint32_t offset) const {
    return position_at(text_.outer(), text_.to_outer(offset), Encoding::utf8).line;
  }

  void fold(uint32_t begin, uint32_t end, std::string_view kind) {
    write_fold(json_, line(begin), line(end), kind);
  }

  /// Comments on lines that follow one another.
  void write_comments() {
    uint32_t first = 0, last = 0;
    bool open = false;
    for (const parser::Token& token : text_.tree.tokens) {
      if (token.kind != parser::TokenKind::comment) continue;
      const uint32_t at = line(token.begin);
      if (open && at == last + 1) {
        last = at;
        continue;
      }
      if (open) write_fold(json_, first, last, "comment");
      first = last = at;
      open = true;
    }
    if (open) write_fold(json_, first, last, "comment");
  }

  JsonWriter& json_;
  const RulesText& text_;
};

/// The spans around an offset, the smallest first.
std::vector<Span> spans_around(const RulesText& text, uint32_t offset) {
  std::vector<Span> spans;
  const auto add = [&](Span span) {
    if (span.begin <= offset && offset <= span.end && span.begin < span.end) spans.push_back(span);
  };
  for (size_t i = 0; i < text.directives.size(); ++i) {
    const Directive& directive = text.directives[i];
    const size_t length = chain_length(text.directives, i);
    add({directive.node->span.file, directive.node->span.begin,
         text.directives[i + length - 1].node->span.end});
    if (offset < directive.node->span.begin || offset > directive.node->span.end) continue;
    add(directive.node->name_span);
    add(directive.node->span);
    for (const parser::ArgumentNode& argument : directive.node->arguments) {
      add(argument.span);
      add(argument.text.span());
    }
    for (const parser::Target& target : directive.targets) {
      add(target.span);
      add(target.selector.span);
    }
    if (directive.op) {
      add(directive.op->name);
      add(directive.op->argument.span());
    }
    for (const parser::ActionUse& use : directive.actions) {
      add(use.span);
      add(use.name_span);
      add(use.value_span);
    }
  }
  std::ranges::sort(spans, [](Span a, Span b) { return a.end - a.begin < b.end - b.begin; });
  const auto twice = std::ranges::unique(spans);
  spans.erase(twice.begin(), twice.end());
  return spans;
}

/// A SelectionRange and its parents. Each holds the one before.
void write_selection(JsonWriter& json, std::span<const Range> ranges) {
  json.begin_object();
  json.key("range");
  write(json, ranges.front());
  if (ranges.size() > 1) {
    json.key("parent");
    write_selection(json, ranges.subspan(1));
  }
  json.end_object();
}

/// The parameters of a request about one place.
std::vector<Range> ranges_around(Document& document, Position position, Encoding encoding) {
  const uint32_t offset = offset_at(document.source(), position, encoding);
  std::vector<Range> ranges;
  for (const auto& text : document.texts()) {
    const auto inner = text->from_outer(offset);
    if (!inner) continue;
    for (const Span span : spans_around(*text, *inner)) {
      const Range range =
          range_at(text->outer(), text->to_outer(span.begin), text->to_outer(span.end), encoding);
      if (ranges.empty() ||
          (range.start <= ranges.back().start && ranges.back().end <= range.end)) {
        ranges.push_back(range);
      }
    }
    break;
  }
  if (ranges.empty()) ranges.push_back({position, position});
  return ranges;
}

}  // namespace

Reply document_symbols(const Call& call) {
  Document* const document = call.document();
  if (document == nullptr) return nothing();
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const auto& each : document->texts()) {
    SymbolWriter(json, *document, *each, call.workspace).write_all();
  }
  json.end_array();
  return text;
}

Reply workspace_symbols(const Call& call) {
  const JsonValue asked = call.params.member("query");
  const std::string query =
      asked.is(JsonValue::Kind::string) ? lowercase(asked.string()) : std::string();
  std::string text;
  JsonWriter json(text);
  size_t count = 0;
  json.begin_array();
  const auto add = [&](const Snapshot& snapshot, const std::string& name, Span span, int kind) {
    const auto location = snapshot.location(span, call.workspace.client.encoding);
    if (count == kMaxSymbols || !location || lowercase(name).find(query) == std::string::npos) {
      return;
    }
    ++count;
    json.begin_object();
    json.member("name", name);
    json.key("kind");
    json.number(kind);
    json.key("location");
    json.begin_object();
    json.member("uri", call.workspace.uri_of(location->path));
    json.key("range");
    write(json, location->range);
    json.end_object();
    json.end_object();
  };
  for (const Snapshot* const snapshot : call.workspace.snapshots()) {
    for (const parser::Rule& rule : snapshot->model().rules) {
      if (!rule.is_starter() || !rule.id) continue;
      const parser::ActionUse* const message = rule.find(Action::msg);
      add(*snapshot,
          message == nullptr ? std::to_string(*rule.id)
                             : fmt::format("{} {}", *rule.id, readable(message->raw)),
          rule.anchor(), kSymbolFunction);
    }
    for (const parser::Marker& marker : snapshot->model().markers) {
      add(*snapshot, marker.name, marker.span, kSymbolKey);
    }
  }
  json.end_array();
  return text;
}

Reply folding_ranges(const Call& call) {
  Document* const document = call.document();
  if (document == nullptr) return nothing();
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const auto& each : document->texts()) Folder(json, *each).write_all();
  json.end_array();
  return text;
}

Reply selection_ranges(const Call& call) {
  Document* const document = call.document();
  if (document == nullptr) return nothing();
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  formats::JsonElements positions(call.params.member("positions"));
  while (const auto element = positions.next()) {
    const auto position = read_position(*element);
    if (!position) return refuse(ErrorCode::invalid_params, "a position is expected");
    write_selection(json, ranges_around(*document, *position, call.workspace.client.encoding));
  }
  json.end_array();
  return text;
}

}  // namespace wafcheck::cli::lsp
