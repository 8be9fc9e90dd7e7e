#include "cli/lsp/occurrence.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "lint/analysis/tx.h"
#include "parser/base/ascii.h"
#include "parser/base/lines.h"
#include "parser/language/language.h"

namespace wafcheck::cli::lsp {

using parser::Action;
using parser::ActionUse;
using parser::DirectiveForm;
using parser::Span;

namespace {

/// The keys of tests beside or below which numbers name rules.
constexpr std::string_view kTestKeys[] = {"rule_id",     "ids",   "log_contains",
                                          "match_regex", "id \"", "id:"};

std::optional<uint64_t> number_of(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

size_t find_caseless(std::string_view text, std::string_view part) {
  for (size_t at = 0; at + part.size() <= text.size(); ++at) {
    if (iequals(text.substr(at, part.size()), part)) return at;
  }
  return std::string_view::npos;
}

class Collector {
 public:
  explicit Collector(const Snapshot& snapshot) : snapshot_(snapshot), model_(snapshot.model()) {}

  std::vector<Occurrence> collect() {
    for (const parser::LoadedFile& file : model_.files) {
      for (const parser::DirectiveNode& node : file.tree.directives) take_directive(node);
    }
    for (const parser::Rule& rule : model_.rules) {
      take_files(rule);
      for (const parser::Target& target : rule.targets) take_target(target);
      take_macros(rule.op.text);
      for (const ActionUse& use : rule.actions) take_action(rule, use);
    }
    for (const parser::Update& update : model_.updates) {
      for (const ActionUse& use : update.actions) take_words(use);
    }
    return std::move(out_);
  }

 private:
  void add(SymbolKind kind, std::string name, Span span, bool defines = false) {
    if (span.end <= span.begin) return;
    out_.push_back({{kind, std::move(name)}, span, defines, {}, true});
  }

  void take_directive(const parser::DirectiveNode& node) {
    const auto id = parser::find_directive(node.name);
    if (!id || node.arguments.empty()) return;
    const parser::DirectiveInfo& row = parser::info(*id);
    const parser::Text& first = node.arguments[0].text;
    switch (row.form) {
      case DirectiveForm::Marker:
        return add(SymbolKind::marker, first.str(), first.span(), true);
      case DirectiveForm::Include:
        return take_include(node);
      case DirectiveForm::RemoveById:
        for (const parser::ArgumentNode& each : node.arguments) take_ids(each.text.span());
        return;
      case DirectiveForm::UpdateTargetById:
        for (const parser::ArgumentNode& each : node.arguments) {
          if (each.text.view().find_first_not_of("0123456789-, ") == std::string_view::npos) {
            take_ids(each.text.span());
          }
        }
        return;
      case DirectiveForm::UpdateActionById:
        return take_ids(first.span(0, std::min(first.view().find(':'), first.size())));
      case DirectiveForm::RemoveByText:
      case DirectiveForm::UpdateTargetByText:
        if (row.name.ends_with("ByTag")) add(SymbolKind::tag, first.str(), first.span());
        return;
      default:
        return;
    }
  }

  void take_include(const parser::DirectiveNode& node) {
    for (const parser::LoadedFile& file : model_.files) {
      if (file.included_by != node.span) continue;
      const std::string& path = snapshot_.path_of(file.file);
      add(SymbolKind::file, path, node.arguments[0].text.span());
      out_.back().whole = ends_with_name(node.arguments[0].text.view(), path);
    }
  }

  static bool ends_with_name(std::string_view written, std::string_view path) {
    return written.substr(written.rfind('/') + 1) == path.substr(path.rfind('/') + 1);
  }

  void take_files(const parser::Rule& rule) {
    for (const auto& [begin, end] : parser::data_file_names(rule.op, model_.semantics())) {
      const std::string name(rule.op.argument.view().substr(begin, end - begin));
      const Span span = rule.op.argument.span(begin, end);
      add(SymbolKind::file, snapshot_.files().canonical(parser::find_data_file(model_, span, name)),
          span);
    }
  }

  /// Numbers and ranges of them.
  void take_ids(Span span) {
    const std::string_view text = model_.sources.text(span);
    for (size_t at = text.find_first_of("0123456789"); at < text.size();
         at = text.find_first_of("0123456789", at)) {
      size_t end = std::min(text.find_first_not_of("0123456789-", at), text.size());
      const std::string_view word = text.substr(at, end - at);
      const size_t dash = word.find('-');
      const auto first = number_of(word.substr(0, dash));
      const auto last = dash == std::string_view::npos ? first : number_of(word.substr(dash + 1));
      if (first && last) {
        const auto begin = span.begin + static_cast<uint32_t>(at);
        add(SymbolKind::id, std::string(word),
            {span.file, begin, begin + static_cast<uint32_t>(word.size())});
        out_.back().ids = {*first, *last};
        out_.back().whole = dash == std::string_view::npos;
      }
      at = end;
    }
  }

  /// A value without the apostrophes around it.
  Span bare(Span span) const {
    std::string_view text = model_.sources.text(span);
    while (!text.empty() && (text.front() == '\'' || text.front() == '"')) {
      text.remove_prefix(1);
      ++span.begin;
    }
    while (!text.empty() && (text.back() == '\'' || text.back() == '"')) {
      text.remove_suffix(1);
      --span.end;
    }
    return span;
  }

  void take_action(const parser::Rule& rule, const ActionUse& use) {
    if (use.id == Action::id && !use.updated && rule.is_starter()) {
      take_ids(bare(use.value_span));
      if (!out_.empty() && out_.back().span == bare(use.value_span)) out_.back().defines = true;
    }
    take_words(use);
  }

  void take_words(const ActionUse& use) {
    take_assignment(use);
    if (use.id == Action::tag) add(SymbolKind::tag, use.raw, bare(use.value_span), true);
    if (use.id == Action::skipAfter) add(SymbolKind::marker, use.raw, bare(use.value_span));
    const auto* const ctl = std::get_if<parser::CtlUse>(&use.value);
    if (ctl == nullptr || !parser::removes_rules(ctl->option)) return;
    const Span value = bare(use.value_span);
    const std::string_view text = model_.sources.text(value);
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) return;
    const size_t end = std::min(text.find(';', equals), text.size());
    const Span filter{value.file, value.begin + static_cast<uint32_t>(equals) + 1,
                      value.begin + static_cast<uint32_t>(end)};
    if (ctl->filter.kind == parser::RuleFilter::Kind::id) take_ids(filter);
    if (ctl->filter.kind == parser::RuleFilter::Kind::tag && !ctl->filter.regex) {
      add(SymbolKind::tag, ctl->filter.text, bare(filter));
    }
  }

  // Variables: in rules that are removed, too, which the index of TX leaves out.

  static bool is_stored(parser::Variable variable) {
    return variable == parser::Variable::TX ||
           parser::info(variable).kind == parser::VariableKind::Persistent;
  }

  void take_target(const parser::Target& target) {
    if (!is_stored(target.variable) || target.selector.kind != parser::SelectorKind::name) return;
    add_variable(target.variable, target.selector.text, target.selector.span, false);
  }

  void take_macros(const parser::MacroText& text) {
    for (const parser::MacroPart& part : text.parts) {
      if (!part.is_variable || !is_stored(part.variable) || part.text.empty()) continue;
      add_variable(part.variable, part.text, part.span, false);
    }
  }

  void take_assignment(const ActionUse& use) {
    if (const auto* const set = std::get_if<parser::Setvar>(&use.value)) {
      if (set->name.literal()) {
        add_variable(set->collection, set->name.literal_text(), use.value_span,
                     set->operation != parser::SetvarOperation::unset);
      }
      take_macros(set->name);
      take_macros(set->value);
    }
    const auto* const member = std::get_if<parser::CollectionUse>(&use.value);
    if (member != nullptr && parser::info(use.id).form == parser::ActionForm::Member &&
        member->key.literal()) {
      add_variable(member->collection, member->key.literal_text(), use.value_span, false);
    }
    if (const auto* const text = std::get_if<parser::MacroText>(&use.value)) take_macros(*text);
  }

  /// `around`: the name, perhaps with "tx." or "TX:" in front.
  void add_variable(parser::Variable collection, std::string_view name, Span around, bool defines) {
    const std::string_view text = model_.sources.text(around);
    const size_t prefix = text.find_first_of(".:");
    const bool bare = prefix == std::string_view::npos || iequals(text, name);
    const size_t from = bare ? 0 : prefix + 1;
    const size_t at = find_caseless(text.substr(from), name);
    if (name.empty() || at == std::string_view::npos) return;
    const auto begin = static_cast<uint32_t>(around.begin + from + at);
    add(SymbolKind::variable, lowercase(lint::tx_title(collection, name)),
        {around.file, begin, begin + static_cast<uint32_t>(name.size())}, defines);
  }

  const Snapshot& snapshot_;
  const parser::RulesetModel& model_;
  std::vector<Occurrence> out_;
};

}  // namespace

std::vector<Occurrence> occurrences(const Snapshot& snapshot) {
  return Collector(snapshot).collect();
}

bool is_of(const Occurrence& occurrence, const Occurrence& other) {
  if (occurrence.symbol.kind != other.symbol.kind) return false;
  if (occurrence.symbol.kind != SymbolKind::id) return occurrence.symbol.name == other.symbol.name;
  return occurrence.ids.first <= other.ids.last && other.ids.first <= occurrence.ids.last;
}

std::optional<OccurrenceAt> occurrence_at(Workspace& workspace, const RulesPlace& place) {
  for (const Snapshot* const snapshot : workspace.snapshots(place.document->path())) {
    const auto file = snapshot->file(place.document->path(), place.number);
    if (!file) continue;
    for (Occurrence& each : occurrences(*snapshot)) {
      if (each.span.file == *file && each.span.begin <= place.offset &&
          place.offset <= each.span.end) {
        return OccurrenceAt{snapshot, std::move(each)};
      }
    }
  }
  return std::nullopt;
}

std::vector<Location> places_in_tests(Workspace& workspace, uint64_t id) {
  const std::string digits = std::to_string(id);
  std::vector<Location> places;
  for (const std::string& path : workspace.test_files()) {
    const Result<std::string> bytes = workspace.files.read(path);
    if (!bytes || bytes->size() > parser::kMaxFileBytes) continue;
    if (bytes->find(digits) == std::string::npos || bytes->find("tests:") == std::string::npos) {
      continue;
    }
    const parser::Source source = parser::make_source(path, *bytes);
    for (const std::string_view line : split_lines(source.bytes)) {
      const std::string_view text = trim(line);
      const bool item = text.starts_with("- ");
      for (size_t at = line.find(digits); at != std::string_view::npos;
           at = line.find(digits, at + 1)) {
        const size_t end = at + digits.size();
        const bool keyed = std::ranges::any_of(
            kTestKeys, [&](std::string_view key) { return line.find(key) < at; });
        const bool alone = (at == 0 || !is_alnum(static_cast<unsigned char>(line[at - 1]))) &&
                           (end == line.size() || !is_alnum(static_cast<unsigned char>(line[end])));
        if (!alone || (!keyed && !(item && text.substr(2) == digits))) continue;
        const auto begin = static_cast<uint32_t>(line.data() - source.bytes.data() + at);
        places.push_back({workspace.files.canonical(path),
                          range_at(source, begin, begin + static_cast<uint32_t>(digits.size()),
                                   workspace.client.encoding)});
      }
    }
  }
  return places;
}

}  // namespace wafcheck::cli::lsp
