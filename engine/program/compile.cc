#include "engine/program/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>

#include "engine/operators/geo.h"
#include "engine/program/multiphase.h"
#include "engine/program/program_data.h"
#include "engine/program/target_names.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/files.h"
#include "parser/ruleset/rule_matcher.h"

namespace wafcheck::engine::inline program {

using parser::Action;
using parser::ActionUse;
using parser::MacroText;
using parser::Rule;
using parser::RuleIndex;
using parser::Variable;

namespace {

/// An update's is none that has a SecAction logged.
bool is_own_block(const ActionUse& use) {
  return use.id == Action::block && !use.updated;
}

/// Steps a transformation chain may have; more is a mistake in the rule.
constexpr size_t kMaxPipeline = 256;

bool is_persistent(Variable variable) {
  return parser::info(variable).kind == parser::VariableKind::Persistent;
}

/// initcol and setsid open a record; these touch what is in it.
bool touches_members(Action action) {
  return action == Action::expirevar || action == Action::deprecatevar;
}

std::optional<Disruption> disruption_of(Action action) {
  switch (action) {
    case Action::deny:
      return Disruption::deny;
    case Action::drop:
      return Disruption::drop;
    case Action::redirect:
      return Disruption::redirect;
    case Action::proxy:
      return Disruption::proxy;
    case Action::allow:
      return Disruption::allow;
    default:
      return std::nullopt;
  }
}

/// Each target keeps the exclusions that reach it.
constexpr size_t kMaxExclusionPairs = 4'000'000;

class Compiler {
 public:
  Compiler(std::shared_ptr<const parser::RulesetModel> ruleset, ProgramOptions options,
           parser::Diagnostics& diagnostics)
      : ruleset_(*ruleset), program_(std::make_unique<ProgramData>()), diagnostics_(diagnostics) {
    program_->ruleset = std::move(ruleset);
    program_->environment.insert(options.environment.begin(), options.environment.end());
    program_->files = options.files != nullptr ? options.files : &parser::disk();
    program_->pinned_tx = std::move(options.pinned_tx);
    script_access_ = options.scripts;
    if (options.base != nullptr) program_->set_base(std::move(options.base));
  }

  std::unique_ptr<const ProgramData> compile() {
    const ProgramData* const base = program_->base == nullptr ? nullptr : &program_->base->data();
    program_->settings = fold_settings(ruleset_, *program_->files,
                                       base == nullptr ? nullptr : &base->settings, diagnostics_);
    if (base == nullptr) {
      program_->pipelines.push_back({});
      // The first slots are those of captures.
      const int captures = ruleset_.semantics().captures_preset ? 11 : 10;
      for (int i = 0; i < captures; ++i) tx_slot(std::to_string(i));
    } else {
      if (!is_compiled_alike(program_->settings, base->settings)) return nullptr;
      take_over(*base);
    }
    if (ruleset_.semantics().removals_expand) add_removals();
    for (RuleIndex at = 0; at < ruleset_.own_rules(); ++at) {
      const Rule& rule = ruleset_.rules[at];
      if (!rule.is_starter() || rule.removed()) continue;
      add_chain(at);
    }
    if (base != nullptr) add_rules_of(*base);
    for (const auto& [name, value] : program_->pinned_tx) {
      if (program_->tx_slot(name) < 0) program_->unnamed_pins.push_back(name);
      tx_slot(name);
    }
    resolve_jumps();
    resolve_controls();
    if (base != nullptr) adapt_rules_of(*base);
    size_groups();
    place_prechecks();
    if (!program_->scripts.empty()) {  // which may ask for anything
      program_->read_variables.set();
      program_->ordered = program_->ordered || opens_records_;
    }
    if (parser::has_errors(diagnostics_)) return nullptr;
    return std::move(program_);
  }

 private:
  /// A rule that runs in several phases is compiled for each of them.
  void add_chain(RuleIndex at) {
    const std::span<const Rule> links(&ruleset_.rules[at], ruleset_.rules[at].links);
    if (!ruleset_.semantics().multiphase) return add_chain(links, links.front().phase, nullptr);
    const MultiphasePlan plan(links);
    for (const uint8_t phase : plan.phases()) add_chain(links, phase, &plan);
  }

  void add_chain(std::span<const Rule> links, uint8_t phase, const MultiphasePlan* plan) {
    const auto first = static_cast<uint32_t>(program_->rules.size());
    for (const Rule& link : links) {
      const auto number = static_cast<uint32_t>(program_->rules.size());
      program_->rules.push_back(nullptr);
      program_->places.push_back(static_cast<RuleIndex>(&link - ruleset_.rules.data()));
      add_link(link, number, phase, plan);
    }
    complete_chain(first, links, plan);
    program_->phases[phase].push_back(first);
  }

  CompiledRule& own_rule(uint32_t number) { return *own_.at(number); }

  void complete_chain(uint32_t first, std::span<const Rule> links, const MultiphasePlan* plan) {
    CompiledRule& head = own_rule(first);
    head.links = static_cast<uint32_t>(links.size());
    head.open_chain = links.front().open_chain;
    set_disruption(head, links.front());
    take_from_links(head, links);
    head.removable = is_removable(head);
    own_rule(first + head.links - 1).last_of_repeated = plan != nullptr && plan->repeats();
    if (program_->base == nullptr) add_precheck(head);
  }

  /// Where all targets of a rule are in groups, and being passed over leaves no trace.
  void add_precheck(CompiledRule& head) {
    const auto in_group = [](const CompiledTarget& target) {
      return target.group >= 0 && target.update_set == 0 && !target.offline;
    };
    if (head.targets.empty() || head.last_of_repeated || head.op.pattern < 0 ||
        !std::ranges::all_of(head.targets, in_group)) {
      return;
    }
    std::vector<std::pair<int32_t, uint64_t>> key;
    for (const CompiledTarget& target : head.targets)
      key.emplace_back(target.group, target.variants);
    const auto next = static_cast<uint32_t>(program_->own_target_sets.size());
    const auto [it, inserted] = target_set_ids_.try_emplace(std::move(key), next);
    if (inserted) program_->own_target_sets.push_back({&head});
    head.precheck = {head.op.pattern, it->second};
  }

  /// Side by side, as rules are far apart.
  void place_prechecks() {
    for (size_t phase = 0; phase < program_->phases.size(); ++phase) {
      for (const uint32_t head : program_->phases[phase]) {
        const CompiledRule& rule = *program_->rules[head];
        program_->prechecks[phase].push_back(rule.removable ? Precheck() : rule.precheck);
      }
    }
  }

  bool is_removable(const CompiledRule& head) const {
    const auto literal = [](const Macro& text) { return text.literal; };
    return !program_->removals.empty() &&
           (!head.message.literal || !std::ranges::all_of(head.tags, literal));
  }

  /// What actions of chained rules decide for the chain. The last link's are performed first.
  void take_from_links(CompiledRule& head, std::span<const Rule> links) const {
    const parser::Semantics& semantics = ruleset_.semantics();
    if (links.size() == 1) return;
    if (semantics.links_switch_log) head.log = head.auditlog = true;
    for (size_t link = links.size(); link-- > 0;) {
      for (const ActionUse* use : links[link].effective) {
        if (semantics.links_switch_log) switch_log(head, use->id);
        if (semantics.link_status_counts && use->id == Action::status) {
          head.status = static_cast<int>(use->number());
        }
      }
    }
    if (semantics.one_log_switch) head.auditlog = head.auditlog && head.log;
  }

  void add_removals() {
    for (const parser::Update& update : ruleset_.updates) {
      if (parser::info(update.id).form == parser::DirectiveForm::RemoveByText) {
        program_->removals.push_back(&update.filter);
      }
    }
  }

  void add_link(const Rule& source, uint32_t number, uint8_t phase, const MultiphasePlan* plan) {
    CompiledRule rule;
    rule.source = &source;
    rule.number = number;
    const parser::Place place = ruleset_.sources.begin_of(source.span);
    rule.file = place.path;
    rule.line = place.line;
    rule.phase = phase;
    rule.unconditional = source.kind == parser::RuleKind::action;
    rule.block = source.block_overridden || std::ranges::any_of(source.actions, is_own_block);
    rule.pipeline = pipeline(source);
    add_actions(rule, source);
    rule.is_script = source.kind == parser::RuleKind::script;
    const CompiledRule* const before = program_->rules[number];
    if (rule.is_script && runs_scripts()) {
      rule.script = before != nullptr ? before->script : script(source.name_span, source.script);
    }
    if (!rule.unconditional && !rule.is_script) {
      add_targets(rule, source, source.is_starter() ? plan : nullptr);
      rule.op = before != nullptr ? before->op : compile_operator(source);  // no update changes it
      if (program_->base == nullptr && rule.op.op != nullptr && rule.op.argument.literal) {
        rule.op.pattern = program_->own_patterns[static_cast<size_t>(rule.side())].add(*rule.op.op);
      }
    }
    const bool steps = rule.pipeline != 0 || !ruleset_.semantics().multi_match_needs_step;
    if (rule.multi_match && steps) {
      for (PipelineId node = rule.pipeline; node != 0; node = program_->pipelines[node].prefix) {
        rule.prefixes.push_back(node);
      }
      rule.prefixes.push_back(0);
      std::ranges::reverse(rule.prefixes);
    }
    if (program_->base == nullptr && rule.op.pattern >= 0 && !rule.op.negated) group_targets(rule);
    put(std::move(rule));
  }

  /// Makes it the rule of its number.
  CompiledRule& put(CompiledRule rule) {
    const uint32_t number = rule.number;
    CompiledRule& own = program_->own_rules.emplace_back(std::move(rule));
    program_->rules[number] = &own;
    own_.resize(program_->rules.size());
    own_[number] = &own;
    return own;
  }

  void group_targets(CompiledRule& rule) {
    for (CompiledTarget& target : rule.targets) {
      const bool namespaced =
          target.variable == Variable::XML && program_->namespaces.contains(rule.source);
      if (target.count || namespaced ||
          parser::info(target.variable).traits.has(parser::VariableTrait::Unversioned)) {
        continue;
      }
      auto key = std::tuple(target.variable, target.selection.kind,
                            std::string(target.selection.name), rule.side());
      const auto next = static_cast<int32_t>(program_->own_groups.size());
      const auto [it, inserted] = group_ids_.try_emplace(std::move(key), next);
      if (inserted) {
        program_->own_groups.push_back({target, rule.side(), {}});
        program_->own_groups.back().target.exclusions.clear();
      }
      TargetGroup& group = program_->own_groups[static_cast<size_t>(it->second)];
      uint64_t variants = 0;
      bool all = true;
      const std::vector<PipelineId> own = {rule.pipeline};
      for (const PipelineId id : rule.multi_match ? rule.prefixes : own) {
        const size_t variant = variant_of(group, id);
        all = all && variant < TargetGroup::kMaxVariants;
        if (!all) break;
        variants |= uint64_t{1} << variant;
        add_pattern(group.variants[variant].patterns, static_cast<size_t>(rule.op.pattern));
      }
      if (!all) continue;  // asked one by one
      target.group = it->second;
      target.variants = variants;
    }
  }

  static size_t variant_of(TargetGroup& group, PipelineId pipeline) {
    const auto it = std::ranges::find(group.variants, pipeline, &TargetGroup::Variant::pipeline);
    const auto variant = static_cast<size_t>(it - group.variants.begin());
    if (it == group.variants.end() && variant < TargetGroup::kMaxVariants)
      group.variants.push_back({pipeline, {}});
    return variant;
  }

  static void add_pattern(std::vector<PatternBits>& patterns, size_t number) {
    if (patterns.size() <= number / 64) patterns.resize(number / 64 + 1);
    patterns[number / 64] |= PatternBits{1} << (number % 64);
  }

  /// All sets of patterns of one side are equally long.
  void size_groups() {
    for (TargetGroup& group : program_->own_groups) {
      const size_t words = program_->own_patterns[static_cast<size_t>(group.side)].words();
      for (TargetGroup::Variant& variant : group.variants) variant.patterns.resize(words);
    }
  }

  PipelineId pipeline(const Rule& source) {
    if (source.pipeline.size() > kMaxPipeline) {
      complain(source.span, fmt::format("{} transformations; at most {} are taken",
                                        source.pipeline.size(), kMaxPipeline));
      return 0;
    }
    PipelineId node = 0;
    for (const parser::Transformation step : source.pipeline) {
      auto [it, inserted] = pipeline_ids_.try_emplace(
          std::pair(node, step), static_cast<PipelineId>(program_->pipelines.size()));
      if (inserted) {
        const Pipeline& prefix = program_->pipelines[node];
        program_->pipelines.push_back(
            {node, step, transformations::function_of(step), prefix.length + 1,
             prefix.changes | parser::info(step).changes, parser::info(step).changes,
             transformations::growth_of(step)});
      }
      node = it->second;
    }
    return node;
  }

  // --- targets ---

  /// A rule's selector; the engine may know its names in lower case only, of arguments excepted.
  Selection selection(const parser::Target& target) {
    const Variable whole = parser::info(target.variable).whole;
    const bool argument = (whole == Variable::ARGS || whole == Variable::ARGS_NAMES) &&
                          target.variable != Variable::ARGS_PATH;
    if (argument || target.selector.kind != parser::SelectorKind::regex ||
        !ruleset_.semantics().names_lower_case) {
      return selection(target.selector);
    }
    parser::Selector lowered = target.selector;
    lowered.text = lowercase(lowered.text);
    Selection compiled = selection(lowered);
    compiled.name = target.selector.text;
    return compiled;
  }
  Selection selection(const parser::Selector& selector) {
    Selection compiled;
    compiled.kind = selector.kind;
    compiled.name = selector.text;
    compiled.hash = name_hash(selector.text);
    if (selector.kind == parser::SelectorKind::regex) {
      compiled.regex = selector_regex(selector);
      compiled.lower_key = ruleset_.semantics().names_lower_case;
    }
    return compiled;
  }

  const NameExpression* selector_regex(const parser::Selector& selector) {
    auto [it, inserted] = selector_ids_.try_emplace(selector.text, nullptr);
    if (inserted) {
      const bool caseless = !ruleset_.semantics().names_lower_case;
      const parser::PcreOptions options{.caseless = caseless, .dotall = true};
      auto regex = parser::Pcre::compile(selector.text, options);
      if (!regex) {
        complain(selector.span, regex.error().message);
        return nullptr;
      }
      program_->selectors.push_back(std::make_unique<NameExpression>(
          std::move(*regex), needs_of_expression(selector.text, options)));
      it->second = program_->selectors.back().get();
    }
    return it->second;
  }

  void read(Variable variable) {
    program_->read_variables.set(static_cast<size_t>(variable));
    if (is_persistent(variable)) program_->ordered = true;
  }

  std::vector<Variable> variables_of(Variable variable) const {
    if (!ruleset_.semantics().multiphase) return {variable};
    return multiphase_variables(variable);
  }

  /// With a plan, only what it tests in the rule's phase.
  void add_targets(CompiledRule& rule, const Rule& source, const MultiphasePlan* plan) {
    excluded_.clear();
    for (const parser::Target& target : source.targets) {
      if (target.excluded) excluded_.push_back(&target);
    }
    if (excluded_.size() * source.targets.size() > kMaxExclusionPairs) {
      complain(source.name_span,
               fmt::format("the rule has {} targets and {} exclusions of some: more than {} pairs",
                           source.targets.size(), excluded_.size(), kMaxExclusionPairs));
      return;
    }
    for (const parser::Target& target : source.targets) {
      if (target.excluded) continue;
      for (const Variable variable : variables_of(target.variable)) {
        if (plan == nullptr || plan->tests(variable, rule.phase))
          add_target(rule, target, variable);
      }
    }
  }

  /// As the engines compare names: with case.
  static bool same_name(const parser::Target& a, const parser::Target& b) {
    return a.variable == b.variable && a.selector.kind == b.selector.kind &&
           a.selector.text == b.selector.text;
  }
  bool count_removed(const parser::Target& target) const {
    return target.count && ruleset_.semantics().exclusions_remove_counts &&
           std::ranges::any_of(
               excluded_, [&](const parser::Target* other) { return same_name(*other, target); });
  }

  void add_target(CompiledRule& rule, const parser::Target& target, Variable variable) {
    if (count_removed(target)) return;
    read(variable);
    CompiledTarget compiled;
    compiled.variable = variable;
    compiled.count = target.count;
    const bool has_paths = variable == Variable::FILES_TMPNAMES && program_->settings.upload_paths;
    compiled.offline = parser::info(variable).support == parser::Support::Noted && !has_paths;
    compiled.selection = selection(target);
    if (variable == Variable::TX && target.selector.kind == parser::SelectorKind::name) {
      compiled.tx_slot = tx_slot(target.selector.text);
    }
    if (auto name = name_of_values(ruleset_, target, variable)) {
      compiled.called = keep(std::move(*name));
    }
    std::vector<std::pair<parser::FileId, uint32_t>> updates;  // where they stand
    for (const parser::Target* other : excluded_) {
      if (!reaches(*other, target, variable)) continue;
      compiled.exclusions.push_back(exclusion(*other));
      if (other->updated) updates.emplace_back(other->span.file, other->span.begin);
    }
    if (!updates.empty()) {
      const auto next = static_cast<uint32_t>(update_sets_.size()) + 1;
      compiled.update_set = update_sets_.try_emplace(std::move(updates), next).first->second;
    }
    rule.targets.push_back(std::move(compiled));
  }

  /// A text of the program's own.
  std::string_view keep(std::string text) { return program_->texts.emplace_back(std::move(text)); }

  bool any_collection(const parser::Target& excluded) const {
    return excluded.updated && excluded.selector.kind == parser::SelectorKind::regex &&
           ruleset_.semantics().updates_any_order;
  }
  bool reaches(const parser::Target& excluded, const parser::Target& target,
               Variable variable) const {
    if (excluded.variable == variable && !spelled_alike(ruleset_, excluded, target)) return false;
    const bool by_name = ruleset_.semantics().exclusions_by_name && !excluded.updated &&
                         target.selector.kind == parser::SelectorKind::name &&
                         variable != Variable::TX && !is_persistent(variable);
    if (by_name) return same_name(excluded, target);
    const bool spared = ruleset_.semantics().exclusions_spare_members &&
                        excluded.selector.kind == parser::SelectorKind::none &&
                        target.selector.kind != parser::SelectorKind::none;
    if ((excluded.variable == variable && !spared) || any_collection(excluded)) return true;
    if (!ruleset_.semantics().multiphase) return false;
    const std::vector<Variable> variables = multiphase_variables(excluded.variable);
    return std::ranges::find(variables, variable) != variables.end();
  }
  Exclusion exclusion(const parser::Target& target) {
    Exclusion compiled{target.variable, selection(target), any_collection(target), &target};
    compiled.selection.exact_case = target.updated && ruleset_.semantics().update_keys_case;
    return compiled;
  }

  // --- operators ---

  CompiledOperator compile_operator(const Rule& source) {
    CompiledOperator compiled;
    compiled.id = source.op.id;
    compiled.negated = source.op.negated;
    if (source.op.id == parser::Operator::geoLookup) open_geo_database();
    if (source.op.id == parser::Operator::inspectFile && runs(source.op.argument.view())) {
      compiled.script = script(source.op.span, source.op.argument.view());
    }
    const parser::OperatorInfo& row = parser::info(source.op.id);
    const bool is_regex = row.search == parser::Search::Expression;
    if (row.macro && (!is_regex || ruleset_.semantics().regex_macros)) {
      compiled.argument = macro(source.op.text);
    } else {
      compiled.argument.text = source.op.argument.view();
    }
    if (is_regex && !compiled.argument.literal)
      return compiled;  // compiled from the expanded text, each time it changes
    compiled.op =
        lazy_operator(source, std::string(compiled.argument.literal ? compiled.argument.text
                                                                    : source.op.argument.view()));
    return compiled;
  }

  void open_geo_database() {
    const Settings& settings = program_->settings;
    if (settings.geo_database.empty() || program_->geo_database || geo_database_failed_) return;
    auto opened = operators::GeoDatabase::open(settings.geo_database);
    if (opened) {
      program_->geo_database = std::move(*opened);
    } else {
      geo_database_failed_ = true;
      complain(settings.geo_database_span, opened.error().message, "missing-data-file");
    }
  }

  const operators::LazyOperator* lazy_operator(const Rule& source, std::string argument) {
    // Files are looked up beside the rules file, so the same name may mean two lists.
    auto key = std::tuple(source.op.id, argument, source.op.span.file);
    if (const auto it = operator_ids_.find(key); it != operator_ids_.end()) return it->second;

    auto lazy = std::make_unique<operators::LazyOperator>(source.op.id, argument,
                                                          operators::factory_of(source.op.id),
                                                          operator_context(*program_, source.op));
    if (parser::info(source.op.id).build == parser::OperatorBuild::Eager) {
      if (const auto compiled = lazy->force(); !compiled) {
        const size_t at = std::min(compiled.error().at, source.op.argument.size());
        complain(source.op.argument.span(at, source.op.argument.size()),
                 fmt::format("@{}: {}", parser::info(source.op.id).name, compiled.error().message),
                 "invalid-operator-argument");
      }
    }
    const operators::LazyOperator* result = lazy.get();
    program_->operators.push_back(std::move(lazy));
    operator_ids_.emplace(std::move(key), result);
    return result;
  }

  // --- scripts ---

  /// Coraza has no Lua.
  bool runs_scripts() const {
    return script_access_ != ScriptAccess::none &&
           ruleset_.semantics().engine().profile != parser::Profile::coraza;
  }
  /// Of what @inspectFile and exec name, scripts alone: other programs never run.
  bool runs(std::string_view path) const { return runs_scripts() && parser::is_script(path); }

  /// Null where it does not load, which is an error. `at` stands in the file that names it.
  const scripts::Script* script(parser::Span at, std::string_view path) {
    const auto [it, inserted] = script_ids_.try_emplace({at.file, std::string(path)}, nullptr);
    if (!inserted) return it->second;
    const auto text = parser::read_data_file(ruleset_, *program_->files, at, std::string(path));
    if (!text) {
      complain(at, text.error().message, "missing-data-file");
      return nullptr;
    }
    auto compiled = scripts::compile_script(path, *text, script_access_);
    if (!compiled) {
      complain(at, fmt::format("the script does not load: {}", compiled.error().message));
      return nullptr;
    }
    program_->scripts.push_back(std::move(*compiled));
    return it->second = program_->scripts.back().get();
  }

  // --- macros and names ---

  int32_t tx_slot(std::string_view name) {
    if (const int32_t known = program_->tx_slot(name); known >= 0) return known;
    const auto slot = static_cast<int32_t>(program_->tx_names.size());
    program_->tx_names.push_back({std::string(name), name_hash(name)});
    program_->tx_slots.emplace(name_hash(name), slot);
    return slot;
  }

  Macro macro(const MacroText& text) {
    Macro compiled;
    compiled.literal = text.literal();
    if (compiled.literal) {
      compiled.text = text.literal_text();
      return compiled;
    }
    for (const parser::MacroPart& part : text.parts) {
      Macro::Piece piece{
          .is_variable = part.is_variable, .variable = part.variable, .text = part.text};
      if (part.is_variable) {
        read(part.variable);
        piece.written = part.written;
        piece.hash = name_hash(part.text);
        const bool expression = part.text.size() > 2 && part.text.starts_with('/') &&
                                part.text.ends_with('/') && ruleset_.semantics().macro_expressions;
        if (expression) {
          piece.regex = selector_regex(
              {parser::SelectorKind::regex, part.text.substr(1, part.text.size() - 2), part.span});
        } else if (part.variable == Variable::TX) {
          piece.tx_slot = tx_slot(part.text);
        }
      } else if (!compiled.pieces.empty() && compiled.pieces.back().is_variable &&
                 piece.text.starts_with('%') && !ruleset_.semantics().percent_after_macro) {
        piece.text.remove_prefix(1);
      }
      compiled.pieces.push_back(piece);
    }
    return compiled;
  }

  /// A tag or a redirect's target: not every engine expands macros there.
  Macro label(const ActionUse& use) {
    if (ruleset_.semantics().tag_macros) return macro(use.text());
    Macro compiled;
    compiled.text = use.raw;
    return compiled;
  }

  // --- actions ---

  void add_actions(CompiledRule& rule, const Rule& source) {
    for (const ActionUse* use : source.effective) {
      switch (use->id) {
        case Action::capture:
          rule.capture = true;
          break;
        case Action::multiMatch:
          rule.multi_match = true;
          break;
        case Action::log:
        case Action::nolog:
        case Action::auditlog:
        case Action::noauditlog:
          switch_log(rule, use->id);
          break;
        case Action::msg:
          rule.message = macro(use->text());
          rule.has_message = true;
          break;
        case Action::logdata:
          rule.data = macro(use->text());
          rule.has_data = true;
          break;
        case Action::tag:
          rule.tags.push_back(label(*use));
          break;
        case Action::severity:
          rule.severity = static_cast<int>(use->number());
          break;
        case Action::status:
          rule.status = static_cast<int>(use->number());
          break;
        case Action::skip:
          rule.skip = static_cast<uint32_t>(std::min<uint64_t>(use->number(), 1'000'000));
          break;
        case Action::xmlns: {
          const auto& ns = std::get<parser::Xmlns>(use->value);
          program_->namespaces[&source].emplace_back(ns.prefix, ns.uri);
          break;
        }
        default:
          add_step(rule, *use);
          break;
      }
    }
    // There, what is not logged is not audited, whatever came first.
    if (ruleset_.semantics().one_log_switch) rule.auditlog = rule.auditlog && rule.log;
  }

  void switch_log(CompiledRule& rule, Action action) const {
    const bool one_switch = ruleset_.semantics().one_log_switch;
    if (action == Action::log || action == Action::nolog) {
      rule.log = action == Action::log;
      if (!one_switch) rule.auditlog = rule.log;
    } else if (action == Action::auditlog || action == Action::noauditlog) {
      rule.auditlog = action == Action::auditlog;
      if (one_switch) rule.log = rule.auditlog;
    }
  }

  void add_step(CompiledRule& rule, const ActionUse& use) {
    const parser::Semantics& semantics = ruleset_.semantics();
    const bool late = use.updated && semantics.updates_come_first;
    const bool immediate = (use.id == Action::setvar && !late) || semantics.ctl_before_chain_end;
    const auto put = [&](auto step) {
      (immediate ? rule.steps : rule.final_steps).push_back({&use, std::move(step)});
    };
    switch (use.id) {
      case Action::setvar:
        put(setvar(std::get<parser::Setvar>(use.value)));
        break;
      case Action::ctl:
        put(ctl(std::get<parser::CtlUse>(use.value)));
        break;
      case Action::initcol:
      case Action::expirevar:
      case Action::deprecatevar: {
        const auto& collection = std::get<parser::CollectionUse>(use.value);
        if (touches_members(use.id)) program_->ordered = true;
        opens_records_ = true;
        put(CollectionStep{use.id, collection.collection, macro(collection.key),
                           macro(collection.value)});
        break;
      }
      case Action::setsid:
        opens_records_ = true;
        put(CollectionStep{use.id, Variable::SESSION, macro(use.text()), {}});
        break;
      case Action::setuid:
        opens_records_ = true;
        put(CollectionStep{use.id, Variable::USER, macro(use.text()), {}});
        break;
      case Action::setrsc:
        opens_records_ = true;
        put(CollectionStep{use.id, Variable::RESOURCE, macro(use.text()), {}});
        break;
      case Action::setenv:
        put(CollectionStep{use.id, Variable::ENV, macro(use.text()), {}});
        break;
      case Action::exec:
        if (runs(use.raw)) {
          put(ScriptStep{script(use.span, use.raw)});
        } else {
          put(OfflineStep{use.id});
        }
        break;
      case Action::append:
      case Action::prepend:
        put(OfflineStep{use.id});
        break;
      case Action::sanitiseArg:
      case Action::sanitiseMatched:
      case Action::sanitiseMatchedBytes:
      case Action::sanitiseRequestHeader:
      case Action::sanitiseResponseHeader:
        rule.steps.push_back({&use, sanitise(use)});
        break;
      default:
        break;  // metadata and disruptive actions are not steps
    }
  }

  SetvarStep setvar(const parser::Setvar& use) {
    SetvarStep step{use.collection, -1, macro(use.name), use.operation, macro(use.value)};
    if (use.collection == Variable::TX && step.name.literal) step.tx_slot = tx_slot(step.name.text);
    if (is_persistent(use.collection)) program_->ordered = true;
    return step;
  }

  /// Hiding is done at each value that matches, even when the rest of a chain does not: too much is
  /// hidden rather than too little. What does not read N/M hides all bytes.
  static SanitiseStep sanitise(const ActionUse& use) {
    SanitiseStep step{use.id, lowercase(use.raw)};
    if (use.id != Action::sanitiseMatchedBytes) return step;
    const char* const end = use.raw.data() + use.raw.size();
    uint32_t front = 0, back = 0;
    const auto [slash, first_error] = std::from_chars(use.raw.data(), end, front);
    if (first_error != std::errc() || slash == end || *slash != '/') return step;
    const auto [stop, second_error] = std::from_chars(slash + 1, end, back);
    if (second_error != std::errc() || stop != end) return step;
    step.keep_front = front;
    step.keep_back = back;
    return step;
  }

  CtlStep ctl(const parser::CtlUse& use) {
    CtlStep step;
    step.option = use.option;
    step.value = use.value;
    for (const parser::Target& target : use.targets) {
      const bool expression = target.selector.kind == parser::SelectorKind::regex;
      const bool text = expression && ruleset_.semantics().ctl_keys_are_text;
      if (expression && !text && !ruleset_.semantics().ctl_key_expressions) {
        continue;  // no member's name
      }
      for (const Variable variable : variables_of(target.variable)) {
        step.exclusions.push_back(
            {variable, text ? written(use) : selection(target.selector), false, &target});
        step.exclusions.back().selection.exact_case = ruleset_.semantics().update_keys_case;
      }
    }
    return step;
  }

  /// The selector as it stands behind the colon.
  static Selection written(const parser::CtlUse& use) {
    const std::string_view text = use.value;
    const size_t colon = text.find(':', text.find(';'));
    Selection compiled;
    compiled.kind = parser::SelectorKind::name;
    compiled.name = text.substr(std::min(colon, text.size() - 1) + 1);
    compiled.hash = name_hash(compiled.name);
    return compiled;
  }

  void set_disruption(CompiledRule& rule, const Rule& source) {
    const ActionUse* chosen = nullptr;  // `block` has become what the default says
    for (const ActionUse* use : source.effective) {
      if (is_disruptive(use->id)) chosen = use;
    }
    rule.resets_status = chosen != nullptr && chosen->id == Action::pass;
    if (chosen == nullptr || chosen->id == Action::pass) return;
    const auto disruption = disruption_of(chosen->id);
    if (!disruption) return;
    rule.disruptive = true;
    rule.disruption = *disruption;
    rule.update_disrupts = chosen->updated;
    if (chosen->id == Action::allow) rule.allow = chosen->word();
    if (chosen->id == Action::redirect || chosen->id == Action::proxy) rule.url = label(*chosen);
  }

  // --- what needs all rules to be known ---

  /// Rules of the ruleset by their place: those of a base come behind the others.
  const Rule& rule_at(RuleIndex place) const {
    const RuleIndex own = ruleset_.own_rules();
    return place < own ? ruleset_.rules[place] : ruleset_.base->rules[place - own];
  }
  RuleIndex end_of_rules() const {
    const size_t more = ruleset_.base == nullptr ? 0 : ruleset_.base->rules.size();
    return ruleset_.own_rules() + static_cast<RuleIndex>(more);
  }
  bool is_removed(RuleIndex place) const {
    if (rule_at(place).removed()) return true;
    if (place < ruleset_.own_rules()) return false;
    const parser::ChangedChain* const changed = change_of(place - ruleset_.own_rules());
    return changed != nullptr && changed->copy == parser::kNoRule;
  }
  /// What this model changes of a chain of the base's; null: nothing.
  const parser::ChangedChain* change_of(RuleIndex starter) const {
    const auto it =
        std::ranges::lower_bound(ruleset_.changed, starter, {}, &parser::ChangedChain::of_base);
    return it == ruleset_.changed.end() || it->of_base != starter ? nullptr : &*it;
  }

  void find_markers() {
    const auto add = [&](const std::vector<parser::Marker>& markers, RuleIndex first) {
      for (const parser::Marker& marker : markers) {
        markers_.push_back({marker.name, first + marker.before});
      }
    };
    add(ruleset_.markers, 0);
    if (ruleset_.base != nullptr) add(ruleset_.base->markers, ruleset_.own_rules());
  }

  void resolve_jumps() {
    find_markers();
    program_->jumps.resize(program_->rules.size());
    for (const std::vector<uint32_t>& phase : program_->phases) {
      for (const uint32_t at : phase) {
        Jump& jump = program_->jumps[at];
        const ActionUse* target = nullptr;
        for (uint32_t link = 0; link < program_->rules[at]->links; ++link) {
          const CompiledRule& rule = *program_->rules[at + link];
          if (const ActionUse* use = rule.source->find(Action::skipAfter)) target = use;
          jump.skip = std::max(jump.skip, rule.skip);
        }
        if (jump.skip > 0 && ruleset_.semantics().skip_counts_markers) {
          jump.skip = rules_among_next(at, jump.skip, phase);
        }
        if (jump.skip > 0 && ruleset_.semantics().skip_counts_removed) {
          jump.skip = present_among_next(at, jump.skip);
        }
        if (target != nullptr && ruleset_.semantics().skip_after_wins) jump.skip = 0;
        if (target != nullptr) resolve_jump(*program_->rules[at], target->word(), phase);
      }
    }
  }

  RuleIndex place_of(uint32_t number) const { return program_->places[number]; }
  RuleIndex place_behind(uint32_t number) const {
    return place_of(number) + program_->rules[number]->links;
  }

  /// How many rules of a phase there are among the next `count` rules of it and markers after `at`.
  uint32_t rules_among_next(uint32_t at, uint32_t count, const std::vector<uint32_t>& phase) const {
    auto rule = std::ranges::find(phase, at) + 1;
    auto marker = std::ranges::lower_bound(markers_, place_behind(at), {}, &MarkerPlace::before);
    uint32_t rules = 0;
    for (; count > 0; --count) {
      const bool marker_next =
          marker != markers_.end() && (rule == phase.end() || marker->before <= place_of(*rule));
      if (marker_next) {
        ++marker;
      } else {
        if (rule == phase.end()) break;
        ++rule;
        ++rules;
      }
    }
    return rules;
  }

  /// How many of the next `count` rules of its phase after `at` have not been removed; where there
  /// are fewer in the phase, what is left over counts in full.
  uint32_t present_among_next(uint32_t at, uint32_t count) const {
    uint32_t present = 0;
    RuleIndex place = place_behind(at);
    for (; place < end_of_rules() && count > 0; place += rule_at(place).links) {
      if (rule_at(place).phase != program_->rules[at]->phase) continue;
      --count;
      if (!is_removed(place)) ++present;
    }
    return present + count;
  }

  /// The place behind the next rule of this phase with that id, whether it is removed or not. Of a
  /// chain, that behind its starter.
  std::optional<RuleIndex> behind_rule(const CompiledRule& rule, const std::string& name) const {
    if (!ruleset_.semantics().skip_after_rules) return std::nullopt;
    RuleIndex place = place_behind(rule.number);
    for (; place < end_of_rules(); place += rule_at(place).links) {
      const Rule& other = rule_at(place);
      if (other.phase == rule.phase && other.id && std::to_string(*other.id) == name) {
        return place + 1;
      }
    }
    return std::nullopt;
  }

  void resolve_jump(const CompiledRule& rule, const std::string& name,
                    const std::vector<uint32_t>& phase) {
    const RuleIndex here = place_of(rule.number);
    Jump& jump = program_->jumps[rule.number];
    jump.skip_to = static_cast<uint32_t>(phase.size());
    const auto land = [&](RuleIndex place) {
      jump.skip_ends_at = place;
      auto landing =
          std::ranges::lower_bound(phase, place, {}, [&](uint32_t at) { return place_of(at); });
      if (landing != phase.begin()) {
        const uint32_t before = *(landing - 1);
        const bool amid = place_of(before) > here && place_behind(before) > place;
        if (amid && ruleset_.semantics().skip_after_links) {
          --landing;
          jump.skip_link = place - place_of(before);
        }
      }
      jump.skip_to = static_cast<uint32_t>(landing - phase.begin());
    };
    if (const auto place = behind_rule(rule, name)) return land(*place);
    const auto marker = std::ranges::find_if(markers_, [&](const MarkerPlace& candidate) {
      return candidate.before > here && candidate.name == name;
    });
    if (marker == markers_.end()) {
      jump.skip_after_missing = true;
      const auto earlier = std::ranges::find(markers_, name, &MarkerPlace::name);
      if (earlier != markers_.end()) jump.skip_ends_at = earlier->before;
      return;
    }
    land(marker->before);
  }

  /// Calls visit(CtlStep&, const RuleFilter&) for each ctl of a rule that names rules.
  template <typename SomeRule, typename Visit>
  static void each_control(SomeRule& rule, Visit visit) {
    for (auto* const steps : {&rule.steps, &rule.final_steps}) {
      for (auto& step : *steps) {
        auto* const control = std::get_if<CtlStep>(&step.kind);
        if (control == nullptr) continue;
        const auto& filter = std::get<parser::CtlUse>(step.source->value).filter;
        if (!filter.ids.empty() || !filter.text.empty()) visit(*control, filter);
      }
    }
  }

  void resolve_controls() {
    for (CompiledRule& rule : program_->own_rules) {
      each_control(rule, [&](CtlStep& step, const parser::RuleFilter& filter) {
        find_reached(step, filter);
        step.exclusion_list = program_->dynamic_exclusion_lists++;
      });
    }
  }

  void find_reached(CtlStep& step, const parser::RuleFilter& filter) const {
    const parser::RuleMatcher matcher(filter, ruleset_.semantics());
    step.rules.clear();
    for (uint32_t at = 0; at < program_->rules.size(); ++at) {
      if (reaches(step, matcher, at)) step.rules.push_back(at);
    }
  }

  bool reaches(const CtlStep& step, const parser::RuleMatcher& matcher, uint32_t number) const {
    const Rule& rule = *program_->rules[number]->source;
    if (!rule.is_starter()) return false;
    if (step.option == parser::Ctl::ruleRemoveById && program_->rules[number]->unconditional &&
        ruleset_.semantics().ctl_spares_actions) {
      return false;
    }
    return (rule.id && matcher.names(*rule.id)) ||
           std::ranges::any_of(rule.effective,
                               [&](const ActionUse* use) { return matcher.names(*use); });
  }

  // --- a program that adds rules to another ---

  /// What operators and targets are compiled with is the same.
  static bool is_compiled_alike(const Settings& a, const Settings& b) {
    return a.match_limit == b.match_limit && a.upload_paths == b.upload_paths &&
           a.geo_database == b.geo_database;
  }

  /// Numbers of everything in the base stay as they are.
  void take_over(const ProgramData& base) {
    program_->rules = base.rules;
    own_.resize(base.rules.size());
    for (const RuleIndex place : base.places) {
      program_->places.push_back(ruleset_.own_rules() + place);
    }
    program_->pipelines = base.pipelines;
    for (PipelineId id = 1; id < base.pipelines.size(); ++id) {
      pipeline_ids_.emplace(std::pair(base.pipelines[id].prefix, base.pipelines[id].step), id);
    }
    program_->tx_names = base.tx_names;
    program_->tx_slots = base.tx_slots;
    program_->namespaces = base.namespaces;
    program_->read_variables = base.read_variables;
    program_->ordered = base.ordered;
    program_->dynamic_exclusion_lists = base.dynamic_exclusion_lists;
    program_->geo_database = base.geo_database;
  }

  void add_rules_of(const ProgramData& base) {
    for (const parser::ChangedChain& changed : ruleset_.changed) {
      if (changed.copy == parser::kNoRule) continue;
      const std::span<const Rule> links(&ruleset_.rules[changed.copy],
                                        ruleset_.rules[changed.copy].links);
      const auto known = std::ranges::lower_bound(base.places, changed.of_base);
      const auto first = static_cast<uint32_t>(known - base.places.begin());
      for (uint32_t link = 0; link < links.size(); ++link) {
        add_link(links[link], first + link, base.rules[first]->phase, nullptr);
      }
      complete_chain(first, links, nullptr);
    }
    for (size_t phase = 0; phase < base.phases.size(); ++phase) {
      std::ranges::copy_if(base.phases[phase], std::back_inserter(program_->phases[phase]),
                           [&](uint32_t rule) { return !is_removed(program_->places[rule]); });
    }
  }

  /// A rule of the base is compiled anew where what was added matters to it.
  void adapt_rules_of(const ProgramData& base) {
    std::vector<uint32_t> changed;  // starters that may be named now and were not, or the reverse
    for (uint32_t number = 0; number < own_.size(); ++number) {
      if (own_[number] != nullptr && own_[number]->source->is_starter()) changed.push_back(number);
    }
    for (uint32_t number = 0; number < base.rules.size(); ++number) {
      if (own_[number] != nullptr) continue;
      const CompiledRule& rule = *base.rules[number];
      const bool removable = rule.source->is_starter() && is_removable(rule);
      bool adapt = removable != rule.removable;
      each_control(rule, [&](const CtlStep& step, const parser::RuleFilter& filter) {
        if (adapt || changed.empty()) return;
        const parser::RuleMatcher matcher(filter, ruleset_.semantics());
        adapt = std::ranges::any_of(changed, [&](uint32_t other) {
          return reaches(step, matcher, other) != std::ranges::binary_search(step.rules, other);
        });
      });
      if (!adapt) continue;
      CompiledRule& own = put(rule);
      own.removable = removable;
      each_control(own, [&](CtlStep& step, const parser::RuleFilter& filter) {
        find_reached(step, filter);
      });
    }
  }

  void complain(parser::Span span, std::string message, std::string_view check = "invalid-rule") {
    parser::add(diagnostics_, check, parser::Severity::error, span, std::move(message));
  }

  /// A marker, and the place of the first rule behind it.
  struct MarkerPlace {
    std::string_view name;
    RuleIndex before = 0;
  };

  const parser::RulesetModel& ruleset_;
  std::unique_ptr<ProgramData> program_;
  std::vector<CompiledRule*> own_;  ///< by number; null: the base's
  std::vector<MarkerPlace> markers_;
  parser::Diagnostics& diagnostics_;
  std::vector<const parser::Target*> excluded_;  ///< of the rule being compiled
  /// CompiledTarget::update_set.
  std::map<std::vector<std::pair<parser::FileId, uint32_t>>, uint32_t> update_sets_;
  bool geo_database_failed_ = false;
  std::map<std::pair<PipelineId, parser::Transformation>, PipelineId> pipeline_ids_;
  std::map<std::string, const NameExpression*> selector_ids_;
  std::map<std::tuple<Variable, parser::SelectorKind, std::string, Side>, int32_t> group_ids_;
  std::map<std::vector<std::pair<int32_t, uint64_t>>, uint32_t> target_set_ids_;
  std::map<std::tuple<parser::Operator, std::string, parser::FileId>,
           const operators::LazyOperator*>
      operator_ids_;
  ScriptAccess script_access_ = ScriptAccess::none;
  std::map<std::pair<parser::FileId, std::string>, const scripts::Script*> script_ids_;
  bool opens_records_ = false;
};

}  // namespace

std::unique_ptr<const ProgramData> compile_program(
    std::shared_ptr<const parser::RulesetModel> ruleset, ProgramOptions options,
    parser::Diagnostics& diagnostics) {
  return Compiler(std::move(ruleset), std::move(options), diagnostics).compile();
}

}  // namespace wafcheck::engine::inline program
