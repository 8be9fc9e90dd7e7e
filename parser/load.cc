// From files to the ruleset model: includes are followed, directives read one by one in load order,
// chains joined, removals and updates folded in. Source: seclang reference, sections 1.3 to 1.9, 2.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "parser/ascii.h"
#include "parser/files.h"
#include "parser/includes.h"
#include "parser/resolve.h"
#include "parser/ruleset.h"
#include "parser/settings.h"
#include "parser/syntax_checks.h"
#include "parser/updates.h"

namespace wafcheck::parser {
namespace {

/// All sources of one ruleset together; what includes multiply beyond it is no rules.
constexpr size_t kMaxTotalBytes = size_t{512} << 20;

/// A file that begins with so many unknown directives holds none at all.
constexpr size_t kMaxUnknown = 20;

class Loader {
 public:
  explicit Loader(const LoadOptions& options)
      : options_(options),
        files_(options.files != nullptr ? *options.files : disk()),
        finder_(files_, options_),
        diagnostics_(ruleset_.diagnostics) {
    ruleset_.semantics = options.semantics.value_or(semantics_of(options.profile));
  }

  Ruleset load(const std::vector<std::string>& inputs) {
    for (const std::string& input : inputs) load_input(input);
    load_directives();
    if (ruleset_.semantics.updates_any_order) {
      for (Update& update : ruleset_.updates) apply(update, count());
    }
    resolve_actions(ruleset_);
    name_rules();
    std::ranges::stable_sort(diagnostics_, {}, [](const Diagnostic& diagnostic) {
      return std::pair(diagnostic.span.file, diagnostic.span.begin);
    });
    return std::move(ruleset_);
  }

 private:
  RuleIndex count() const { return static_cast<RuleIndex>(ruleset_.rules.size()); }

  Diagnostic& tell(SyntaxCheck check, Span span, std::string message, std::string help = {}) {
    return report(diagnostics_, check, span, std::move(message), std::move(help));
  }

  // -- files
  // ---------------------------------------------------------------------------------------

  void load_input(const std::string& input) {
    Found found = finder_.input(input);
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
    if (!may_open(canonical, bytes.size(), included_by)) return;
    const FileId file = ruleset_.sources.add(std::move(path), std::move(bytes));
    const size_t place = ruleset_.files.size();
    ruleset_.files.push_back({file, included_by, {}});
    SyntaxTree tree = parse_syntax(ruleset_.sources, file, ruleset_.semantics, diagnostics_);
    open_.push_back({std::move(canonical), included_by});
    read_directives(tree);
    open_.pop_back();
    if (open_.empty()) {  // otherwise what follows in the includer may be a link
      end_chain();
      link_lost_ = false;
    }
    ruleset_.files[place].tree = std::move(tree);
  }

  void read_directives(const SyntaxTree& tree) {
    size_t unknown = 0;
    for (size_t i = 0; i < tree.directives.size(); ++i) {
      const DirectiveNode& node = tree.directives[i];
      const size_t next = i + 1 < tree.directives.size() ? tree.directives[i + 1].span.begin
                                                         : ruleset_.sources[tree.file].bytes.size();
      rest_ = {node.span.file, node.span.begin, static_cast<uint32_t>(next)};
      unknown += find_directive(node.name) ? 0 : 1;
      read_directive(node);
      if (unknown == kMaxUnknown && i + 1 == unknown) {
        tell(SyntaxCheck::unknown_directive, node.name_span,
             "this does not look like a rules file; the rest of it is not read");
        return;
      }
    }
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
    } else if (ruleset_.files.size() >= kMaxIncludes) {
      over = fmt::format("more than {} files are included", kMaxIncludes);
    } else if (size > kMaxFileBytes) {
      over = fmt::format("a file is larger than {} MiB", kMaxFileBytes >> 20);
    } else if (total_bytes_ > kMaxTotalBytes) {
      over = fmt::format("the files are larger than {} MiB together", kMaxTotalBytes >> 20);
    }
    if (over.empty()) return true;
    // Told once: whoever is here has thousands more to come.
    if (!std::exchange(over_limit_, true)) tell(SyntaxCheck::include_limit, span, over);
    return false;
  }

  void read_include(const DirectiveNode& node, const DirectiveInfo& row) {
    if (!check_argument_count(node, row, 1, 1, diagnostics_) || over_limit_) return;
    const ArgumentNode& name = node.arguments[0];
    const std::string& from = ruleset_.sources[node.span.file].path;
    Found found = finder_.include(from, name.text.str());
    if (found.files.empty() && row.id != Directive::IncludeOptional) {
      tell(SyntaxCheck::include_not_found, name.span,
           found.matched ? fmt::format("{} holds no *.conf", shown(name.text.view()))
                         : fmt::format("there is no {}", shown(name.text.view())),
           found.matched ? std::string() : fmt::format("looked at {}", tried(found.tried)));
    }
    load_found(std::move(found), node.span);
  }

  // -- directives
  // ----------------------------------------------------------------------------------

  void read_directive(const DirectiveNode& node) {
    const std::optional<Directive> known = find_directive(node.name);
    if (!known) return read_unknown(node);
    const DirectiveInfo& row = info(*known);
    if (row.support == Support::Rejected && ignorable(node)) return;
    if (row.support == Support::Rejected) {
      tell(SyntaxCheck::unsupported_feature, node.name_span,
           fmt::format("{} cannot be evaluated without a server", row.name), std::string(row.doc));
    }
    const bool is_rule = row.form == DirectiveForm::Rule || row.form == DirectiveForm::Action ||
                         row.form == DirectiveForm::Script;
    if (node.broken) return lose_rule();
    if (!is_rule && row.form != DirectiveForm::Include) {
      end_chain();
      link_lost_ = false;
    }
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
    if (node.broken) return;
    const std::string_view near = nearest_directive(node.name);
    std::string help = did_you_mean(near);
    if (node.name.starts_with("\xE2\x80")) help = "write \" for each typographic quote";
    suggest(tell(SyntaxCheck::unknown_directive, node.name_span,
                 fmt::format("unknown directive {}", shown(node.name)), std::move(help)),
            node.name_span, near);
    lose_rule();
  }

  /// The directive may have been meant to be a rule, even one of a chain; neither it nor what would
  /// have been chained to it is worth a second report.
  void lose_rule() {
    pending_.reset();
    link_lost_ = ruleset_.sources.text(rest_).find("chain") != std::string_view::npos;
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
    std::optional<Setting> setting = read_setting(node, row, ruleset_.semantics, diagnostics_);
    if (!setting) return;
    if (row.form == DirectiveForm::MapFile) check_data_file(node.arguments[0].text);
    if (row.id == Directive::SecIgnoreRuleCompilationErrors) {
      ignore_rule_errors_ = iequals(setting->arguments[0].view(), "On");
    }
    ruleset_.settings.push_back(std::move(*setting));
  }

  void check_data_file(const Text& path) {
    const Result<std::string> bytes = read_data_file(ruleset_, files_, path.span(), path.str());
    if (!bytes) tell(SyntaxCheck::missing_data_file, path.span(), bytes.error().message);
  }

  void read_update_directive(const DirectiveNode& node, const DirectiveInfo& row) {
    std::optional<Update> update = read_update(node, row, ruleset_.semantics, diagnostics_);
    if (!update) return;
    update->before = count();
    if (!ruleset_.semantics.updates_any_order) apply(*update, count());
    ruleset_.updates.push_back(std::move(*update));
  }

  void apply(Update& update, RuleIndex end) {
    if (update_hits_ > kMaxUpdateHits) return;
    update_hits_ += apply_update(ruleset_, update, end);
    if (update_hits_ > kMaxUpdateHits) {
      tell(SyntaxCheck::include_limit, update.span,
           fmt::format("updates change rules more than {} times", kMaxUpdateHits));
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
    action->actions = parse_actions(node.arguments[0].text, ruleset_.semantics, diagnostics_);
    const ActionUse* phase = nullptr;
    bool disruptive = false;
    for (const ActionUse& use : action->actions) {
      if (use.id == Action::phase) phase = &use;
      disruptive |= info(use.id).group == ActionGroup::Disruptive && use.id != Action::block;
      check_default(use);
    }
    // Where something could not be read, nobody knows what is missing.
    if (diagnostics_.size() == before) check_complete(node, phase, disruptive);
    if (phase != nullptr) action->phase = static_cast<uint8_t>(phase->number());
    check_only_one(*action);
    ruleset_.default_actions.push_back(std::move(action));
  }

  void check_default(const ActionUse& use) {
    constexpr std::array kForbidden = {Action::id,       Action::rev,   Action::msg,
                                       Action::ver,      Action::chain, Action::accuracy,
                                       Action::maturity, Action::skip,  Action::skipAfter};
    if (std::ranges::find(kForbidden, use.id) == kForbidden.end()) return;
    tell(SyntaxCheck::defaultaction_conflict, use.span,
         fmt::format("{} belongs to a rule, not to SecDefaultAction", info(use.id).name),
         "remove it");
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
    if (ruleset_.semantics.one_default_action) return;
    for (const auto& earlier : ruleset_.default_actions) {
      if (earlier->phase != action.phase) continue;
      tell(SyntaxCheck::defaultaction_conflict, action.span,
           fmt::format("phase {} has a SecDefaultAction already", action.phase))
          .related.push_back({earlier->span, "the first one"});
      return;
    }
  }

  // -- rules
  // ---------------------------------------------------------------------------------------

  void read_rule(const DirectiveNode& node, const DirectiveInfo& row) {
    const size_t before = rule_diagnostics_ = diagnostics_.size();
    std::optional<Rule> rule = parse_rule(node, row);
    const auto faulty = [&] {
      return std::ranges::any_of(
          diagnostics_.begin() + static_cast<ptrdiff_t>(before), diagnostics_.end(),
          [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::error; });
    };
    if (rule && !(ignore_rule_errors_ && faulty())) {
      place_rule(std::move(*rule));
    } else {
      lose_rule();
    }
    if (!ignore_rule_errors_) return;
    for (size_t i = before; i < diagnostics_.size(); ++i) {
      diagnostics_[i].severity = std::min(diagnostics_[i].severity, Severity::warning);
    }
  }

  std::optional<Rule> parse_rule(const DirectiveNode& node, const DirectiveInfo& row) {
    Rule rule;
    rule.span = node.span;
    rule.name_span = node.name_span;
    size_t actions = 0;
    switch (row.form) {
      case DirectiveForm::Rule: {
        if (!check_argument_count(node, row, 2, 3, diagnostics_)) return std::nullopt;
        rule.targets = parse_targets(node.arguments[0].text, ruleset_.semantics, diagnostics_);
        auto op = parse_operator(node.arguments[1].text, ruleset_.semantics, diagnostics_);
        if (op) rule.op = std::move(*op);
        check_operator_file(rule.op);
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
      rule.actions = parse_actions(node.arguments[actions].text, ruleset_.semantics, diagnostics_);
    }
    return rule;
  }

  static const ActionUse* last(const Rule& rule, Action action) {
    const auto found =
        std::ranges::find(rule.actions.rbegin(), rule.actions.rend(), action, &ActionUse::id);
    return found == rule.actions.rend() ? nullptr : &*found;
  }

  void check_operator_file(const OperatorUse& op) {
    if (op.argument.empty()) return;
    if (op.id == Operator::ipMatchFromFile || op.id == Operator::validateDTD ||
        op.id == Operator::validateSchema) {
      return check_data_file(op.argument);
    }
    if (op.id != Operator::pmFromFile) return;
    if (!ruleset_.semantics.several_phrase_files) return check_data_file(op.argument);
    // Several files may be named, with blanks between.
    const std::string_view names = op.argument.view();
    for (size_t at = names.find_first_not_of(" \t"); at < names.size();) {
      const size_t end = std::min(names.find_first_of(" \t", at), names.size());
      check_data_file(op.argument.sub(at, end));
      at = names.find_first_not_of(" \t", end);
    }
  }

  /// Joins a rule to the chain that waits for it, or begins anew.
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
    const RuleIndex at = count();
    if (link) {
      Rule& starter = ruleset_.rules[pending_->starter];
      rule.starter = pending_->starter;
      rule.link = starter.links++;
      rule.phase = starter.phase;
      check_link(rule, starter);
    } else {
      rule.starter = at;
      if (const ActionUse* phase = last(rule, Action::phase)) {
        rule.phase = static_cast<uint8_t>(phase->number());
      } else {
        rule.phase = default_phase();
      }
      take_id(rule, id, at);
    }
    if (chain != nullptr) {
      pending_ = Pending{rule.starter, chain->span};
    } else {
      pending_.reset();
    }
    ruleset_.rules.push_back(std::move(rule));
  }

  uint8_t default_phase() const {
    if (!ruleset_.semantics.one_default_action || ruleset_.default_actions.empty()) return 2;
    return ruleset_.default_actions.back()->phase;
  }

  void take_id(Rule& rule, const ActionUse* id, RuleIndex at) {
    if (id == nullptr) {
      if (quote_lost()) return;  // and the id with it, perhaps
      if (rule.kind == RuleKind::action && ruleset_.semantics.action_ids_free) return;
      tell(SyntaxCheck::missing_id, rule.name_span,
           rule.kind == RuleKind::action ? "this SecAction has no id" : "this rule has no id",
           "add id:NUMBER to its actions");
      return;
    }
    if (id->number() == 0) return;  // reported with its value
    rule.id = id->number();
    rule.id_span = id->value_span;
    const auto [first, fresh] = ruleset_.by_id.try_emplace(*rule.id, at);
    if (fresh) return;
    if (rule.kind == RuleKind::action && ruleset_.semantics.action_ids_free) return;
    Diagnostic& diagnostic = tell(SyntaxCheck::duplicate_id, rule.id_span,
                                  fmt::format("id {} is taken", *rule.id), "give it another id");
    diagnostic.related.push_back({ruleset_.rules[first->second].id_span, "first used here"});
    diagnostic.rule_id = rule.id;
  }

  /// Whether the rule being read has a quote that swallows what follows it.
  bool quote_lost() const {
    return std::any_of(diagnostics_.begin() + static_cast<ptrdiff_t>(rule_diagnostics_),
                       diagnostics_.end(), [](const Diagnostic& diagnostic) {
                         return diagnostic.check == info(SyntaxCheck::unterminated_quote).name;
                       });
  }

  void check_link(const Rule& rule, const Rule& starter) {
    const bool may_join = rule.kind == RuleKind::action && ruleset_.semantics.action_joins_chain;
    if (rule.kind != RuleKind::rule && !may_join) {
      Diagnostic& diagnostic =
          tell(SyntaxCheck::action_in_chain, rule.name_span,
               "a SecRule is to follow here, for the rule before is chained to it",
               "remove chain there, or move this behind the chain");
      diagnostic.related.push_back({pending_->chain, "chained here"});
      diagnostic.rule_id = starter.id;
    }
    for (const ActionUse& use : rule.actions) check_link_action(use, starter);
  }

  void check_link_action(const ActionUse& use, const Rule& starter) {
    Diagnostic* diagnostic = nullptr;
    const std::string_view name = info(use.id).name;
    switch (use.id) {
      case Action::id:
      case Action::phase:
      case Action::severity:
      case Action::rev:
      case Action::ver:
      case Action::accuracy:
      case Action::maturity:
      case Action::msg:
      case Action::tag:
      case Action::skip:
      case Action::skipAfter:
        diagnostic = &tell(SyntaxCheck::metadata_in_chained_rule, use.span,
                           fmt::format("{} belongs to the starter of the chain", name),
                           "move it to the first rule of the chain");
        if (ruleset_.semantics.link_metadata_is_error && use.id != Action::tag) {
          diagnostic->severity = Severity::error;
        }
        break;
      default:
        if (info(use.id).group != ActionGroup::Disruptive) return;
        diagnostic = &tell(SyntaxCheck::disruptive_action_in_chained_rule, use.span,
                           fmt::format("{} belongs to the starter of the chain", name),
                           "move it to the first rule of the chain");
    }
    diagnostic->related.push_back({starter.name_span, "the chain begins here"});
    diagnostic->rule_id = starter.id;
  }

  /// Something that is no rule comes: a chain that still waits for its next rule never gets it.
  void end_chain() {
    if (!pending_) return;
    Diagnostic& diagnostic =
        tell(SyntaxCheck::dangling_chain, pending_->chain,
             "no SecRule follows that this rule could be chained to", "remove chain");
    diagnostic.rule_id = ruleset_.rules[pending_->starter].id;
    pending_.reset();
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

  struct Pending {
    RuleIndex starter;
    Span chain;  ///< the action that asks for a link
  };
  struct OpenFile {
    std::string canonical;
    std::optional<Span> included_by;
  };

  const LoadOptions& options_;
  FileSystem& files_;
  Finder finder_;
  Ruleset ruleset_;
  Diagnostics& diagnostics_;
  std::vector<OpenFile> open_;  ///< the file being read and those that include it
  std::optional<Pending> pending_;
  Span rest_;                    ///< from the directive being read to the next
  bool link_lost_ = false;       ///< the starter of the rule that comes could not be read
  size_t rule_diagnostics_ = 0;  ///< where those of the rule being read begin
  bool ignore_rule_errors_ = false;
  bool over_limit_ = false;
  size_t total_bytes_ = 0;
  size_t update_hits_ = 0;
};

}  // namespace

Ruleset load(const std::vector<std::string>& inputs, const LoadOptions& options) {
  return Loader(options).load(inputs);
}

}  // namespace wafcheck::parser
