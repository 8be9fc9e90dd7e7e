// What can be done about findings, and to rules: fixes, comments that silence a check, ids,
// exclusions.

#include <fmt/format.h>

#include <algorithm>

#include "cli/lsp/edit.h"
#include "cli/lsp/features.h"
#include "parser/base/ascii.h"

namespace wafcheck::cli::lsp {

using formats::JsonValue;
using formats::JsonWriter;

namespace {

constexpr std::string_view kQuickFix = "quickfix", kRefactor = "refactor",
                           kFixAll = "source.fixAll";

/// Whether the client wants actions of a kind: it asks for that one, for one above it, or for all.
bool is_wanted(JsonValue only, std::string_view kind) {
  if (!only.is(JsonValue::Kind::array)) return true;
  formats::JsonElements kinds(only);
  while (const auto each = kinds.next()) {
    if (!each->is(JsonValue::Kind::string)) continue;
    const std::string wanted = each->string();
    if (kind == wanted || wanted.empty() || kind.starts_with(wanted + ".")) return true;
  }
  return false;
}

class CodeActionWriter {
 public:
  CodeActionWriter(const Call& call, Document& document)
      : workspace_(call.workspace),
        document_(document),
        only_(call.params.member("context").member("only")),
        json_(out_) {}

  std::string answer(const Range& range) {
    json_.begin_array();
    write_findings(range);
    write_rules(range);
    json_.end_array();
    return std::move(out_);
  }

 private:
  Encoding encoding() const { return workspace_.client.encoding; }

  static bool touches(const Range& a, const Range& b) {
    return a.start <= b.end && b.start <= a.end;
  }

  void write_action(std::string_view title, std::string_view kind, const WorkspaceEdit& edit,
                    std::string_view diagnostic, bool preferred) {
    if (edit.empty() || !is_wanted(only_, kind)) return;
    json_.begin_object();
    json_.member("title", title);
    json_.member("kind", kind);
    if (preferred) {
      json_.key("isPreferred");
      json_.boolean(true);
    }
    if (!diagnostic.empty()) {
      json_.key("diagnostics");
      json_.begin_array();
      json_.raw(diagnostic);
      json_.end_array();
    }
    json_.key("edit");
    edit.write(json_, workspace_);
    json_.end_object();
  }

  void write_findings(const Range& range) {
    WorkspaceEdit all;
    for (const Snapshot* const snapshot : workspace_.snapshots(document_.path())) {
      for (const parser::Diagnostic& finding : snapshot->findings()) {
        const auto location = snapshot->location(finding.span, encoding());
        if (!location || location->path != document_.path()) continue;
        if (finding.fix && finding.fix->safe) add_fix(*snapshot, finding, all);
        if (!touches(location->range, range)) continue;
        const std::string diagnostic = workspace_.diagnostic_json(*snapshot, finding);
        if (finding.fix) {
          WorkspaceEdit edit;
          if (add_fix(*snapshot, finding, edit)) {
            write_action(finding.fix->title, kQuickFix, edit, diagnostic, finding.fix->safe);
          }
        }
        write_suppression(*snapshot, finding, diagnostic);
      }
    }
    if (only_.is(JsonValue::Kind::array)) {
      write_action("Fix what can be fixed with the same verdict on every input", kFixAll, all, {},
                   false);
    }
  }

  /// False: nothing was added, as a document cannot hold a part of it or an edit stands in the way.
  bool add_fix(const Snapshot& snapshot, const parser::Diagnostic& finding, WorkspaceEdit& to) {
    WorkspaceEdit edit;
    for (const parser::Edit& each : finding.fix->edits) {
      if (!edit.add(snapshot, each, encoding())) return false;
    }
    for (const auto& [path, edits] : edit.edits()) {
      const auto before = to.edits().find(path);
      if (before == to.edits().end()) continue;
      for (const TextEdit& mine : edits) {
        for (const TextEdit& other : before->second) {
          if (touches(mine.range, other.range)) return false;
        }
      }
    }
    for (const auto& [path, edits] : edit.edits()) {
      for (const TextEdit& each : edits) to.add(path, each);
    }
    return true;
  }

  /// A comment above the directive that the finding is in.
  void write_suppression(const Snapshot& snapshot, const parser::Diagnostic& finding,
                         std::string_view diagnostic) {
    if (lint::check_of(finding) == nullptr) return;
    const parser::Source& source = snapshot.model().sources[finding.span.file];
    uint32_t begin = finding.span.begin;
    for (const parser::LoadedFile& file : snapshot.model().files) {
      if (file.file != finding.span.file) continue;
      for (const parser::DirectiveNode& node : file.tree.directives) {
        if (node.span.begin <= begin && begin <= node.span.end) begin = node.span.begin;
      }
    }
    const auto edit =
        comment_above(source, begin, fmt::format("# wafcheck: ignore[{}] reason", finding.check));
    if (!edit) return;
    WorkspaceEdit changes;
    changes.add(document_.path(), *edit);
    write_action(fmt::format("Ignore {} here, with a reason", finding.check), kQuickFix, changes,
                 diagnostic, false);
  }

  /// A line of its own in front of the one that holds `at`, as far indented.
  std::optional<TextEdit> comment_above(const parser::Source& source, uint32_t at,
                                        std::string_view comment) const {
    const auto next = std::ranges::upper_bound(source.line_starts, at);
    const uint32_t line = *std::prev(next);
    const std::string_view before = std::string_view(source.bytes).substr(line, at - line);
    const std::string_view indentation =
        before.substr(0, std::min(before.find_first_not_of(" \t"), before.size()));
    const auto begin = line + static_cast<uint32_t>(indentation.size());
    return edit_of(source, begin, begin, fmt::format("{}\n{}", comment, indentation), encoding());
  }

  // -- rules

  void write_rules(const Range& range) {
    for (const auto& text : document_.texts()) {
      for (size_t i = 0; i < text->directives.size(); ++i) {
        const Directive& directive = text->directives[i];
        const Range whole = range_at(text->outer(), text->to_outer(directive.node->span.begin),
                                     text->to_outer(directive.node->span.end), encoding());
        if (!touches(whole, range) || directive.row == nullptr) continue;
        const bool link = i > 0 && text->directives[i - 1].has(parser::Action::chain);
        if (!link) write_id(*text, directive);
        if (!link) write_exclusion(*text, directive);
      }
    }
  }

  /// Only where there is none.
  void write_id(const RulesText& text, const Directive& directive) {
    const bool rule = directive.row->form == parser::DirectiveForm::Rule ||
                      directive.row->form == parser::DirectiveForm::Action;
    if (!rule || directive.actions.empty() || directive.has(parser::Action::id)) return;
    const uint32_t at = directive.actions.front().span.begin;
    const auto edit =
        edit_of(text.source(), at, at, fmt::format("id:{},", free_id(text)), encoding());
    if (!edit) return;
    WorkspaceEdit changes;
    changes.add(document_.path(), *edit);
    write_action("Add an id that no rule has", kQuickFix, changes, {}, true);
  }

  /// The next id behind those of the text.
  uint64_t free_id(const RulesText& text) {
    uint64_t id = 1'000'000;
    for (const Directive& directive : text.directives) {
      const parser::ActionUse* const use = directive.find(parser::Action::id);
      if (use != nullptr && std::holds_alternative<uint64_t>(use->value)) id = use->number() + 1;
    }
    for (const Snapshot* const snapshot : workspace_.snapshots()) {
      while (snapshot->model().find(id) != nullptr) ++id;
    }
    return id;
  }

  /// A directive that takes the rule's first target out of it, at the end of the document: such
  /// directives come after the rules that they change.
  void write_exclusion(const RulesText& text, const Directive& directive) {
    const parser::ActionUse* const id = directive.find(parser::Action::id);
    if (id == nullptr || directive.targets.empty()) return;
    const std::string_view target = text.sources.text(directive.targets.front().span);
    const std::string_view bytes = text.source().bytes;
    const auto end = static_cast<uint32_t>(bytes.size());
    const std::string line_end = bytes.empty() || bytes.ends_with('\n') ? "" : "\n";
    for (const auto& [title, line] :
         {std::pair(fmt::format("Exclude {} from rule {}", target, id->raw),
                    fmt::format("SecRuleUpdateTargetById {} \"!{}\"", id->raw, target)),
          std::pair(fmt::format("Remove rule {}", id->raw),
                    fmt::format("SecRuleRemoveById {}", id->raw))}) {
      const auto edit =
          edit_of(text.source(), end, end, fmt::format("{}{}\n", line_end, line), encoding());
      if (!edit) continue;
      WorkspaceEdit changes;
      changes.add(document_.path(), *edit);
      write_action(title, kRefactor, changes, {}, false);
    }
  }

  Workspace& workspace_;
  Document& document_;
  const JsonValue only_;
  std::string out_;
  JsonWriter json_;
};

}  // namespace

Reply code_actions(const Call& call) {
  Document* const document = call.document();
  const auto range = read_range(call.params.member("range"));
  if (document == nullptr || !call.workspace.client.code_action_literals) return Reply("[]");
  if (!range) return refuse(ErrorCode::invalid_params, "a range is expected");
  return CodeActionWriter(call, *document).answer(*range);
}

}  // namespace wafcheck::cli::lsp
