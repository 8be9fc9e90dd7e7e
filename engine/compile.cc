// From the ruleset model to a Program: what can be decided once is decided here.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/geo.h"
#include "engine/multiphase.h"
#include "engine/program.h"
#include "parser/ascii.h"
#include "parser/rule_matcher.h"

namespace wafcheck::engine {

using parser::Action;
using parser::ActionUse;
using parser::MacroText;
using parser::Rule;
using parser::RuleIndex;
using parser::Variable;

namespace {

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
    case Action::deny: return Disruption::deny;
    case Action::drop: return Disruption::drop;
    case Action::redirect: return Disruption::redirect;
    case Action::proxy: return Disruption::proxy;
    case Action::allow: return Disruption::allow;
    default: return std::nullopt;
  }
}

}  // namespace

class Compiler {
 public:
  Compiler(std::shared_ptr<const parser::Ruleset> ruleset, ProgramOptions options)
      : ruleset_(*ruleset), program_(std::make_shared<Program>()) {
    program_->ruleset_ = std::move(ruleset);
    program_->files_ = options.files != nullptr ? options.files : &parser::disk();
    program_->pinned_tx_ = std::move(options.pinned_tx);
  }

  Program::Compiled compile() {
    program_->settings_ = fold_settings(ruleset_, *program_->files_, diagnostics_);
    program_->pipelines_.push_back({});
    for (int i = 0; i < 10; ++i) tx_slot(std::to_string(i));
    for (const auto& [name, value] : program_->pinned_tx_) tx_slot(name);
    for (RuleIndex at = 0; at < ruleset_.rules.size(); ++at) {
      const Rule& rule = ruleset_.rules[at];
      if (!rule.is_starter() || rule.removed()) continue;
      add_chain(at);
    }
    resolve_jumps();
    resolve_controls();
    size_groups();
    if (parser::has_errors(diagnostics_)) return {nullptr, std::move(diagnostics_)};
    return {std::move(program_), std::move(diagnostics_)};
  }

 private:
  /// A rule that runs in several phases is compiled for each of them.
  void add_chain(RuleIndex at) {
    const std::span<const Rule> links(&ruleset_.rules[at], ruleset_.rules[at].links);
    if (!ruleset_.semantics.multiphase) return add_chain(links, links.front().phase, nullptr);
    const MultiphasePlan plan(links);
    for (const uint8_t phase : plan.phases()) add_chain(links, phase, &plan);
  }

  void add_chain(std::span<const Rule> links, uint8_t phase, const MultiphasePlan* plan) {
    const auto first = static_cast<uint32_t>(program_->rules_.size());
    for (const Rule& link : links) add_link(link, phase, plan);
    CompiledRule& head = program_->rules_[first];
    head.links = static_cast<uint32_t>(links.size());
    set_disruption(head, links.front());
    program_->rules_.back().last_of_repeated = plan != nullptr && plan->repeats();
    program_->phases_[phase].push_back(first);
  }

  void add_link(const Rule& source, uint8_t phase, const MultiphasePlan* plan) {
    CompiledRule rule;
    rule.source = &source;
    rule.phase = phase;
    rule.unconditional = source.kind == parser::RuleKind::action;
    const auto block = std::ranges::find(source.actions, Action::block, &ActionUse::id);
    rule.block = block != source.actions.end();
    rule.pipeline = pipeline(source);
    add_actions(rule, source);
    rule.offline = source.kind == parser::RuleKind::script;
    if (!rule.unconditional && !rule.offline) {
      add_targets(rule, source, source.is_starter() ? plan : nullptr);
      rule.op = compile_operator(source);
      if (rule.op.op != nullptr && rule.op.argument.literal) {
        rule.op.pattern = program_->patterns_[static_cast<size_t>(rule.side())].add(*rule.op.op);
      }
    }
    if (rule.multi_match) {
      for (PipelineId node = rule.pipeline; node != 0; node = program_->pipelines_[node].prefix) {
        rule.prefixes.push_back(node);
      }
      rule.prefixes.push_back(0);
      std::ranges::reverse(rule.prefixes);
    }
    if (rule.op.pattern >= 0 && !rule.op.negated) group_targets(rule);
    program_->rules_.push_back(std::move(rule));
  }

  /// Variables whose members change only where Transaction::version() says so.
  static bool has_version(Variable variable) {
    switch (variable) {
      case Variable::TX:
      case Variable::ENV:
      case Variable::RULE:
      case Variable::MATCHED_VAR:
      case Variable::MATCHED_VAR_NAME:
      case Variable::MATCHED_VARS:
      case Variable::MATCHED_VARS_NAMES:
      case Variable::DURATION:
      case Variable::HIGHEST_SEVERITY:
      case Variable::MODSEC_BUILD:
      case Variable::RESPONSE_XML:
        return false;
      default: return !is_persistent(variable);
    }
  }

  void group_targets(const CompiledRule& rule) {
    for (uint32_t at = rule.first_target; at < rule.end_target; ++at) {
      CompiledTarget& target = program_->targets_[at];
      const bool namespaced = target.variable == Variable::XML && program_->namespaces_.contains(rule.source);
      if (target.count || namespaced || !has_version(target.variable)) continue;
      auto key = std::tuple(target.variable, target.selection.kind, std::string(target.selection.name), rule.side());
      const auto next = static_cast<int32_t>(program_->target_groups_.size());
      const auto [known, fresh] = group_ids_.try_emplace(std::move(key), next);
      if (fresh) {
        program_->target_groups_.push_back({target, rule.side(), {}});
        CompiledTarget& common = program_->target_groups_.back().target;
        common.first_exclusion = common.end_exclusion = 0;
      }
      TargetGroup& group = program_->target_groups_[static_cast<size_t>(known->second)];
      uint64_t parts = 0;
      bool all = true;
      const std::vector<PipelineId> own = {rule.pipeline};
      for (const PipelineId id : rule.multi_match ? rule.prefixes : own) {
        const size_t part = part_of(group, id);
        all = all && part < TargetGroup::kMaxParts;
        if (!all) break;
        parts |= uint64_t{1} << part;
        add_pattern(group.parts[part].patterns, static_cast<size_t>(rule.op.pattern));
      }
      if (!all) continue;  // asked one by one
      target.group = known->second;
      target.parts = parts;
    }
  }

  static size_t part_of(TargetGroup& group, PipelineId pipeline) {
    const auto known = std::ranges::find(group.parts, pipeline, &TargetGroup::Part::pipeline);
    const auto part = static_cast<size_t>(known - group.parts.begin());
    if (known == group.parts.end() && part < TargetGroup::kMaxParts) group.parts.push_back({pipeline, {}});
    return part;
  }

  static void add_pattern(std::vector<PatternBits>& patterns, size_t number) {
    if (patterns.size() <= number / 64) patterns.resize(number / 64 + 1);
    patterns[number / 64] |= PatternBits{1} << (number % 64);
  }

  /// All sets of patterns of one side are equally long.
  void size_groups() {
    for (TargetGroup& group : program_->target_groups_) {
      const size_t words = program_->patterns_[static_cast<size_t>(group.side)].words();
      for (TargetGroup::Part& part : group.parts) part.patterns.resize(words);
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
      auto [known, fresh] = pipeline_ids_.try_emplace(std::pair(node, step),
                                                      static_cast<PipelineId>(program_->pipelines_.size()));
      if (fresh) {
        const uint32_t length = program_->pipelines_[node].length + 1;
        program_->pipelines_.push_back({node, step, function_of(step), length});
      }
      node = known->second;
    }
    return node;
  }

  // --- targets ---

  Selection selection(const parser::Selector& selector) {
    Selection made;
    made.kind = selector.kind;
    made.name = selector.text;
    made.hash = name_hash(selector.text);
    if (selector.kind == parser::SelectorKind::regex) made.regex = selector_regex(selector);
    return made;
  }

  const parser::Pcre* selector_regex(const parser::Selector& selector) {
    auto [known, fresh] = selector_ids_.try_emplace(selector.text, nullptr);
    if (fresh) {
      auto regex = parser::Pcre::compile(selector.text, {.caseless = true, .dotall = true});
      if (!regex) {
        complain(selector.span, regex.error().message);
        return nullptr;
      }
      program_->selectors_.push_back(std::make_unique<parser::Pcre>(std::move(*regex)));
      known->second = program_->selectors_.back().get();
    }
    return known->second;
  }

  void read(Variable variable) {
    program_->reads_.set(static_cast<size_t>(variable));
    if (is_persistent(variable)) program_->ordered_ = true;
  }

  std::vector<Variable> parts_of(Variable variable) const {
    if (!ruleset_.semantics.multiphase) return {variable};
    return multiphase_parts(variable);
  }

  /// With a plan, only what it tests in the rule's phase.
  void add_targets(CompiledRule& rule, const Rule& source, const MultiphasePlan* plan) {
    rule.first_target = static_cast<uint32_t>(program_->targets_.size());
    for (const parser::Target& target : source.targets) {
      if (target.excluded) continue;
      for (const Variable part : parts_of(target.variable)) {
        if (plan == nullptr || plan->tests(part, rule.phase)) add_target(source, target, part);
      }
    }
    rule.end_target = static_cast<uint32_t>(program_->targets_.size());
  }

  void add_target(const Rule& source, const parser::Target& target, Variable part) {
    read(part);
    CompiledTarget made;
    made.variable = part;
    made.count = target.count;
    made.offline = parser::info(part).support == parser::Support::Noted;
    made.selection = selection(target.selector);
    if (part == Variable::TX && target.selector.kind == parser::SelectorKind::name) {
      made.tx_slot = tx_slot(target.selector.text);
    }
    made.first_exclusion = static_cast<uint32_t>(program_->exclusions_.size());
    for (const parser::Target& other : source.targets) {
      if (other.excluded && reaches(other, target, part)) program_->exclusions_.push_back(exclusion(other));
    }
    made.end_exclusion = static_cast<uint32_t>(program_->exclusions_.size());
    program_->targets_.push_back(made);
  }

  bool any_collection(const parser::Target& excluded) const {
    return excluded.updated && excluded.selector.kind == parser::SelectorKind::regex &&
           ruleset_.semantics.updates_any_order;
  }
  bool reaches(const parser::Target& excluded, const parser::Target& target, Variable variable) const {
    const bool spared = ruleset_.semantics.exclusions_spare_members &&
                        excluded.selector.kind == parser::SelectorKind::none &&
                        target.selector.kind != parser::SelectorKind::none;
    if ((excluded.variable == variable && !spared) || any_collection(excluded)) return true;
    if (!ruleset_.semantics.multiphase) return false;
    const std::vector<Variable> parts = multiphase_parts(excluded.variable);
    return std::ranges::find(parts, variable) != parts.end();
  }
  Exclusion exclusion(const parser::Target& target) {
    Exclusion made{target.variable, selection(target.selector), any_collection(target)};
    made.selection.exact_case = target.updated && ruleset_.semantics.update_keys_case;
    return made;
  }

  // --- operators ---

  CompiledOperator compile_operator(const Rule& source) {
    CompiledOperator made;
    made.id = source.op.id;
    made.negated = source.op.negated;
    if (source.op.id == parser::Operator::geoLookup) open_geo_database();
    const parser::OperatorInfo& row = parser::info(source.op.id);
    const bool is_regex = source.op.id == parser::Operator::rx ||
                          source.op.id == parser::Operator::rxGlobal;
    if (row.macro && (!is_regex || ruleset_.semantics.regex_macros)) {
      parser::Diagnostics reported_by_the_loader;
      program_macros_.push_back(parser::parse_macros(source.op.argument, ruleset_.semantics,
                                                     reported_by_the_loader));
      made.argument = macro(program_macros_.back());
    } else {
      made.argument.text = source.op.argument.view();
    }
    if (is_regex && !made.argument.literal) return made;  // compiled from the expanded text, each time it changes
    made.op = lazy_operator(source, std::string(made.argument.literal ? made.argument.text
                                                                      : source.op.argument.view()));
    return made;
  }

  void open_geo_database() {
    const Settings& settings = program_->settings_;
    if (settings.geo_database.empty() || program_->geo_database_ || geo_database_failed_) return;
    auto opened = GeoDatabase::open(settings.geo_database);
    if (opened) {
      program_->geo_database_ = std::move(*opened);
    } else {
      geo_database_failed_ = true;
      complain(settings.geo_database_span, opened.error().message, "missing-data-file");
    }
  }

  const LazyOperator* lazy_operator(const Rule& source, std::string argument) {
    // Files are looked up beside the rules file, so the same name may mean two lists.
    auto key = std::tuple(source.op.id, argument, source.op.span.file);
    if (const auto known = operator_ids_.find(key); known != operator_ids_.end()) return known->second;

    auto lazy = std::make_unique<LazyOperator>(
        source.op.id, argument, factory_of(source.op.id),
        make_operator_context(*program_, source.op));
    const bool checked_by_the_loader = source.op.id == parser::Operator::rx ||
                                       source.op.id == parser::Operator::rxGlobal ||
                                       source.op.id == parser::Operator::pm ||
                                       source.op.id == parser::Operator::pmFromFile;
    if (!checked_by_the_loader) {
      if (const auto made = lazy->force(); !made) {
        const size_t at = std::min(made.error().at, source.op.argument.size());
        complain(source.op.argument.span(at, source.op.argument.size()),
                 fmt::format("@{}: {}", parser::info(source.op.id).name, made.error().message),
                 "invalid-operator-argument");
      }
    }
    const LazyOperator* result = lazy.get();
    program_->operators_.push_back(std::move(lazy));
    operator_ids_.emplace(std::move(key), result);
    return result;
  }

 public:
  static OperatorContext make_operator_context(const Program& program, const parser::OperatorUse& use) {
    const bool dataset = use.id == parser::Operator::pmFromDataset ||
                         use.id == parser::Operator::ipMatchFromDataset;
    OperatorContext context{.semantics = program.semantics(), .read_file = nullptr, .find_file = nullptr,
                            .match_limit = program.settings().match_limit};
    if (dataset) {
      context.read_file = [&program](std::string_view name) -> Result<std::string> {
        for (const parser::Dataset& set : program.ruleset().datasets) {
          if (set.name != name) continue;
          std::string lines;
          for (const std::string& entry : set.entries) lines.append(entry).push_back('\n');
          return lines;
        }
        return fail(fmt::format("no SecDataset is named {}", name));
      };
    } else {
      context.read_file = [&program, span = use.span](std::string_view path) {
        return parser::read_data_file(program.ruleset(), *program.files_, span, std::string(path));
      };
      context.find_file = [&program, span = use.span](std::string_view path) {
        return parser::find_data_file(program.ruleset(), span, std::string(path));
      };
    }
    return context;
  }

 private:
  // --- macros and names ---

  int32_t tx_slot(std::string_view name) {
    auto [known, fresh] =
        program_->tx_slots_.try_emplace(lowercase(name), static_cast<int32_t>(program_->tx_names_.size()));
    if (fresh) program_->tx_names_.emplace_back(name);
    return known->second;
  }

  Macro macro(const MacroText& text) {
    Macro made;
    made.literal = text.literal();
    if (made.literal) {
      made.text = text.literal_text();
      return made;
    }
    for (const parser::MacroPart& part : text.parts) {
      Macro::Part piece{.is_variable = part.is_variable, .variable = part.variable, .text = part.text};
      if (part.is_variable) {
        read(part.variable);
        piece.hash = name_hash(part.text);
        if (part.variable == Variable::TX) piece.tx_slot = tx_slot(part.text);
      }
      made.parts.push_back(piece);
    }
    return made;
  }

  /// A tag or a redirect's target: not every engine expands macros there.
  Macro label(const ActionUse& use) {
    if (ruleset_.semantics.tag_macros) return macro(use.text());
    Macro made;
    made.text = use.raw;
    return made;
  }

  // --- actions ---

  void add_actions(CompiledRule& rule, const Rule& source) {
    for (const ActionUse* use : source.effective) {
      switch (use->id) {
        case Action::capture: rule.capture = true; break;
        case Action::multiMatch: rule.multi_match = true; break;
        case Action::log:
        case Action::nolog:
          rule.log = use->id == Action::log;
          if (!ruleset_.semantics.one_log_switch) rule.auditlog = rule.log;
          break;
        case Action::auditlog:
        case Action::noauditlog:
          rule.auditlog = use->id == Action::auditlog;
          if (ruleset_.semantics.one_log_switch) rule.log = rule.auditlog;
          break;
        case Action::msg: rule.message = macro(use->text()); rule.has_message = true; break;
        case Action::logdata: rule.data = macro(use->text()); rule.has_data = true; break;
        case Action::tag: rule.tags.push_back(label(*use)); break;
        case Action::severity: rule.severity = static_cast<int>(use->number()); break;
        case Action::status: rule.status = static_cast<int>(use->number()); break;
        case Action::skip: rule.skip = static_cast<uint32_t>(std::min<uint64_t>(use->number(), 1'000'000)); break;
        case Action::xmlns: {
          const auto& ns = std::get<parser::Xmlns>(use->value);
          program_->namespaces_[&source].emplace_back(ns.prefix, ns.uri);
          break;
        }
        default: add_step(rule, *use); break;
      }
    }
    // There, what is not logged is not audited, whatever came first.
    if (ruleset_.semantics.one_log_switch) rule.auditlog = rule.auditlog && rule.log;
  }

  void add_step(CompiledRule& rule, const ActionUse& use) {
    const bool immediate = use.id == Action::setvar || ruleset_.semantics.ctl_before_chain_end;
    const auto put = [&](auto step) {
      (immediate ? rule.steps : rule.final_steps).push_back({&use, std::move(step)});
    };
    switch (use.id) {
      case Action::setvar: put(setvar(std::get<parser::Setvar>(use.value))); break;
      case Action::ctl: put(ctl(std::get<parser::CtlUse>(use.value))); break;
      case Action::initcol:
      case Action::expirevar:
      case Action::deprecatevar: {
        const auto& collection = std::get<parser::CollectionUse>(use.value);
        if (touches_members(use.id)) program_->ordered_ = true;
        put(CollectionStep{use.id, collection.collection, macro(collection.key),
                                       macro(collection.value)});
        break;
      }
      case Action::setsid: put(CollectionStep{use.id, Variable::SESSION, macro(use.text()), {}}); break;
      case Action::setuid: put(CollectionStep{use.id, Variable::USER, macro(use.text()), {}}); break;
      case Action::setrsc: put(CollectionStep{use.id, Variable::RESOURCE, macro(use.text()), {}}); break;
      case Action::setenv: put(CollectionStep{use.id, Variable::ENV, macro(use.text()), {}}); break;
      case Action::exec:
      case Action::append:
      case Action::prepend: put(OfflineStep{use.id}); break;
      case Action::sanitiseArg:
      case Action::sanitiseMatched:
      case Action::sanitiseMatchedBytes:
      case Action::sanitiseRequestHeader:
      case Action::sanitiseResponseHeader: rule.steps.push_back({&use, sanitise(use)}); break;
      default: break;  // metadata and disruptive actions are not steps
    }
  }

  SetvarStep setvar(const parser::Setvar& use) {
    SetvarStep step{use.collection, -1, macro(use.name), use.operation, macro(use.value)};
    if (use.collection == Variable::TX && step.name.literal) step.tx_slot = tx_slot(step.name.text);
    if (is_persistent(use.collection)) program_->ordered_ = true;
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
      if (expression && !ruleset_.semantics.ctl_key_expressions) continue;  // no member's name
      for (const Variable part : parts_of(target.variable)) {
        step.exclusions.push_back({part, selection(target.selector), false});
        step.exclusions.back().selection.exact_case = ruleset_.semantics.update_keys_case;
      }
    }
    return step;
  }

  void set_disruption(CompiledRule& rule, const Rule& source) {
    const ActionUse* chosen = nullptr;  // `block` has become what the default says
    for (const ActionUse* use : source.effective) {
      if (is_disruptive(use->id)) chosen = use;
    }
    if (chosen == nullptr || chosen->id == Action::pass) return;
    const auto disruption = disruption_of(chosen->id);
    if (!disruption) return;
    rule.disruptive = true;
    rule.disruption = *disruption;
    if (chosen->id == Action::allow) rule.allow = chosen->word();
    if (chosen->id == Action::redirect || chosen->id == Action::proxy) rule.url = label(*chosen);
  }

  // --- what needs all rules to be known ---

  void resolve_jumps() {
    for (const std::vector<uint32_t>& phase : program_->phases_) {
      for (const uint32_t at : phase) {
        CompiledRule& rule = program_->rules_[at];
        const ActionUse* jump = nullptr;
        for (uint32_t link = 0; link < rule.links; ++link) {
          if (const ActionUse* use = program_->rules_[at + link].source->find(Action::skipAfter)) jump = use;
          rule.skip = std::max(rule.skip, program_->rules_[at + link].skip);
        }
        if (rule.skip > 0 && ruleset_.semantics.skip_counts_markers) {
          rule.skip = rules_among_next(at, rule.skip, phase);
        }
        if (jump != nullptr) resolve_jump(rule, jump->word(), phase);
      }
    }
  }

  RuleIndex index_of(uint32_t at) const {
    return static_cast<RuleIndex>(program_->rules_[at].source - ruleset_.rules.data());
  }

  /// How many rules of a phase there are among the next `count` rules of it and markers after `at`.
  uint32_t rules_among_next(uint32_t at, uint32_t count, const std::vector<uint32_t>& phase) const {
    auto rule = std::ranges::upper_bound(phase, at);
    const RuleIndex end = index_of(at) + program_->rules_[at].links;
    auto marker = std::ranges::lower_bound(ruleset_.markers, end, {}, &parser::Marker::before);
    uint32_t rules = 0;
    for (; count > 0; --count) {
      const bool marker_next = marker != ruleset_.markers.end() &&
                               (rule == phase.end() || marker->before <= index_of(*rule));
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

  void resolve_jump(CompiledRule& rule, const std::string& name, const std::vector<uint32_t>& phase) {
    const auto here = static_cast<RuleIndex>(rule.source - ruleset_.rules.data());
    rule.skip_to = static_cast<uint32_t>(phase.size());
    const auto marker = std::ranges::find_if(ruleset_.markers, [&](const parser::Marker& candidate) {
      return candidate.name == name && candidate.before > here;
    });
    if (marker == ruleset_.markers.end()) {
      rule.skip_after_missing = true;
      const auto earlier = std::ranges::find(ruleset_.markers, name, &parser::Marker::name);
      if (earlier != ruleset_.markers.end()) rule.skip_ends_at = earlier->before;
      return;
    }
    const auto landing = std::ranges::lower_bound(phase, marker->before, {}, [&](uint32_t at) { return index_of(at); });
    rule.skip_to = static_cast<uint32_t>(landing - phase.begin());
  }

  void resolve_controls() {
    for (uint32_t at = 0; at < program_->rules_.size(); ++at) {
      for (auto* steps : {&program_->rules_[at].steps, &program_->rules_[at].final_steps}) {
        for (Step& step : *steps) {
          auto* control = std::get_if<CtlStep>(&step.kind);
          if (control != nullptr) resolve_control(*control, std::get<parser::CtlUse>(step.source->value).filter);
        }
      }
    }
  }

  void resolve_control(CtlStep& step, const parser::RuleFilter& filter) {
    if (filter.ids.empty() && filter.text.empty()) return;
    const parser::RuleMatcher matcher(filter, ruleset_.semantics);
    for (uint32_t at = 0; at < program_->rules_.size(); ++at) {
      const Rule& rule = *program_->rules_[at].source;
      if (!rule.is_starter()) continue;
      const bool named = (rule.id && matcher.names(*rule.id)) ||
                         std::ranges::any_of(rule.effective, [&](const ActionUse* use) {
                           return matcher.names(*use);
                         });
      if (named) step.rules.push_back(at);
    }
    step.exclusion_list = program_->dynamic_exclusion_lists_++;
  }

  void complain(parser::Span span, std::string message, std::string_view check = "invalid-rule") {
    parser::add(diagnostics_, check, parser::Severity::error, span, std::move(message));
  }

  const parser::Ruleset& ruleset_;
  std::shared_ptr<Program> program_;
  parser::Diagnostics diagnostics_;
  bool geo_database_failed_ = false;
  std::map<std::pair<PipelineId, parser::Transformation>, PipelineId> pipeline_ids_;
  std::map<std::string, const parser::Pcre*> selector_ids_;
  std::map<std::tuple<Variable, parser::SelectorKind, std::string, Side>, int32_t> group_ids_;
  std::map<std::tuple<parser::Operator, std::string, parser::FileId>, const LazyOperator*> operator_ids_;
  std::deque<MacroText>& program_macros_ = program_->operator_macros_;
};

Program::Compiled Program::compile(std::shared_ptr<const parser::Ruleset> ruleset,
                                   ProgramOptions options) {
  return Compiler(std::move(ruleset), std::move(options)).compile();
}

Result<OperatorPointer> Program::make_operator(const CompiledRule& rule,
                                               std::string_view argument) const {
  const parser::OperatorUse& use = rule.source->op;
  return factory_of(use.id)(argument, Compiler::make_operator_context(*this, use));
}

}  // namespace wafcheck::engine
