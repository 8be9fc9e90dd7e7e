// From files to the ruleset model: includes are followed, directives read one by one in load order,
// chains joined, removals and updates folded in. Source: seclang reference, sections 1.3 to 1.9, 2.

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <span>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/files.h"
#include "parser/ruleset/includes.h"
#include "parser/ruleset/resolve.h"
#include "parser/ruleset/ruleset.h"
#include "parser/ruleset/scanned_lines.h"
#include "parser/ruleset/settings.h"
#include "parser/ruleset/updates.h"
#include "parser/syntax/finding_limit.h"
#include "parser/syntax/syntax_checks.h"

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

class Loader {
 public:
  explicit Loader(const LoadOptions& options)
      : options_(options),
        files_(options.files != nullptr ? *options.files : disk()),
        finder_(files_, options_),
        ruleset_(options.semantics != nullptr
                     ? *options.semantics
                     : semantics_of(Engine{options.profile, options.version})),
        diagnostics_(ruleset_.diagnostics) {}

  RulesetModel load(const std::vector<std::string>& inputs) {
    read_first();
    read_context(inputs);
    for (const std::string& input : inputs) load_input(input);
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

 private:
  struct Pending {
    RuleIndex starter;
    Span chain;  ///< the action that asks for a link
  };
  struct OpenFile {
    std::string canonical;
    std::optional<Span> included_by;
    uint32_t lines_uncounted = 0;  ///< so far, see uncounted_lines()
  };

  RuleIndex count() const { return static_cast<RuleIndex>(ruleset_.rules.size()); }

  Diagnostic& tell(SyntaxCheck check, Span span, std::string message, std::string help = {}) {
    return report(diagnostics_, check, span, std::move(message), std::move(help));
  }

  /// Removes the findings that are over the limit. Not while a directive is read, as what is made
  /// of it depends on what was found in it.
  void settle() {
    limit_.trim(diagnostics_, settled_);
    settled_ = diagnostics_.size();
  }

  /// An error that is never overlooked, and not subject to a limit.
  void tell_hard(SyntaxCheck check, Span span, std::string message, std::string help = {}) {
    settle();
    tell(check, span, std::move(message), std::move(help));
    hard_.push_back(diagnostics_.size() - 1);
    settled_ = diagnostics_.size();
  }

  // -- files
  // ---------------------------------------------------------------------------------------

  void read_first() {
    if (options_.first.empty()) return;
    load_input(options_.first);
    first_ = files_.canonical(options_.first);
  }

  /// What the inputs name is reported on, wherever it is read.
  void read_context(const std::vector<std::string>& inputs) {
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

  void load_input(const std::string& input) {
    Found found = finder_.input(input);
    if (found.matched && found.files.empty()) {
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

  void load_found(Found found, std::optional<Span> included_by) {
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

  void load_directives() {
    if (options_.directives.empty()) return;
    std::string lines;
    for (const std::string& directive : options_.directives) lines += directive + "\n";
    load_file("<command line>", std::move(lines), std::nullopt);
  }

  void load_file(std::string path, std::string bytes, std::optional<Span> included_by) {
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
    const FileId file = ruleset_.sources.add(std::move(path), std::move(bytes));
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

  /// A file that is included once more gives its rules once more, and no finding twice.
  void read_again(size_t place, OpenFile open) {
    ruleset_.files[place].context = ruleset_.files[place].context && in_context_;
    ruleset_.files[place].repeated = true;
    settle();
    limit_.repeat(ruleset_.files[place].file, diagnostics_);
    read_tree(place, std::move(open));
  }

  void read_tree(size_t place, OpenFile open) {
    open_.push_back(std::move(open));
    read_directives(place);
    open_.pop_back();
    if (open_.empty()) {  // otherwise what follows in the includer may be a link
      end_chain(true);
      link_lost_ = false;
    }
  }

  void read_directives(size_t place) {
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

  /// What is read takes many times the memory of its bytes, and includes multiply it.
  void count_items(const DirectiveNode& node) {
    items_ += 1 + node.arguments.size();
    items_of_ = std::min(items_of_, ruleset_.rules.size());
    for (; items_of_ < ruleset_.rules.size(); ++items_of_) {
      items_ += ruleset_.rules[items_of_].targets.size() + ruleset_.rules[items_of_].actions.size();
    }
    if (items_ <= kMaxItems || std::exchange(over_limit_, true)) return;
    tell(
        SyntaxCheck::include_limit, node.name_span,
        fmt::format("there are more than {} directives, arguments, targets and actions; no rule is "
                    "read from here on",
                    kMaxItems));
  }

  bool may_open(const std::string& canonical, size_t size, std::optional<Span> included_by) {
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

  void read_include(const DirectiveNode& node, const DirectiveInfo& row) {
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

  /// Reports what is there and cannot be read, be it optional; whether there is such a thing.
  bool tell_unread(const Found& found, Span span) {
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

  // -- directives
  // ----------------------------------------------------------------------------------

  void read_directive(const DirectiveNode& node) {
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

  void read_known(const DirectiveNode& node, const DirectiveInfo& row) {
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

  void read_unknown(const DirectiveNode& node) {
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

  /// A directive of the server's in a file that it includes: RequestHeader, ErrorDocument.
  bool is_apaches(const DirectiveNode& node) {
    if (!is_apache_directive(node.name) || !ruleset_.semantics().apache_directives) return false;
    tell(SyntaxCheck::apache_directive, node.name_span,
         fmt::format("{} is a directive of Apache's, and is not evaluated", node.name),
         "only ModSecurity 2 under Apache takes it")
        .effect = Effect::told;
    return true;
  }

  /// The directive may have been meant to be a rule, even one of a chain; neither it nor what would
  /// have been chained to it is worth a second report.
  void lose_rule() {
    if (drops_rules() && pending_) remove_chain(pending_->starter);
    pending_.reset();
    place_held_actions();
    link_lost_ = ruleset_.sources.text(rest_).find("chain") != std::string_view::npos;
  }

  // -- what is left out
  // ----------------------------------------------------------------------------

  bool drops_rules() const { return ignore_rule_errors_ || options_.skip_invalid; }

  /// The first error among the diagnostics from `begin` on; null: there is none.
  const Diagnostic* error_since(size_t begin) const {
    const auto error = std::find_if(
        diagnostics_.begin() + static_cast<ptrdiff_t>(begin), diagnostics_.end(),
        [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::error; });
    return error == diagnostics_.end() ? nullptr : &*error;
  }

  void drop(Span span, std::optional<uint64_t> id, std::string reason) {
    ruleset_.dropped.push_back({span, id, std::move(reason)});
  }

  /// A part of a chain is another rule: where a link is lost, nothing of the chain stays.
  void remove_chain(RuleIndex starter) {
    const std::optional<uint64_t> id = ruleset_.rules[starter].id;
    if (id) {
      const auto known = ruleset_.by_id.find(*id);
      if (known != ruleset_.by_id.end() && known->second == starter) ruleset_.by_id.erase(known);
    }
    ruleset_.rules.erase(ruleset_.rules.begin() + starter, ruleset_.rules.end());
    pending_.reset();
  }

  /// With --skip-invalid the errors of rules and directives are warnings, as these are left out.
  void spare_invalid() {
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

  /// SecStreamInBodyInspection Off and its like ask for nothing.
  static bool ignorable(const DirectiveNode& node) {
    return node.arguments.size() == 1 && iequals(node.arguments[0].text.view(), "Off");
  }

  void read_marker(const DirectiveNode& node, const DirectiveInfo& row) {
    if (!check_argument_count(node, row, 1, 1, diagnostics_)) return;
    const ArgumentNode& name = node.arguments[0];
    if (name.text.empty()) {
      tell(SyntaxCheck::invalid_directive_argument, name.span, "a marker needs a name");
      return;
    }
    ruleset_.markers.push_back({name.text.str(), node.span, count()});
  }

  void read_dataset(const DirectiveNode& node, const DirectiveInfo& row) {
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

  void read_setting_directive(const DirectiveNode& node, const DirectiveInfo& row) {
    std::optional<Setting> setting = read_setting(node, row, ruleset_.semantics(), diagnostics_);
    if (!setting) return;
    if (row.form == DirectiveForm::MapFile) find_map(setting->arguments[0]);
    if (row.id == Directive::SecIgnoreRuleCompilationErrors) {
      ignore_rule_errors_ = iequals(setting->arguments[0].view(), "On");
    }
    ruleset_.settings.push_back(std::move(*setting));
  }

  /// The map is the same everywhere: where the one that is named is missing, the shipped one
  /// serves.
  void find_map(Text& path) {
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

  void check_data_file(const Text& path) {
    const Result<std::string> bytes = read_data_file(ruleset_, files_, path.span(), path.str());
    if (!bytes) tell(SyntaxCheck::missing_data_file, path.span(), bytes.error().message);
  }

  void read_update_directive(const DirectiveNode& node, const DirectiveInfo& row) {
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

  /// What an update names by its number alone has to be there; of a range, any or none.
  void check_updated(const Update& update, Span names) {
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

  void apply(Update& update, RuleIndex end) {
    if (updated_rules_ > kMaxUpdateHits) return;
    updated_rules_ += updater_.apply(update, end);
    if (updated_rules_ > kMaxUpdateHits) {
      tell(SyntaxCheck::include_limit, update.span,
           fmt::format("updates name more than {} rules", kMaxUpdateHits));
    }
  }

  // -- default actions
  // -----------------------------------------------------------------------------

  void read_default_action(const DirectiveNode& node, const DirectiveInfo& row) {
    if (!check_argument_count(node, row, 1, 1, diagnostics_)) return;
    const size_t before = diagnostics_.size();
    auto action = std::make_unique<DefaultAction>();
    action->span = node.span;
    action->before = count();
    action->actions = parse_actions(node.arguments[0].text, ruleset_.semantics(), diagnostics_);
    const ActionUse* phase = nullptr;
    bool disruptive = false;
    for (const ActionUse& use : action->actions) {
      if (use.id == Action::phase) phase = &use;
      disruptive |= info(use.id).group == ActionGroup::Disruptive && use.id != Action::block;
      check_default(use);
      check_default_transformation(use);
    }
    // An action that could not be read may be the one that seems to be missing.
    if (!has_errors(diagnostics_, before)) check_complete(node, phase, disruptive);
    if (phase != nullptr) action->phase = static_cast<uint8_t>(phase->number());
    check_only_one(*action);
    ruleset_.default_actions.push_back(std::move(action));
  }

  void check_default(const ActionUse& use) {
    if (!info(use.id).traits.has(ActionTrait::RuleOnly)) return;
    tell(SyntaxCheck::defaultaction_conflict, use.span,
         fmt::format("{} belongs to a rule, not to SecDefaultAction", info(use.id).name),
         "remove it");
  }

  void check_default_transformation(const ActionUse& use) {
    if (use.id != Action::t || !ruleset_.semantics().default_none_is_error) return;
    if (std::get<Transformation>(use.value) != Transformation::none) return;
    tell(SyntaxCheck::defaultaction_conflict, use.span,
         "this engine takes no t:none in SecDefaultAction", "remove it");
  }

  void check_complete(const DirectiveNode& node, const ActionUse* phase, bool disruptive) {
    const Span span = node.arguments[0].span;
    if (phase == nullptr) {
      tell(SyntaxCheck::defaultaction_conflict, span, "SecDefaultAction names no phase",
           "add phase:2, or whichever it is for");
    }
    if (!disruptive) {
      tell(SyntaxCheck::defaultaction_conflict, span, "SecDefaultAction names no disruptive action",
           "add pass or deny");
    }
  }

  void check_only_one(const DefaultAction& action) {
    if (ruleset_.semantics().one_default_action) return;
    const auto [first, inserted] = default_actions_.try_emplace(action.phase, action.span);
    if (inserted) return;
    tell(SyntaxCheck::defaultaction_conflict, action.span,
         fmt::format("phase {} has a SecDefaultAction already", action.phase))
        .related.push_back({first->second, "the first one"});
  }

  // -- rules
  // ---------------------------------------------------------------------------------------

  void read_rule(const DirectiveNode& node, const DirectiveInfo& row) {
    const size_t before = rule_diagnostics_ = diagnostics_.size();
    std::optional<Rule> rule = parse_rule(node, row);
    const ActionUse* const written = rule ? last(*rule, Action::id) : nullptr;
    std::optional<uint64_t> id;
    if (pending_) {
      id = ruleset_.rules[pending_->starter].id;
    } else if (written != nullptr) {
      id = written->number();
    }
    if (rule && !(drops_rules() && error_since(before) != nullptr)) {
      const bool goes_on = last(*rule, Action::chain) != nullptr;
      const RuleIndex count_before = count();
      place_rule(std::move(*rule));
      if (drops_rules() && error_since(before) != nullptr && count() > count_before) {
        remove_chain(ruleset_.rules[count_before].starter);
        link_lost_ = goes_on;
      }
    } else {
      lose_rule();
    }
    tell_drop(node, id, before);
  }

  /// Says which rule is left out, or has no effect, for what was found from `begin` on.
  void tell_drop(const DirectiveNode& node, std::optional<uint64_t> id, size_t begin) {
    const Diagnostic* why = drops_rules() ? error_since(begin) : nullptr;
    for (size_t i = begin; i < diagnostics_.size() && why == nullptr; ++i) {
      if (diagnostics_[i].effect == Effect::dropped) why = &diagnostics_[i];
    }
    if (why == nullptr) return;
    drop(node.span, id, why->message);
    if (!ignore_rule_errors_) return;
    for (size_t i = begin; i < diagnostics_.size(); ++i) {
      if (diagnostics_[i].severity == Severity::error) diagnostics_[i].effect = Effect::dropped;
      diagnostics_[i].severity = std::min(diagnostics_[i].severity, Severity::warning);
    }
  }

  std::optional<Rule> parse_rule(const DirectiveNode& node, const DirectiveInfo& row) {
    Rule rule;
    rule.span = node.span;
    rule.name_span = node.name_span;
    rule.lines_uncounted = open_.back().lines_uncounted;
    size_t actions = 0;
    switch (row.form) {
      case DirectiveForm::Rule: {
        if (!check_argument_count(node, row, 2, 3, diagnostics_)) return std::nullopt;
        rule.targets = parse_targets(node.arguments[0].text, ruleset_.semantics(), diagnostics_);
        auto op = parse_operator(node.arguments[1].text, ruleset_.semantics(), diagnostics_);
        if (op) rule.op = std::move(*op);
        check_operator_file(rule.op);
        check_forms(rule);
        check_bare_collection(node, rule);
        actions = 2;
        break;
      }
      case DirectiveForm::Action:
        rule.kind = RuleKind::action;
        rule.op.id = Operator::unconditionalMatch;
        if (!check_argument_count(node, row, 1, 1, diagnostics_)) return std::nullopt;
        break;
      default:
        rule.kind = RuleKind::script;
        rule.op.id = Operator::unconditionalMatch;
        if (!check_argument_count(node, row, 1, 2, diagnostics_)) return std::nullopt;
        rule.script = node.arguments[0].text.str();
        actions = 1;
    }
    if (actions < node.arguments.size()) {
      rule.actions =
          parse_actions(node.arguments[actions].text, ruleset_.semantics(), diagnostics_);
    }
    return rule;
  }

  static const ActionUse* last(const Rule& rule, Action action) {
    const auto found =
        std::ranges::find(rule.actions.rbegin(), rule.actions.rend(), action, &ActionUse::id);
    return found == rule.actions.rend() ? nullptr : &*found;
  }

  void check_operator_file(const OperatorUse& op) {
    for (const auto& [begin, end] : data_file_names(op, ruleset_.semantics())) {
      check_data_file(op.argument.sub(begin, end));
    }
  }

  /// What some engines refuse of a rule's variables, with a selector or without one.
  void check_forms(const Rule& rule) {
    const Semantics& semantics = ruleset_.semantics();
    for (const Target& target : rule.targets) {
      const VariableInfo& row = info(target.variable);
      const bool selected = target.selector.kind != SelectorKind::none;
      const bool memberless = row.traits.has(VariableTrait::Memberless);
      const bool one_name = memberless && row.id != Variable::FILES_NAMES;
      const auto complain = [&](std::string message, std::string help) {
        tell(SyntaxCheck::invalid_target, target.span, std::move(message), std::move(help));
      };
      if (target.count && semantics.scalars_not_counted && (is_single(row) || one_name)) {
        complain(fmt::format("this engine counts no {}, which has one value", row.name),
                 "test the value");
      } else if (memberless && selected && semantics.lists_lack_members) {
        complain(fmt::format("in this engine {} has no members to select", row.name),
                 fmt::format("write {}", row.name));
      }
      if (!semantics.selectors_required) continue;
      const bool keyed = row.kind == VariableKind::Persistent || row.id == Variable::TX ||
                         row.id == Variable::RULE || row.id == Variable::ENV;
      if (keyed && !selected) {
        complain(fmt::format("this engine takes no {} without a selector", row.name),
                 fmt::format("write {}:/./ for all members", row.name));
      } else if (row.id == Variable::ENV && target.selector.kind == SelectorKind::regex) {
        complain("this engine takes no expression for ENV", "name the variable");
      }
    }
  }

  /// Whether ModSecurity 2 takes a variable for one that has a single value.
  static bool is_single(const VariableInfo& row) {
    return row.kind == VariableKind::Scalar && row.id != Variable::REQUEST_BODY &&
           row.id != Variable::WEBSERVER_ERROR_LOG && row.id != Variable::ARGS_COMBINED_SIZE &&
           row.id != Variable::FILES_COMBINED_SIZE;
  }

  /// SecRule TX "^0" ...: this engine reads on, and takes the expression for a part of the name.
  void check_bare_collection(const DirectiveNode& node, const Rule& rule) {
    const Semantics& semantics = ruleset_.semantics();
    if (semantics.selectors_required) return;  // an error whatever follows
    if (!semantics.bare_collection_needs_operator || rule.targets.empty()) return;
    const Target& target = rule.targets.back();
    const bool bare =
        target.selector.kind == SelectorKind::none &&
        (target.variable == Variable::TX || info(target.variable).kind == VariableKind::Persistent);
    const std::string_view text = node.arguments[1].text.view();
    if (!bare || node.arguments[0].quote != 0 || text.starts_with('@') || text.starts_with('!')) {
      return;
    }
    tell(SyntaxCheck::invalid_target, target.span,
         fmt::format("this engine takes an expression without @rx after {} for a part of it",
                     info(target.variable).name),
         "write @rx");
  }

  /// Joins a rule to the chain that waits for it, or begins a new one.
  void place_rule(Rule rule) {
    const ActionUse* const id = last(rule, Action::id);
    const ActionUse* const chain = last(rule, Action::chain);
    const bool link = pending_.has_value();
    if (!link && id == nullptr && link_lost_) {
      // A link of a chain that could not be read, in all likelihood.
      link_lost_ = chain != nullptr;
      return;
    }
    link_lost_ = false;
    const bool spanned = rule.kind == RuleKind::action && ruleset_.semantics().chain_spans_actions;
    if (link && spanned) return hold_action(std::move(rule));
    std::optional<Pending> waits;
    if (chain != nullptr && !spanned)
      waits = Pending{link ? pending_->starter : count(), chain->span};
    if (link) {
      place_link(std::move(rule));
    } else {
      place_starter(std::move(rule));
    }
    pending_ = waits;
    if (!pending_) place_held_actions();
  }

  void place_link(Rule rule) {
    Rule& starter = ruleset_.rules[pending_->starter];
    rule.starter = pending_->starter;
    rule.link = starter.links++;
    rule.phase = starter.phase;
    check_link(rule, starter);
    ruleset_.rules.push_back(std::move(rule));
  }

  void place_starter(Rule rule) {
    const RuleIndex at = count();
    rule.starter = at;
    if (const ActionUse* phase = last(rule, Action::phase)) {
      rule.phase = static_cast<uint8_t>(phase->number());
    } else {
      rule.phase = default_phase();
    }
    take_id(rule, last(rule, Action::id), at);
    check_logging_rule(rule);
    ruleset_.rules.push_back(std::move(rule));
  }

  /// deny and its like, a rule's own or those of its defaults, where the engine refuses them in the
  /// last phase.
  void check_logging_rule(const Rule& rule) {
    if (rule.phase != 5 || !ruleset_.semantics().logging_phase_denies_not) return;
    const auto disruptive = [](const std::vector<ActionUse>& actions) -> const ActionUse* {
      const auto found =
          std::ranges::find_if(actions.rbegin(), actions.rend(),
                               [](const ActionUse& use) { return is_disruptive(use.id); });
      return found == actions.rend() ? nullptr : &*found;
    };
    const ActionUse* chosen = disruptive(rule.actions);
    const bool inherits = chosen == nullptr && !ruleset_.default_actions.empty();
    if (inherits) chosen = disruptive(ruleset_.default_actions.back()->actions);
    if (chosen == nullptr || chosen->id == Action::pass || chosen->id == Action::block) return;
    if (chosen->id == Action::allow && chosen->word() != "phase") return;
    tell(SyntaxCheck::invalid_action_argument, inherits ? rule.name_span : chosen->span,
         fmt::format("this engine takes no {} in phase 5", info(chosen->id).name), "write pass");
  }

  uint8_t default_phase() const {
    const Semantics& semantics = ruleset_.semantics();
    if (!semantics.one_default_action || ruleset_.default_actions.empty()) {
      return static_cast<uint8_t>(semantics.default_phase);
    }
    return ruleset_.default_actions.back()->phase;
  }

  void take_id(Rule& rule, const ActionUse* id, RuleIndex at) {
    if (id == nullptr) {
      if (quote_lost()) return;  // and the id with it, perhaps
      if (rule.kind == RuleKind::action && ruleset_.semantics().action_ids_free) return;
      tell(SyntaxCheck::missing_id, rule.name_span,
           rule.kind == RuleKind::action ? "this SecAction has no id" : "this rule has no id",
           "add id:NUMBER to its actions");
      return;
    }
    if (id->number() == 0) return;  // reported with its value
    rule.id = id->number();
    rule.id_span = id->value_span;
    const auto [first, inserted] = ruleset_.by_id.try_emplace(*rule.id, at);
    if (inserted) return;
    if (rule.kind == RuleKind::action && ruleset_.semantics().action_ids_free) return;
    Diagnostic& diagnostic = tell(SyntaxCheck::duplicate_id, rule.id_span,
                                  fmt::format("id {} is taken", *rule.id), "give it another id");
    diagnostic.related.push_back({ruleset_.rules[first->second].id_span, "first used here"});
    diagnostic.rule_id = rule.id;
  }

  /// Whether the rule being read has a quote that swallows what follows it.
  bool quote_lost() const {
    return std::any_of(diagnostics_.begin() + static_cast<ptrdiff_t>(rule_diagnostics_),
                       diagnostics_.end(), [](const Diagnostic& diagnostic) {
                         return diagnostic.row ==
                                static_cast<CheckRow>(SyntaxCheck::unterminated_quote);
                       });
  }

  void check_link(const Rule& rule, const Rule& starter) {
    const bool may_join = rule.kind == RuleKind::action && ruleset_.semantics().action_joins_chain;
    if (rule.kind != RuleKind::rule && !may_join) {
      Diagnostic& diagnostic =
          tell(SyntaxCheck::action_in_chain, rule.name_span,
               "a SecRule has to follow here: the rule before it is chained to it",
               "remove chain there, or move this behind the chain");
      diagnostic.related.push_back({pending_->chain, "chained here"});
      diagnostic.rule_id = starter.id;
    }
    for (const ActionUse& use : rule.actions) check_link_action(use, starter);
  }

  void check_link_action(const ActionUse& use, const Rule& starter) {
    const ActionInfo& row = info(use.id);
    const Semantics& semantics = ruleset_.semantics();
    const bool metadata = row.traits.has(ActionTrait::StarterOnly) ||
                          (use.id == Action::logdata && semantics.link_metadata_is_error);
    if (use.id == Action::block && semantics.links_may_block) return;
    if (!metadata && row.group != ActionGroup::Disruptive) return;
    Diagnostic& diagnostic =
        tell(metadata ? SyntaxCheck::metadata_in_chained_rule
                      : SyntaxCheck::disruptive_action_in_chained_rule,
             use.span, fmt::format("{} belongs to the starter of the chain", row.name),
             "move it to the first rule of the chain");
    if (metadata && ruleset_.semantics().link_metadata_is_error && use.id != Action::tag) {
      diagnostic.severity = Severity::error;
    }
    diagnostic.related.push_back({starter.name_span, "the chain begins here"});
    diagnostic.rule_id = starter.id;
  }

  /// Something that is no rule comes, or the last file ends: a chain that still waits for its next
  /// rule never gets it.
  void end_chain(bool at_end) {
    if (!pending_) return;
    Diagnostic& diagnostic =
        tell(SyntaxCheck::dangling_chain, pending_->chain,
             "no SecRule follows that this rule could be chained to", "remove chain");
    const Rule& starter = ruleset_.rules[pending_->starter];
    diagnostic.rule_id = starter.id;
    if (at_end && ruleset_.semantics().open_chain_loads) {
      diagnostic.severity = Severity::warning;
      diagnostic.effect = Effect::told;
      diagnostic.message += "; it never matches";
      ruleset_.rules[pending_->starter].open_chain = true;
    } else if (options_.skip_invalid && diagnostic.severity == Severity::error) {
      drop(starter.span, starter.id, diagnostic.message);
      remove_chain(pending_->starter);
    }
    pending_.reset();
    place_held_actions();
  }

  /// A SecAction that stands between the links of a chain comes after it.
  void hold_action(Rule rule) {
    Diagnostic& diagnostic = tell(SyntaxCheck::action_in_chain, rule.name_span,
                                  "the chain goes on behind this SecAction, which is a rule of its "
                                  "own in this engine",
                                  "move it behind the chain");
    diagnostic.severity = Severity::warning;
    diagnostic.effect = Effect::told;
    diagnostic.related.push_back({pending_->chain, "chained here"});
    held_actions_.push_back(std::move(rule));
  }

  void place_held_actions() {
    for (Rule& rule : std::exchange(held_actions_, {})) place_starter(std::move(rule));
  }

  /// Names the rule in everything that was said about a place inside one.
  void name_rules() {
    struct Place {
      Span span;
      std::optional<uint64_t> id;
    };
    std::vector<Place> places;
    for (const Rule& rule : ruleset_.rules) {
      places.push_back({rule.span, ruleset_.rules[rule.starter].id});
    }
    const auto order = [](Span span) { return std::pair(span.file, span.begin); };
    std::ranges::sort(places, {}, [&](const Place& place) { return order(place.span); });
    for (Diagnostic& diagnostic : diagnostics_) {
      if (diagnostic.rule_id) continue;
      const auto after =
          std::ranges::upper_bound(places, order(diagnostic.span), {},
                                   [&](const Place& place) { return order(place.span); });
      if (after == places.begin()) continue;
      const Place& place = *(after - 1);
      const bool inside =
          place.span.file == diagnostic.span.file && diagnostic.span.begin < place.span.end;
      if (inside) diagnostic.rule_id = place.id;
    }
  }

  const LoadOptions& options_;
  FileSystem& files_;
  Finder finder_;
  RulesetModel ruleset_;
  Diagnostics& diagnostics_;
  std::string first_;                      ///< LoadOptions::first, once it was read
  std::unordered_set<std::string> named_;  ///< by the inputs, where there is a context
  std::unordered_set<std::string> read_in_context_;
  bool in_context_ = false;
  std::vector<size_t> hard_;    ///< errors that are never overlooked
  std::vector<OpenFile> open_;  ///< the file being read and those that include it
  std::optional<Pending> pending_;
  std::vector<Rule> held_actions_;
  Span rest_;                    ///< from the directive being read to the next
  bool link_lost_ = false;       ///< the starter of the rule that comes could not be read
  size_t rule_diagnostics_ = 0;  ///< where those of the rule being read begin
  std::map<uint8_t, Span> default_actions_;  ///< the first of each phase
  bool ignore_rule_errors_ = false;
  bool over_limit_ = false;
  size_t total_bytes_ = 0;
  size_t included_ = 0;
  size_t items_ = 0;
  size_t items_of_ = 0;                           ///< rules before it are counted among the items
  std::unordered_map<std::string, size_t> read_;  ///< place among the files, by canonical path
  FindingLimit limit_;
  size_t settled_ = 0;  ///< findings that have gone through the limit
  Updater updater_{ruleset_};
  size_t updated_rules_ = 0;
};

}  // namespace

RulesetModel load_model(const std::vector<std::string>& inputs, const LoadOptions& options) {
  return Loader(options).load(inputs);
}

}  // namespace wafcheck::parser::inline ruleset
