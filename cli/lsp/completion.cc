// What may be written at the cursor: words of the language, and names that the ruleset has.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "cli/lsp/cursor.h"
#include "cli/lsp/features.h"
#include "cli/lsp/occurrence.h"
#include "cli/lsp/words.h"
#include "lint/analysis/exclusions.h"
#include "lint/analysis/tx.h"
#include "parser/base/ascii.h"
#include "parser/base/shown.h"
#include "parser/language/severities.h"

namespace wafcheck::cli::lsp {

using formats::JsonWriter;
using parser::Action;

namespace {

// CompletionItemKind
constexpr int kItemFunction = 3, kItemVariable = 6, kItemProperty = 10, kItemValue = 12,
              kItemKeyword = 14, kItemSnippet = 15, kItemFile = 17, kItemReference = 18;
/// InsertTextFormat
constexpr int kItemSnippetFormat = 2;

/// Names of a ruleset that are offered.
constexpr size_t kMaxNames = 2'000;

struct CompletionItem {
  std::string label;
  int kind = kItemValue;
  std::string detail;
  std::string documentation;
  std::string snippet;
};

class Completer {
 public:
  Completer(Workspace& workspace, const RulesPlace& place)
      : workspace_(workspace),
        place_(place),
        cursor_(read_cursor(std::string_view(place.text->source().bytes).substr(0, place.offset))) {
  }

  std::string answer() {
    offer();
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    json.key("isIncomplete");
    json.boolean(cut_);
    json.key("items");
    json.begin_array();
    for (const CompletionItem& item : items_) write_item(json, item);
    json.end_array();
    json.end_object();
    return out;
  }

 private:
  void offer() {
    switch (cursor_.wanted) {
      case Wanted::nothing:
        return;
      case Wanted::directive:
        return offer_directives();
      case Wanted::choice:
        return offer_choices(cursor_.row->arguments);
      case Wanted::ctl_value:
        return offer_choices(cursor_.ctl->value);
      case Wanted::id:
        return offer_ids();
      case Wanted::new_id:
        return offer_new_id();
      case Wanted::tag:
        return offer_names(SymbolKind::tag);
      case Wanted::marker:
        return offer_names(SymbolKind::marker);
      case Wanted::variable_name:
        return offer_variables();
      case Wanted::file:
        return offer_files();
      case Wanted::target:
        for (const parser::VariableInfo& row : parser::variables()) offer_row(row, kItemVariable);
        return;
      case Wanted::selector:
        return offer_selectors();
      case Wanted::op:
        return offer_operators();
      case Wanted::action:
        for (const parser::ActionInfo& row : parser::actions()) offer_action(row);
        return;
      case Wanted::transformation:
        for (const parser::TransformationInfo& row : parser::transformations()) {
          offer_row(row, kItemFunction);
        }
        return;
      case Wanted::ctl:
        for (const parser::CtlInfo& row : parser::ctls()) offer_row(row, kItemProperty, "=");
        return;
      case Wanted::phase:
        for (const std::string_view phase : {"1", "2", "3", "4", "5"}) offer_word(phase);
        return;
      case Wanted::severity:
        for (const std::string_view name : parser::kSeverityNames) offer_word(name);
        return;
      case Wanted::macro:
        return offer_macros();
    }
  }

  template <typename Row>
  void offer_row(const Row& row, int kind, std::string_view more = {}) {
    items_.push_back(
        {fmt::format("{}{}", row.name, more), kind, std::string(row.doc), markdown(row), {}});
  }

  void offer_word(std::string_view word) {
    items_.push_back({std::string(word), kItemValue, {}, {}, {}});
  }

  void offer_choices(std::string_view choices) {
    while (!choices.empty()) {
      const size_t bar = choices.find('|');
      offer_word(choices.substr(0, bar));
      choices = bar == std::string_view::npos ? std::string_view() : choices.substr(bar + 1);
    }
  }

  void offer_directives() {
    for (const parser::DirectiveInfo& row : parser::directives()) offer_row(row, kItemKeyword);
    if (!workspace_.client.snippets) return;
    items_.push_back(
        {"SecRule ...",
         kItemSnippet,
         "a rule with what it needs",
         {},
         fmt::format("SecRule ${{1:ARGS}} \"@${{2:rx}} ${{3}}\" \\\n    \"id:${{4:{}}},\\\n"
                     "    phase:${{5:2}},\\\n    deny,\\\n    status:403,\\\n    t:none,\\\n"
                     "    msg:'${{6}}'\"",
                     free_id())});
  }

  void offer_action(const parser::ActionInfo& row) {
    offer_row(row, kItemProperty, row.argument == parser::Argument::Required ? ":" : "");
  }

  void offer_operators() {
    for (const parser::OperatorInfo& row : parser::operators()) {
      items_.push_back(
          {fmt::format("@{}", row.name), kItemFunction, std::string(row.doc), markdown(row), {}});
    }
  }

  /// The rulesets as they were last loaded: names need not be of this moment.
  std::vector<const Snapshot*> snapshots() {
    return workspace_.known_snapshots(place_.document->path());
  }

  void offer_ids() {
    for (const Snapshot* const snapshot : snapshots()) {
      for (const parser::Rule& rule : snapshot->model().rules) {
        if (!rule.is_starter() || !rule.id || full()) continue;
        const parser::ActionUse* const message = rule.find(Action::msg);
        items_.push_back({std::to_string(*rule.id),
                          kItemReference,
                          message == nullptr ? std::string() : readable(message->raw),
                          {},
                          {}});
      }
    }
  }

  bool full() {
    if (items_.size() < kMaxNames) return false;
    cut_ = true;
    return true;
  }

  /// One above the largest id of the document; 1000000 where it has none.
  uint64_t free_id() {
    uint64_t last = 0;
    for (const Directive& directive : place_.text->directives) {
      const parser::ActionUse* const id = directive.find(Action::id);
      const bool here =
          directive.node->span.begin <= place_.offset && place_.offset <= directive.node->span.end;
      if (id == nullptr || here || !std::holds_alternative<uint64_t>(id->value)) continue;
      last = std::max(last, id->number());
    }
    uint64_t id = last == 0 ? 1'000'000 : last + 1;
    for (const Snapshot* const snapshot : snapshots()) {
      while (snapshot->model().find(id) != nullptr) ++id;
    }
    return id;
  }

  void offer_new_id() {
    items_.push_back({std::to_string(free_id()), kItemValue, "not used", {}, {}});
  }

  void offer_names(SymbolKind kind) {
    std::map<std::string, size_t> names;
    for (const Snapshot* const snapshot : snapshots()) {
      for (const Occurrence& each : occurrences(*snapshot)) {
        if (each.symbol.kind == kind && each.defines) ++names[each.symbol.name];
      }
    }
    for (const auto& [name, count] : names) {
      if (full()) return;
      items_.push_back({name,
                        kItemReference,
                        kind == SymbolKind::tag ? fmt::format("{} rules", count) : std::string(),
                        {},
                        {}});
    }
  }

  /// Names in TX and the persistent collections, as setvar and macros write them.
  void offer_variables() {
    std::set<std::string> names;
    for (const Snapshot* const snapshot : snapshots()) {
      for (const lint::TxVariable& variable : snapshot->analysis().tx().variables()) {
        if (!variable.is_capture())
          names.insert(lint::tx_title(variable.collection, variable.name));
      }
    }
    for (const std::string& name : names) {
      if (!full()) items_.push_back({name, kItemVariable, {}, {}, {}});
    }
  }

  void offer_macros() {
    offer_variables();
    for (const parser::VariableInfo& row : parser::variables()) offer_row(row, kItemVariable);
  }

  void offer_selectors() {
    std::set<std::string> names;
    for (const Snapshot* const snapshot : snapshots()) {
      for (const parser::Rule& rule : snapshot->model().rules) {
        for (const parser::Target& target : rule.targets) {
          if (target.variable != cursor_.variable ||
              target.selector.kind != parser::SelectorKind::name) {
            continue;
          }
          names.insert(target.selector.text);
        }
      }
      for (const lint::TxVariable& variable : snapshot->analysis().tx().variables()) {
        if (variable.collection == cursor_.variable) names.insert(variable.name);
      }
    }
    for (const std::string& name : names) {
      if (!full()) items_.push_back({readable(name), kItemProperty, {}, {}, {}});
    }
  }

  /// Rules and data beside the document, and what is below the folder that is written.
  void offer_files() {
    const std::string& path = place_.document->path();
    const size_t slash = cursor_.word.rfind('/');
    const std::string folder =
        slash == std::string::npos ? std::string() : cursor_.word.substr(0, slash + 1);
    const std::filesystem::path base = folder.starts_with('/')
                                           ? std::filesystem::path(folder)
                                           : std::filesystem::path(path).parent_path() / folder;
    if (!workspace_.disk().check(base.string())) return;
    std::error_code error;
    for (std::filesystem::directory_iterator it(base, error), end; !error && it != end;
         it.increment(error)) {
      const std::string name = it->path().filename().string();
      if (name.starts_with('.') || full()) continue;
      const bool is_folder = it->is_directory(error);
      items_.push_back({folder + name + (is_folder ? "/" : ""), kItemFile, {}, {}, {}});
    }
    std::ranges::sort(items_, {}, &CompletionItem::label);
  }

  void write_item(JsonWriter& json, const CompletionItem& item) {
    const RulesText& text = *place_.text;
    json.begin_object();
    json.member("label", item.label);
    json.key("kind");
    json.number(item.kind);
    if (!item.detail.empty()) json.member("detail", item.detail);
    if (!item.documentation.empty()) {
      json.key("documentation");
      json.begin_object();
      json.member("kind", "markdown");
      json.member("value", item.documentation);
      json.end_object();
    }
    if (!item.snippet.empty()) {
      json.key("insertTextFormat");
      json.number(kItemSnippetFormat);
    }
    json.member("filterText", item.label);
    json.key("textEdit");
    json.begin_object();
    json.key("range");
    const auto size = static_cast<uint32_t>(cursor_.word.size());
    const uint32_t begin = place_.offset - std::min(size, place_.offset);
    write(json, range_at(text.outer(), text.to_outer(begin), text.to_outer(place_.offset),
                         workspace_.client.encoding));
    json.member("newText", item.snippet.empty() ? item.label : item.snippet);
    json.end_object();
    json.end_object();
  }

  Workspace& workspace_;
  const RulesPlace& place_;
  const Cursor cursor_;
  std::vector<CompletionItem> items_;
  bool cut_ = false;
};

}  // namespace

Reply completion(const Call& call) {
  const auto place = call.workspace.place(call.params);
  return place ? Reply(Completer(call.workspace, *place).answer()) : nothing();
}

}  // namespace wafcheck::cli::lsp
