// Rules, links of chains, and default actions, as they stand in load order. Source: seclang
// reference, sections 1.5 to 1.8.

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

// --- default actions ---

void Loader::read_default_action(const DirectiveNode& node, const DirectiveInfo& row) {
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

void Loader::check_default(const ActionUse& use) {
  if (!info(use.id).traits.has(ActionTrait::RuleOnly)) return;
  tell(SyntaxCheck::defaultaction_conflict, use.span,
       fmt::format("{} belongs to a rule, not to SecDefaultAction", info(use.id).name),
       "remove it");
}

void Loader::check_default_transformation(const ActionUse& use) {
  if (use.id != Action::t || !ruleset_.semantics().default_none_is_error) return;
  if (std::get<Transformation>(use.value) != Transformation::none) return;
  tell(SyntaxCheck::defaultaction_conflict, use.span,
       "this engine takes no t:none in SecDefaultAction", "remove it");
}

void Loader::check_complete(const DirectiveNode& node, const ActionUse* phase, bool disruptive) {
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

void Loader::check_only_one(const DefaultAction& action) {
  if (ruleset_.semantics().one_default_action) return;
  const auto [first, inserted] = default_actions_.try_emplace(action.phase, action.span);
  if (inserted) return;
  tell(SyntaxCheck::defaultaction_conflict, action.span,
       fmt::format("phase {} has a SecDefaultAction already", action.phase))
      .related.push_back({first->second, "the first one"});
}

// --- rules ---

void Loader::read_rule(const DirectiveNode& node, const DirectiveInfo& row) {
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

void Loader::tell_drop(const DirectiveNode& node, std::optional<uint64_t> id, size_t begin) {
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

std::optional<Rule> Loader::parse_rule(const DirectiveNode& node, const DirectiveInfo& row) {
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
    rule.actions = parse_actions(node.arguments[actions].text, ruleset_.semantics(), diagnostics_);
  }
  return rule;
}

const ActionUse* Loader::last(const Rule& rule, Action action) {
  const auto found =
      std::ranges::find(rule.actions.rbegin(), rule.actions.rend(), action, &ActionUse::id);
  return found == rule.actions.rend() ? nullptr : &*found;
}

void Loader::check_operator_file(const OperatorUse& op) {
  for (const auto& [begin, end] : data_file_names(op, ruleset_.semantics())) {
    check_data_file(op.argument.sub(begin, end));
  }
}

void Loader::check_forms(const Rule& rule) {
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

bool Loader::is_single(const VariableInfo& row) {
  return row.kind == VariableKind::Scalar && row.id != Variable::REQUEST_BODY &&
         row.id != Variable::WEBSERVER_ERROR_LOG && row.id != Variable::ARGS_COMBINED_SIZE &&
         row.id != Variable::FILES_COMBINED_SIZE;
}

void Loader::check_bare_collection(const DirectiveNode& node, const Rule& rule) {
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

void Loader::place_rule(Rule rule) {
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

void Loader::place_link(Rule rule) {
  Rule& starter = ruleset_.rules[pending_->starter];
  rule.starter = pending_->starter;
  rule.link = starter.links++;
  rule.phase = starter.phase;
  check_link(rule, starter);
  ruleset_.rules.push_back(std::move(rule));
}

void Loader::place_starter(Rule rule) {
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

void Loader::check_logging_rule(const Rule& rule) {
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

uint8_t Loader::default_phase() const {
  const Semantics& semantics = ruleset_.semantics();
  if (!semantics.one_default_action || ruleset_.default_actions.empty()) {
    return static_cast<uint8_t>(semantics.default_phase);
  }
  return ruleset_.default_actions.back()->phase;
}

void Loader::take_id(Rule& rule, const ActionUse* id, RuleIndex at) {
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

bool Loader::quote_lost() const {
  return std::any_of(diagnostics_.begin() + static_cast<ptrdiff_t>(rule_diagnostics_),
                     diagnostics_.end(), [](const Diagnostic& diagnostic) {
                       return diagnostic.row ==
                              static_cast<CheckRow>(SyntaxCheck::unterminated_quote);
                     });
}

void Loader::check_link(const Rule& rule, const Rule& starter) {
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

void Loader::check_link_action(const ActionUse& use, const Rule& starter) {
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

void Loader::end_chain(bool at_end) {
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

void Loader::hold_action(Rule rule) {
  Diagnostic& diagnostic = tell(SyntaxCheck::action_in_chain, rule.name_span,
                                "the chain goes on behind this SecAction, which is a rule of its "
                                "own in this engine",
                                "move it behind the chain");
  diagnostic.severity = Severity::warning;
  diagnostic.effect = Effect::told;
  diagnostic.related.push_back({pending_->chain, "chained here"});
  held_actions_.push_back(std::move(rule));
}

void Loader::place_held_actions() {
  for (Rule& rule : std::exchange(held_actions_, {})) place_starter(std::move(rule));
}

void Loader::name_rules() {
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
    const auto after = std::ranges::upper_bound(
        places, order(diagnostic.span), {}, [&](const Place& place) { return order(place.span); });
    if (after == places.begin()) continue;
    const Place& place = *(after - 1);
    const bool inside =
        place.span.file == diagnostic.span.file && diagnostic.span.begin < place.span.end;
    if (inside) diagnostic.rule_id = place.id;
  }
}

}  // namespace wafcheck::parser::inline ruleset
