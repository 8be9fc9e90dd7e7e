// From files to the ruleset model: includes are followed, directives read one by one in load order,
// removals and updates folded in. Source: seclang reference, sections 1.3 to 1.9, 2.

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <span>
#include <system_error>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/includes.h"
#include "parser/ruleset/loader.h"
#include "parser/ruleset/resolve.h"
#include "parser/ruleset/scanned_lines.h"
#include "parser/ruleset/settings.h"

namespace wafcheck::parser::inline ruleset {
namespace {

/// All sources of one ruleset together; what includes multiply beyond it is no rules.
constexpr size_t kMaxTotalBytes = size_t{512} << 20;

/// A file that is not there is no rule that could be left out.
constexpr SyntaxCheck kFileChecks[] = {SyntaxCheck::file_unreadable, SyntaxCheck::include_not_found,
                                       SyntaxCheck::include_cycle, SyntaxCheck::include_limit,
                                       SyntaxCheck::findings_left_out};

/// A file that begins with so many unknown directives holds none at all.
constexpr size_t kMaxUnknown = 20;

}  // namespace

// --- files ---

RulesetModel Loader::load(const std::vector<std::string>& inputs) {
  read_first();
  read_context(inputs);
  read_inputs(inputs);
  load_directives();
  if (ruleset_.semantics().updates_any_order) {
    for (Update& update : ruleset_.updates) apply(update, count());
  }
  resolve_actions(ruleset_);
  settle();
  limit_.tell(diagnostics_, ruleset_.sources);
  if (options_.skip_invalid) spare_invalid();
  name_rules();
  std::ranges::stable_sort(diagnostics_, {}, [](const Diagnostic& diagnostic) {
    return std::pair(diagnostic.span.file, diagnostic.span.begin);
  });
  return std::move(ruleset_);
}

void Loader::read_inputs(const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    const auto before = static_cast<ptrdiff_t>(ruleset_.settings.size());
    load_input(input);
    if (!options_.merge_inputs) continue;
    std::ranges::rotate(ruleset_.settings, ruleset_.settings.begin() + before);
    default_actions_.clear();
  }
}

Diagnostic& Loader::tell(SyntaxCheck check, Span span, std::string message, std::string help) {
  return report(diagnostics_, check, span, std::move(message), std::move(help));
}

void Loader::settle() {
  limit_.trim(diagnostics_, settled_);
  settled_ = diagnostics_.size();
}

void Loader::tell_hard(SyntaxCheck check, Span span, std::string message, std::string help) {
  settle();
  tell(check, span, std::move(message), std::move(help));
  hard_.push_back(diagnostics_.size() - 1);
  settled_ = diagnostics_.size();
}

void Loader::read_first() {
  if (options_.first.empty()) return;
  load_input(options_.first);
  first_ = files_.canonical(options_.first);
}

void Loader::read_context(const std::vector<std::string>& inputs) {
  if (options_.context.empty()) return;
  for (const std::string& input : inputs) {
    for (const FoundFile& file : finder_.input(input).files) {
      named_.insert(files_.canonical(file.path));
    }
  }
  in_context_ = true;
  for (const std::string& input : options_.context) load_input(input);
  in_context_ = false;
}

void Loader::load_input(const std::string& input) {
  Found found = finder_.input(input);
  if (options_.search_below && found.matched && found.files.empty()) {
    found.files = finder_.below(input);
    if (!found.files.empty()) {
      Diagnostic& told =
          tell(SyntaxCheck::file_unreadable, {},
               fmt::format("{} holds no *.conf itself: the {} below it {} read", input,
                           found.files.size(), found.files.size() == 1 ? "is" : "are"));
      told.severity = Severity::info;
      told.effect = Effect::told;
    }
  }
  if (!found.matched) {
    tell(SyntaxCheck::file_unreadable, {}, fmt::format("cannot read {}", tried(found.tried)));
  } else if (found.files.empty()) {
    tell(SyntaxCheck::file_unreadable, {}, fmt::format("{} holds no *.conf", input),
         "name the rules files, or a directory that holds them");
  }
  load_found(std::move(found), std::nullopt);
}

void Loader::load_found(Found found, std::optional<Span> included_by) {
  for (FoundFile& file : found.files) {
    if (over_limit_) return;
    if (!file.bytes) {
      Result<std::string> bytes = files_.read(file.path);
      if (!bytes) {
        tell(SyntaxCheck::file_unreadable, included_by.value_or(Span{}),
             fmt::format("cannot read {} ({})", file.path, bytes.error().message));
        continue;
      }
      file.bytes = std::move(*bytes);
    }
    load_file(std::move(file.path), std::move(*file.bytes), included_by);
  }
}

void Loader::load_directives() {
  if (options_.directives.empty()) return;
  std::string lines;
  for (const std::string& directive : options_.directives) lines += directive + "\n";
  load_file("<command line>", std::move(lines), std::nullopt);
}

void Loader::load_file(std::string path, std::string bytes, std::optional<Span> included_by) {
  std::string canonical = files_.canonical(path);
  if (!first_.empty() && canonical == first_) return;
  const bool again = !in_context_ && open_.empty() && read_in_context_.contains(canonical);
  if (again || !may_open(canonical, bytes.size(), included_by)) return;
  const bool named = named_.contains(canonical);
  if (in_context_ && named) read_in_context_.insert(canonical);
  const bool outer = std::exchange(in_context_, in_context_ && !named);
  if (const auto read = read_.find(canonical); read != read_.end()) {
    read_again(read->second, {std::move(canonical), included_by});
    in_context_ = outer;
    return;
  }
  std::shared_ptr<const Embedding> embedding = files_.embedding(path);
  const FileId file = ruleset_.sources.add(std::move(path), std::move(bytes), std::move(embedding));
  const std::string_view text = ruleset_.sources[file].bytes;
  const size_t start = text.find_first_not_of("\xEF\xBB\xBF \t\r\n");
  if (start != std::string_view::npos && (text[start] == '{' || text[start] == '[')) {
    tell_hard(SyntaxCheck::unknown_directive,
              {file, static_cast<uint32_t>(start), static_cast<uint32_t>(start + 1)},
              "this is JSON, not rules", "wafcheck replay takes traffic: name it there");
    ruleset_.files.push_back({file, included_by, {}, in_context_});
    in_context_ = outer;
    return;
  }
  const size_t place = ruleset_.files.size();
  ruleset_.files.push_back({file, included_by, {}, in_context_});
  ruleset_.files[place].tree =
      parse_syntax(ruleset_.sources, file, ruleset_.semantics(), diagnostics_);
  settle();
  read_.emplace(canonical, place);
  read_tree(place, {std::move(canonical), included_by});
  in_context_ = outer;
}

void Loader::read_again(size_t place, OpenFile open) {
  ruleset_.files[place].context = ruleset_.files[place].context && in_context_;
  ruleset_.files[place].repeated = true;
  settle();
  limit_.repeat(ruleset_.files[place].file, diagnostics_);
  read_tree(place, std::move(open));
}

void Loader::read_tree(size_t place, OpenFile open) {
  open_.push_back(std::move(open));
  read_directives(place);
  open_.pop_back();
  if (open_.empty()) {  // otherwise what follows in the includer may be a link
    end_chain(true);
    link_lost_ = false;
  }
}

void Loader::read_directives(size_t place) {
  // A copy: an Include adds to the files, and moves them.
  const FileId file = ruleset_.files[place].file;
  const std::span<const DirectiveNode> directives = ruleset_.files[place].tree.directives;
  const std::span<const uint32_t> sections = ruleset_.files[place].tree.sections;
  size_t unknown = 0;
  size_t section = 0;
  for (size_t i = 0; i < directives.size() && !over_limit_; ++i) {
    const DirectiveNode& node = directives[i];
    const size_t next = i + 1 < directives.size() ? directives[i + 1].span.begin
                                                  : ruleset_.sources[file].bytes.size();
    rest_ = {node.span.file, node.span.begin, static_cast<uint32_t>(next)};
    unknown += find_directive(node.name) || is_apache_directive(node.name) ? 0 : 1;
    for (; section < sections.size() && sections[section] < node.span.begin; ++section) {
      end_chain(false);
      link_lost_ = false;
    }
    read_directive(node);
    settle();
    if (ruleset_.semantics().lines_as_scanned) {
      open_.back().lines_uncounted += uncounted_lines(node, ruleset_.sources[file].bytes, next);
    }
    count_items(node);
    if (unknown == kMaxUnknown && i + 1 == unknown) {
      tell_hard(SyntaxCheck::unknown_directive, node.name_span,
                "this does not look like a rules file; the rest of it is not read");
      return;
    }
  }
}

void Loader::count_items(const DirectiveNode& node) {
  items_ += 1 + node.arguments.size();
  items_of_ = std::min(items_of_, ruleset_.rules.size());
  for (; items_of_ < ruleset_.rules.size(); ++items_of_) {
    items_ += ruleset_.rules[items_of_].targets.size() + ruleset_.rules[items_of_].actions.size();
  }
  if (items_ <= kMaxItems || std::exchange(over_limit_, true)) return;
  tell(SyntaxCheck::include_limit, node.name_span,
       fmt::format("there are more than {} directives, arguments, targets and actions; no rule is "
                   "read from here on",
                   kMaxItems));
}

bool Loader::may_open(const std::string& canonical, size_t size, std::optional<Span> included_by) {
  const Span span = included_by.value_or(Span{});
  const auto same = std::ranges::find(open_, canonical, &OpenFile::canonical);
  if (same != open_.end()) {
    Diagnostic& diagnostic =
        tell(SyntaxCheck::include_cycle, span, fmt::format("{} includes itself", canonical));
    if (same->included_by) {
      diagnostic.related.push_back({*same->included_by, "it was first included here"});
    }
    return false;
  }
  total_bytes_ += size;
  std::string over;
  if (open_.size() >= kMaxIncludeDepth) {
    over = fmt::format("includes are nested more than {} deep", kMaxIncludeDepth);
  } else if (++included_ > kMaxIncludes) {
    over = fmt::format("more than {} files are included", kMaxIncludes);
  } else if (size > kMaxFileBytes) {
    over = fmt::format("a file is larger than {} MiB", kMaxFileBytes >> 20);
  } else if (total_bytes_ > kMaxTotalBytes) {
    over = fmt::format("the files are larger than {} MiB together", kMaxTotalBytes >> 20);
  }
  if (over.empty()) return true;
  // Reported once: a ruleset that gets here has thousands more of them.
  if (!std::exchange(over_limit_, true)) tell(SyntaxCheck::include_limit, span, over);
  return false;
}

void Loader::read_include(const DirectiveNode& node, const DirectiveInfo& row) {
  if (!check_argument_count(node, row, 1, 1, diagnostics_) || over_limit_) return;
  const ArgumentNode& name = node.arguments[0];
  const std::string& from = ruleset_.sources[node.span.file].path;
  Found found = finder_.include(from, name.text.str());
  const bool told = found.files.empty() && tell_unread(found, name.span);
  if (found.files.empty() && !told && row.id != Directive::IncludeOptional) {
    tell(SyntaxCheck::include_not_found, name.span,
         found.matched ? fmt::format("{} holds no *.conf", shown(name.text.view()))
                       : fmt::format("there is no {}", shown(name.text.view())),
         found.matched ? std::string() : fmt::format("looked at {}", tried(found.tried)));
  }
  load_found(std::move(found), node.span);
}

bool Loader::tell_unread(const Found& found, Span span) {
  bool told = false;
  const std::string missing = std::generic_category().message(ENOENT);
  const std::string not_below = std::generic_category().message(ENOTDIR);
  for (const auto& [place, why] : found.tried) {
    const bool is_there = why != missing && why != not_below && why != kNoFileMatches;
    if (!is_there || why == kPlaceUnknown) continue;
    tell(SyntaxCheck::file_unreadable, span, fmt::format("cannot read {} ({})", place, why));
    told = true;
  }
  return told;
}

// --- directives ---

void Loader::read_directive(const DirectiveNode& node) {
  const std::optional<Directive> id = find_directive(node.name);
  if (!id) return read_unknown(node);
  const DirectiveInfo& row = info(*id);
  if (row.support == Support::Rejected && ignorable(node)) return;
  if (row.support == Support::Rejected) {
    tell(SyntaxCheck::unsupported_feature, node.name_span,
         fmt::format("{} cannot be evaluated without a server", row.name), std::string(row.doc));
  }
  const bool is_rule = row.form == DirectiveForm::Rule || row.form == DirectiveForm::Action ||
                       row.form == DirectiveForm::Script;
  if (node.broken) {
    if (options_.skip_invalid) drop(node.span, std::nullopt, "it cannot be parsed");
    return lose_rule();
  }
  if (!is_rule && row.form != DirectiveForm::Include) {
    if (!ruleset_.semantics().chain_spans_directives) end_chain(false);
    link_lost_ = false;
  }
  const size_t before = diagnostics_.size();
  read_known(node, row);
  const bool may_drop = options_.skip_invalid && !is_rule && row.form != DirectiveForm::Include;
  if (const Diagnostic* error = may_drop ? error_since(before) : nullptr) {
    drop(node.span, std::nullopt, error->message);
  }
}

void Loader::read_known(const DirectiveNode& node, const DirectiveInfo& row) {
  switch (row.form) {
    case DirectiveForm::Rule:
    case DirectiveForm::Action:
    case DirectiveForm::Script:
      return read_rule(node, row);
    case DirectiveForm::Include:
      return read_include(node, row);
    case DirectiveForm::Marker:
      return read_marker(node, row);
    case DirectiveForm::DefaultAction:
      return read_default_action(node, row);
    case DirectiveForm::Dataset:
      return read_dataset(node, row);
    case DirectiveForm::RemoveById:
    case DirectiveForm::RemoveByText:
    case DirectiveForm::UpdateTargetById:
    case DirectiveForm::UpdateTargetByText:
    case DirectiveForm::UpdateActionById:
      return read_update_directive(node, row);
    default:
      return read_setting_directive(node, row);
  }
}

void Loader::read_unknown(const DirectiveNode& node) {
  if (node.broken || is_apaches(node)) return;
  const std::string_view near = nearest_directive(node.name);
  std::string help = did_you_mean(near);
  if (node.name.starts_with("\xE2\x80")) help = "write \" for each typographic quote";
  suggest(tell(SyntaxCheck::unknown_directive, node.name_span,
               fmt::format("unknown directive {}", shown(node.name)), std::move(help)),
          node.name_span, near);
  if (options_.skip_invalid) drop(node.span, std::nullopt, diagnostics_.back().message);
  lose_rule();
}

bool Loader::is_apaches(const DirectiveNode& node) {
  if (!is_apache_directive(node.name) || !ruleset_.semantics().apache_directives) return false;
  tell(SyntaxCheck::apache_directive, node.name_span,
       fmt::format("{} is a directive of Apache's, and is not evaluated", node.name),
       "only ModSecurity 2 under Apache takes it")
      .effect = Effect::told;
  return true;
}

void Loader::lose_rule() {
  if (drops_rules() && pending_) remove_chain(pending_->starter);
  pending_.reset();
  place_held_actions();
  link_lost_ = ruleset_.sources.text(rest_).find("chain") != std::string_view::npos;
}

// --- what is left out ---

const Diagnostic* Loader::error_since(size_t begin) const {
  const auto error = std::find_if(
      diagnostics_.begin() + static_cast<ptrdiff_t>(begin), diagnostics_.end(),
      [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::error; });
  return error == diagnostics_.end() ? nullptr : &*error;
}

void Loader::drop(Span span, std::optional<uint64_t> id, std::string reason) {
  ruleset_.dropped.push_back({span, id, std::move(reason)});
}

void Loader::remove_chain(RuleIndex starter) {
  const std::optional<uint64_t> id = ruleset_.rules[starter].id;
  if (id) {
    const auto known = ruleset_.by_id.find(*id);
    if (known != ruleset_.by_id.end() && known->second == starter) ruleset_.by_id.erase(known);
  }
  ruleset_.rules.erase(ruleset_.rules.begin() + starter, ruleset_.rules.end());
  pending_.reset();
}

void Loader::spare_invalid() {
  for (size_t i = 0; i < diagnostics_.size(); ++i) {
    Diagnostic& diagnostic = diagnostics_[i];
    const bool of_file = std::ranges::any_of(kFileChecks, [&](SyntaxCheck check) {
      return diagnostic.row == static_cast<CheckRow>(check);
    });
    if (diagnostic.severity != Severity::error || of_file) continue;
    if (std::ranges::find(hard_, i) != hard_.end()) continue;
    diagnostic.severity = Severity::warning;
    diagnostic.effect = Effect::dropped;
  }
}

bool Loader::ignorable(const DirectiveNode& node) {
  return node.arguments.size() == 1 && iequals(node.arguments[0].text.view(), "Off");
}

void Loader::read_marker(const DirectiveNode& node, const DirectiveInfo& row) {
  if (!check_argument_count(node, row, 1, 1, diagnostics_)) return;
  const ArgumentNode& name = node.arguments[0];
  if (name.text.empty()) {
    tell(SyntaxCheck::invalid_directive_argument, name.span, "a marker needs a name");
    return;
  }
  ruleset_.markers.push_back({name.text.str(), node.span, count()});
}

void Loader::read_dataset(const DirectiveNode& node, const DirectiveInfo& row) {
  if (!check_argument_count(node, row, 2, 2, diagnostics_)) return;
  Dataset dataset{node.arguments[0].text.str(), {}, node.span};
  std::string_view lines = node.arguments[1].text.view();
  while (!lines.empty()) {
    const size_t end = std::min(lines.find_first_of("\r\n"), lines.size());
    const std::string_view entry = trim(lines.substr(0, end));
    if (!entry.empty() && !entry.starts_with('#')) dataset.entries.emplace_back(entry);
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  ruleset_.datasets.push_back(std::move(dataset));
}

void Loader::read_setting_directive(const DirectiveNode& node, const DirectiveInfo& row) {
  std::optional<Setting> setting = read_setting(node, row, ruleset_.semantics(), diagnostics_);
  if (!setting) return;
  if (row.form == DirectiveForm::MapFile) find_map(setting->arguments[0]);
  if (row.id == Directive::SecIgnoreRuleCompilationErrors) {
    ignore_rule_errors_ = iequals(setting->arguments[0].view(), "On");
  }
  ruleset_.settings.push_back(std::move(*setting));
}

void Loader::find_map(Text& path) {
  constexpr std::string_view kName = "unicode.mapping";
  const std::string shipped = fmt::format("{}/{}", options_.shipped_rules, kName);
  const Result<std::string> bytes = read_data_file(ruleset_, files_, path.span(), path.str());
  const bool replaceable = path.view().ends_with(kName) && !options_.shipped_rules.empty();
  if (bytes || !replaceable || !files_.read(shipped)) return check_data_file(path);
  Diagnostic& told =
      tell(SyntaxCheck::missing_data_file, path.span(),
           fmt::format("{}; the one that comes with wafcheck serves", bytes.error().message),
           "put it there before an engine loads these rules");
  told.severity = Severity::warning;
  told.effect = Effect::told;
  Text found(path.file());
  for (const char byte : shipped) found.append(byte, path.span().begin);
  path = std::move(found);
}

void Loader::check_data_file(const Text& path) {
  const Result<std::string> bytes = read_data_file(ruleset_, files_, path.span(), path.str());
  if (!bytes) tell(SyntaxCheck::missing_data_file, path.span(), bytes.error().message);
}

void Loader::read_update_directive(const DirectiveNode& node, const DirectiveInfo& row) {
  std::optional<Update> update = read_update(node, row, ruleset_.semantics(), diagnostics_);
  if (!update) return;
  const bool none = ruleset_.rules.empty() && ruleset_.markers.empty();
  const bool needs_rules = row.form == DirectiveForm::UpdateTargetById;
  if (none && needs_rules && ruleset_.semantics().update_needs_ruleset) {
    tell(SyntaxCheck::invalid_rule_id, node.arguments[0].span,
         "this engine takes no update in front of all rules", "put the update behind the rule");
  }
  update->before = count();
  if (!ruleset_.semantics().updates_any_order) apply(*update, count());
  if (ruleset_.semantics().update_needs_rule) check_updated(*update, node.arguments[0].span);
  ruleset_.updates.push_back(std::move(*update));
}

void Loader::check_updated(const Update& update, Span names) {
  const DirectiveForm form = info(update.id).form;
  if (form != DirectiveForm::UpdateTargetById && form != DirectiveForm::UpdateActionById) return;
  for (const IdRange& range : update.filter.ids) {
    if (range.first != range.last) continue;
    const auto rule = ruleset_.by_id.find(range.first);
    if (rule != ruleset_.by_id.end() && !ruleset_.rules[rule->second].removed()) continue;
    tell(SyntaxCheck::invalid_rule_id, names,
         fmt::format("there is no rule {} to update", range.first),
         "put the update behind the rule");
  }
}

void Loader::apply(Update& update, RuleIndex end) {
  if (updated_rules_ > kMaxUpdateHits) return;
  updated_rules_ += updater_.apply(update, end);
  if (updated_rules_ > kMaxUpdateHits) {
    tell(SyntaxCheck::include_limit, update.span,
         fmt::format("updates name more than {} rules", kMaxUpdateHits));
  }
}

std::optional<RulesetModel> extend_model(std::shared_ptr<const RulesetModel> base,
                                         const std::vector<std::string>& inputs,
                                         const LoadOptions& options) {
  return Loader(options).extend(std::move(base), inputs);
}

RulesetModel load_model(const std::vector<std::string>& inputs, const LoadOptions& options) {
  return Loader(options).load(inputs);
}

}  // namespace wafcheck::parser::inline ruleset
