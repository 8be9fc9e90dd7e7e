#include "engine/run/rule_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <span>
#include <utility>

#include "engine/actions/actions.h"
#include "engine/actions/script_host.h"
#include "engine/run/transaction_operators.h"
#include "engine/transformations/code_points.h"
#include "engine/values/macros.h"
#include "engine/values/operator_of.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline run {

using parser::Variable;

namespace {

constexpr size_t kBytesOfMatch = 2 * sizeof(Match);  // lists double as they grow

/// Bytes of a chain's reference: it tells of no match beyond.
constexpr size_t kMaxReference = 16'384;

/// What there is to say of a rule whatever it matched.
MatchedRule match_of(const CompiledRule& starter) {
  MatchedRule matched;
  matched.id = starter.source->id;
  matched.file = starter.file;
  matched.line = starter.line;
  matched.rule = matched.last = starter.source;
  matched.auditlog = starter.auditlog;
  return matched;
}

}  // namespace

void RuleLoop::run(int phase) {
  Flow& flow = state_.flow;
  if (!flow.runs(phase)) return trace_.phase_not_run(phase);
  state_.candidates.begin_phase(state_.request_body.text.size() + state_.response_body.text.size());
  const parser::Semantics& semantics = program_.semantics();
  const std::span<const uint32_t> heads = program_.phases[static_cast<size_t>(phase)];
  const Precheck* const prechecks = program_.prechecks[static_cast<size_t>(phase)].data();
  // Who watches wants to see each rule.
  const bool prechecked = state_.candidates.active() && profile_ == nullptr && !trace_.active();

  size_t at = flow.begin_phase(phase);
  uint32_t first_link = 0;
  while (at < heads.size()) {
    if (flow.skips_rest() || state_.arena.spent()) return;
    const Precheck check = prechecks[at];
    const uint32_t head = heads[at++];
    const uint32_t first = std::exchange(first_link, 0);
    if (flow.skips_next()) {
      trace_.rule_skipped(head, phase, "skip");
      continue;
    }
    if (prechecked && check.pattern >= 0 && first == 0 && !flow.removed(head) &&
        !(flow.awaits_effects() && flow.has_exclusions(head)) && !may_match(check)) {
      continue;
    }
    if (flow.removed(head) || removed_by_text(*program_.rules[head])) {
      flow.note_passed_over(head);
      trace_.rule_removed(head, phase);
      continue;
    }
    if (!chain_matches(head, first)) {
      if (flow.mode() == EngineMode::off && semantics.engine_off_next_link) return;
      continue;
    }
    complete(head, phase);
    const CompiledRule& rule = *program_.rules[head];
    const bool off = flow.mode() == EngineMode::off && !semantics.engine_off_next_phase;
    const bool interrupted = flow.stopped() && phase != 5;
    const bool passes = flow.passes_rest(phase) || ends_logging(rule);
    if (semantics.skip_survives_phase && (interrupted || passes)) {
      flow.follow(rule, interrupted);
      if (!interrupted) flow.pass_over(heads.size() - at);
    }
    if (interrupted) return;
    if (off || passes) {
      trace_.stopped(heads.subspan(at), phase);
      if (off) return;
      break;
    }
    flow.follow(rule);
    if (const Jump& jump = program_.jumps[head]; jump.skip_to) {
      trace_.skipped_after(heads.subspan(at, std::max<size_t>(*jump.skip_to, at) - at), phase,
                           rule);
      at = *jump.skip_to;
      first_link = jump.skip_link;
    }
  }
  flow.end_phase();
}

/// Whether a disruptive action ends phase 5, where it interrupts nothing.
bool RuleLoop::ends_logging(const CompiledRule& starter) const {
  return program_.semantics().logging_phase_ends && starter.phase == 5 && starter.disruptive &&
         state_.flow.mode() == EngineMode::on;
}

/// Whether SecRuleRemoveByMsg or SecRuleRemoveByTag names what the rule's text comes to now.
bool RuleLoop::removed_by_text(const CompiledRule& starter) {
  if (!starter.removable) return false;
  using Kind = parser::RuleFilter::Kind;
  const auto names = [&](Kind kind, const Macro& text) {
    if (text.literal) return false;  // seen to when the rules were loaded
    const std::string_view expanded = expand(state_, text);
    return std::ranges::any_of(program_.removals, [&](const parser::RuleFilter* filter) {
      return filter->kind == kind && filter->text == expanded;
    });
  };
  return names(Kind::msg, starter.message) ||
         std::ranges::any_of(starter.tags, [&](const Macro& tag) { return names(Kind::tag, tag); });
}

bool RuleLoop::chain_matches(uint32_t head, uint32_t first) {
  ChainMatches& matches = state_.matches;
  matches.begin_chain();
  reference_.clear();
  const CompiledRule& starter = *program_.rules[head];
  rule_failed_ = false;
  for (uint32_t link = first; link < starter.links; ++link) {
    const bool off = link > first && state_.flow.mode() == EngineMode::off;
    if (off && program_.semantics().engine_off_next_link) {
      matches.chain_failed();
      return false;
    }
    const CompiledRule& rule = *program_.rules[head + link];
    state_.current.rule = &rule;
    if (rule.last_of_repeated) matches.begin_last_link(starter.source, link);
    trace_.rule_begins(rule);
    if (profile_ != nullptr) profile_->rule_begins(head + link);
    const bool matched = link_matches(rule, head, link);
    trace_.rule_ends(matched);
    if (!matched) {
      matches.chain_failed();
      return false;
    }
    if (rule.last_of_repeated) matches.chain_matched(starter.source, starter.links);
  }
  if (starter.open_chain) matches.chain_failed();
  return !starter.open_chain;
}

bool RuleLoop::link_matches(const CompiledRule& rule, uint32_t head, uint32_t link) {
  if (rule.unconditional) {
    if (rule.multi_match && rule.prefixes.empty()) return false;
    if (program_.semantics().action_tests_client) match_client(rule, link);
    for (const Step& step : rule.steps) perform(state_, step);
    return true;
  }
  if (rule.is_script) return script_matches(rule, link);
  bool any = false;
  const bool ends = program_.semantics().interruption_ends_rule && interrupts(head, link);
  for (const CompiledTarget& target : rule.targets) {
    if (target.offline) {
      report_offline(parser::info(target.variable).name, " has no value without a server");
    }
    if (target.group >= 0 && state_.candidates.active() && !group_may_match(rule, target)) {
      if (profile_ != nullptr) {
        profile_->group_ruled_out(rule.number, static_cast<size_t>(target.group));
      }
      note_exclusions(rule, head, target);
      continue;
    }
    values_.each(rule, head, target, [&](const Value& value) {
      if (rule_failed_ || (ends && any) || state_.arena.spent()) return;
      any |= test(rule, value, link);
    });
  }
  return any;
}

/// Whether the rule of a precheck may match.
bool RuleLoop::may_match(const Precheck& check) {
  return state_.candidates.may_match(
      check, state_.variables.changes(),
      [this](const CompiledRule& rule, const CompiledTarget& target) {
        return group_patterns(rule, target);
      });
}

/// The patterns that may match any value of the target's group.
const PatternBits* RuleLoop::group_patterns(const CompiledRule& rule,
                                            const CompiledTarget& target) {
  const auto each_value = [&](const auto& visit) {
    const auto group = static_cast<size_t>(target.group);
    values_.each_of_group(rule, program_.target_groups()[group].target,
                          [&](const Value& value) { visit(value.string); });
  };
  const uint32_t version = state_.variables.version(target.variable);
  return state_.candidates.patterns_of(target, version, each_value);
}

bool RuleLoop::group_may_match(const CompiledRule& rule, const CompiledTarget& target) {
  return has_pattern(group_patterns(rule, target), rule.op.pattern);
}

/// The values of a target that is passed over are not visited: whether exclusions keep some from
/// the rule is of interest until it is known.
void RuleLoop::note_exclusions(const CompiledRule& rule, uint32_t head,
                               const CompiledTarget& target) {
  Flow& flow = state_.flow;
  const bool first =
      target.update_set != 0 &&
      flow.first_look(target.group, target.update_set, state_.variables.version(target.variable));
  if (first || (flow.awaits_effects() && flow.has_exclusions(head) &&
                values_.awaits_effect(rule, head, target))) {
    values_.each(rule, head, target, [](const Value&) {});
  }
}

void RuleLoop::report_offline(std::string_view what, std::string_view why) {
  state_.problems.report_once("offline",
                              fmt::format("rule {}: {}{}", state_.current_id(), what, why));
}

/// What a SecAction matches where it is a rule that always does.
void RuleLoop::match_client(const CompiledRule& rule, uint32_t link) {
  Match match;
  match.variable = Variable::REMOTE_ADDR;
  match.value = state_.variables.first_or_empty(Variable::REMOTE_ADDR);
  match.transformed =
      state_.strings[state_.strings.transform(state_.strings.intern(match.value), rule.pipeline)];
  match.link = link;
  state_.arena.spend(kBytesOfMatch);
  state_.matches.add(match);
}

bool RuleLoop::script_matches(const CompiledRule& rule, uint32_t link) {
  if (rule.script == nullptr) {
    report_offline("a script is not run: there is no server to do it in");
    return false;
  }
  const auto text = run_script(state_, *rule.script);
  if (!text) return false;
  Match match;
  match.variable = Variable::RULE;
  match.called = parser::info(parser::Directive::SecRuleScript).name;
  match.value = match.transformed = state_.arena.copy(*text);
  match.link = link;
  state_.match.clear();
  state_.match.want_captures = false;
  value_matched(rule, match);
  return true;
}

/// Whether a match of a link is what interrupts.
bool RuleLoop::interrupts(uint32_t head, uint32_t link) const {
  const CompiledRule& starter = *program_.rules[head];
  return link + 1 == starter.links && starter.disruptive && starter.phase != 5 &&
         starter.disruption != Disruption::allow && state_.flow.mode() == EngineMode::on;
}

bool RuleLoop::test(const CompiledRule& rule, const Value& value, uint32_t link) {
  if (!rule.multi_match) return test(rule, value, rule.pipeline, link);
  bool any = false;
  StringId before = 0;
  for (const PipelineId prefix : rule.prefixes) {
    const StringId string = state_.strings.transform(value.string, prefix);
    if (prefix != 0 && string == before) continue;  // this step changed nothing
    const bool passed_over = prefix != 0 && unnoticed(prefix, state_.strings[before]);
    before = string;
    if (passed_over) continue;
    any |= test(rule, value, prefix, link);
  }
  return any;
}

/// Whether the engine takes the last step of `pipeline` for one that leaves `text` as it is.
bool RuleLoop::unnoticed(PipelineId pipeline, std::string_view text) const {
  return program_.semantics().utf8_unnoticed &&
         program_.pipelines[pipeline].step == parser::Transformation::utf8toUnicode &&
         !transformations::has_utf8_sequence(text);
}

bool RuleLoop::test(const CompiledRule& rule, const Value& value, PipelineId pipeline,
                    uint32_t link) {
  const StringId string = state_.strings.transform(value.string, pipeline);
  const bool found = operator_matches(rule, string);
  const bool matched = found != rule.op.negated && !rule_failed_;
  if (found && refers()) refer_to_found();
  if (found && !matched && state_.match.want_captures && !state_.match.captures.empty()) {
    store_captures();
  }
  const Macro& argument = rule.op.argument;
  trace_.value_tested(rule, value, string, pipeline, matched,
                      argument.literal ? argument.text : parameter_);
  if (!matched) return false;
  Match match;
  match.variable = value.variable;
  match.counted = value.counted;
  match.called = value.called;
  if (value.key.empty()) mark_empty_name(match);
  match.key = value.key;
  match.value = state_.strings[value.string];
  match.transformed = state_.strings[string];
  match.link = link;
  match.undecided = rule.op.negated && state_.match.limit_hit;
  if (!state_.matches.is_new(match, rule.last_of_repeated)) return false;
  refer_to_value(rule, value, pipeline);
  note_matched_place(match);
  value_matched(rule, match);
  return true;
}

/// ARGS: is the member with an empty name, where the engine tells it from all of them.
void RuleLoop::mark_empty_name(Match& match) {
  const parser::VariableInfo& row = parser::info(match.variable);
  const bool member = row.kind == parser::VariableKind::Collection && !match.counted;
  if (!member || match.called.data() != nullptr) return;
  if (program_.semantics().empty_names_marked) {
    match.called = state_.arena.copy(fmt::format("{}:", row.name));
  }
}

void RuleLoop::refer(char what, size_t offset, size_t length) {
  reference_ += what;
  reference_ += fmt::format_int(offset).c_str();
  reference_ += ',';
  reference_ += fmt::format_int(length).c_str();
}

void RuleLoop::refer_to_found() {
  for (const operators::FoundPlace& place : state_.match.places) {
    refer('o', place.offset, place.length);
  }
}

void RuleLoop::refer_to_value(const CompiledRule& rule, const Value& value, PipelineId pipeline) {
  if (!refers() || reference_.size() >= kMaxReference) return;
  const auto add = [&](size_t offset, size_t length) { refer('v', offset, length); };
  if (value.counted) {
    // A count stands nowhere.
  } else if (value.variable == Variable::RULE) {
    add(0, 0);
  } else if (parser::info(value.variable).kind == parser::VariableKind::Scalar ||
             value.variable == Variable::MATCHED_VAR ||
             value.variable == Variable::MATCHED_VAR_NAME) {
    const auto& all = state_.variables.places();
    for (const Variables::Place& place : std::span(all).first(std::min(value.places, all.size()))) {
      if (place.variable == value.variable) add(place.offset, place.length);
    }
  } else if (value.offset != Variables::kNowhere) {
    add(value.offset, state_.strings[value.string].size());
  }
  std::vector<std::string_view> steps;
  for (PipelineId at = pipeline; at != 0; at = program_.pipelines[at].prefix) {
    steps.push_back(parser::info(program_.pipelines[at].step).name);
    if (rule.multi_match) break;  // the others were told of before
  }
  std::string_view comma;
  for (const std::string_view step : std::views::reverse(steps)) {
    reference_.append(comma).append("t:").append(step);
    comma = ",";
  }
}

/// MATCHED_VAR and MATCHED_VAR_NAME stand where all that ever matched does.
void RuleLoop::note_matched_place(const Match& match) {
  constexpr size_t kMaxPlaces = 1000;
  Variables& variables = state_.variables;
  if (!refers() || variables.places().size() >= kMaxPlaces) return;
  variables.add_place(Variable::MATCHED_VAR, variables.position(), match.transformed.size());
  variables.add_place(Variable::MATCHED_VAR_NAME, variables.position(), match.name().size());
}

/// The operator's verdict on a string, negation left to the caller; asked only where the string may
/// match.
bool RuleLoop::operator_matches(const CompiledRule& rule, StringId string) {
  if (rule.op.pattern < 0 || !state_.candidates.active()) return run_operator(rule, string);
  const Side side = rule.side();
  if (!state_.strings.may_match(string, side, rule.op.pattern)) {
    if (profile_ != nullptr) {
      profile_->value_ruled_out(rule.number, state_.strings.remembered(string, side));
    }
    state_.match.clear();
    state_.match.want_captures = false;
    return false;
  }
  const bool matched = run_operator(rule, string);
  // Where a limit was hit, nothing is certain.
  if (!matched && !state_.match.limit_hit && state_.match.error.empty()) {
    state_.strings.rule_out(string, side, rule.op.pattern);
  }
  return matched;
}

bool RuleLoop::run_operator(const CompiledRule& rule, StringId string) {
  const std::string_view bytes = state_.strings[string];
  operators::MatchState& match = state_.match;
  match.clear();
  match.want_places = trace_.wants_places() || (refers() && reference_.size() < kMaxReference);
  match.want_captures = rule.capture && (!rule.op.negated || program_.semantics().negated_captures);
  bool matched = false;
  {
    const size_t place = rule.number;
    if (profile_ != nullptr) profile_->candidate(place, bytes);
    const auto timed = Profile::time_operator(profile_, place);
    const std::string_view argument = expand(state_, rule.op.argument);
    parameter_ = argument;
    const operators::Operator* const op = operator_of(state_, rule, argument);
    matched = op != nullptr && match_operator(state_, rule, *op, bytes, argument);
  }
  // A search that was given up may still be certain to end in no match.
  if (match.limit_hit && rule.op.pattern >= 0) {
    match.limit_hit = state_.strings.could_match(string, rule.side(), rule.op.pattern);
  }
  if (match.limit_hit) limit_hit(rule, bytes.size());
  if (match.error.empty()) return matched;
  state_.problems.report_once("operator",
                              fmt::format("rule {}: {}", state_.current_id(), match.error));
  rule_failed_ = program_.semantics().failed_operator_ends_rule;
  return rule.op.negated;  // neither the operator nor its negation is certain to match
}

void RuleLoop::limit_hit(const CompiledRule& rule, size_t bytes) {
  state_.variables.set(Variable::MSC_PCRE_LIMITS_EXCEEDED, 1);
  state_.tx.set("MSC_PCRE_LIMITS_EXCEEDED", "1");
  if (program_.semantics().limit_is_pcre_error) {
    state_.variables.set(Variable::MSC_PCRE_ERROR, 1);
    state_.tx.set("MSC_PCRE_ERROR", "1");
  }
  state_.problems.report_undecided(
      "regex-limit",
      fmt::format("rule {}: the expression took more than {} steps on a value of {} bytes; "
                  "it counts as no match{}",
                  state_.current_id(), program_.settings.match_limit, bytes,
                  rule.op.negated ? ", so that the rule matches" : ""));
}

void RuleLoop::value_matched(const CompiledRule& rule, Match match) {
  if (profile_ != nullptr) ++profile_->rules[rule.number].matches;
  const operators::MatchState& left = state_.match;
  if (!left.finding.empty()) match.finding = state_.arena.copy(left.finding);
  if (left.want_captures && !left.captures.empty()) {
    const std::string_view whole = left.captures[0];
    if (whole.data() != nullptr) match.captured = state_.arena.copy(whole);
    store_captures();
  }
  state_.arena.spend(kBytesOfMatch);
  if (!rule.op.argument.literal) {
    match.parameter = left.want_captures ? expand(state_, rule.op.argument) : parameter_;
  }
  state_.matches.add(match);
  for (const Step& step : rule.steps) perform(state_, step);
  if (program_.semantics().first_message) tell_at_match(rule);
  if (logs_each_hit(rule)) record_hit(rule, match);
}

/// Expands a rule's message as it is at this match. What a chain's starter says waits for the
/// chain.
void RuleLoop::tell_at_match(const CompiledRule& rule) {
  const bool starts_chain = rule.source->is_starter() && rule.links > 1;
  if (starts_chain || (!rule.has_message && !rule.has_data)) return;
  const std::string_view message = expand(state_, rule.message);
  state_.matches.describe(state_.matches.of_chain().size() - 1, message, expand(state_, rule.data));
}

void RuleLoop::store_captures() {
  const auto& captures = state_.match.captures;
  TxStore& tx = state_.tx;
  for (size_t group = 10; group < captures.size(); ++group) {
    if (captures[group].data() != nullptr) tx.set(fmt::format_int(group).c_str(), captures[group]);
  }
  // TX:0 to TX:9 have the first slots of every program.
  for (size_t group = 0; group < 10; ++group) {
    const auto slot = static_cast<int32_t>(group);
    if (group < captures.size() && captures[group].data() != nullptr) {
      tx.set(slot, state_.strings.copy(captures[group]));
    } else if (program_.semantics().clear_captures) {
      if (program_.semantics().captures_preset) {
        tx.set(slot, state_.strings.intern(""));
      } else {
        tx.unset(slot);
      }
    }
  }
}

// --- after the whole chain has matched -----------------------------------------------------------

void RuleLoop::complete(uint32_t head, int phase) {
  const CompiledRule& starter = *program_.rules[head];
  state_.current.message = state_.current.data = {};
  MatchedRule matched = match_of(starter);
  finish_links(program_.chain_of(head), matched);

  const bool in_time = phase != 5 || program_.semantics().logging_phase_interrupts;
  if (starter.status != 0 && program_.semantics().status_is_kept) state_.status = starter.status;
  if (starter.resets_status && state_.flow.mode() == EngineMode::on) state_.status = 0;
  const bool off =
      state_.flow.mode() == EngineMode::off && !program_.semantics().engine_off_next_link;
  const bool disrupts = starter.disruptive && in_time && !off;
  const bool interrupts = disrupts && starter.disruption != Disruption::allow;
  record(head, phase, interrupts && state_.flow.interrupts_now(), std::move(matched));
  if (disrupts) disrupt(starter, phase);
}

/// What rules of a chain that has matched do last; where the last of them comes first, it tells of
/// itself before.
void RuleLoop::finish_links(std::span<const CompiledRule* const> links, MatchedRule& matched) {
  const parser::Semantics& semantics = program_.semantics();
  const auto perform_all = [&](const CompiledRule& rule) {
    for (const Step& step : rule.final_steps) perform(state_, step);
  };
  if (semantics.starter_text_first) {
    const auto perform_those = [&](const CompiledRule& rule, bool updated) {
      for (const Step& step : rule.final_steps) {
        if (step.source->updated == updated) perform(state_, step);
      }
    };
    for (const CompiledRule* const rule : std::views::reverse(links)) {
      perform_those(*rule, true);
      tell(*rule, matched);
      perform_those(*rule, false);
    }
    return;
  }
  int severity = -1;
  for (const CompiledRule* const rule : links) {
    perform_all(*rule);
    const bool counts = rule->source->is_starter() || !semantics.starter_metadata_only;
    if (rule->severity >= 0 && counts) severity = rule->severity;
  }
  count_severity(severity);
}

/// Message, data, severity and tags of a rule; what is told last holds.
void RuleLoop::tell(const CompiledRule& rule, MatchedRule& matched) {
  const parser::Semantics& semantics = program_.semantics();
  RuleContext& current = state_.current;
  const bool metadata = rule.source->is_starter() || !semantics.starter_metadata_only;
  const auto tell_tags = [&] {
    for (const Macro& tag : rule.tags) matched.tags.push_back(text_of(tag));
  };
  if (metadata && semantics.tags_before_severity) tell_tags();
  if (metadata && rule.severity >= 0) {
    matched.severity = rule.severity;
    if (semantics.starter_text_first) count_severity(rule.severity);
  }
  // The message first: %{RULE.msg} may be in the data, %{RULE.logdata} hardly in a message.
  if (rule.has_message && !semantics.first_message) current.message = text_of(rule.message);
  if (rule.has_data && !semantics.first_message) current.data = text_of(rule.data);
  if (metadata && !semantics.tags_before_severity) tell_tags();
}

/// A text that is logged, macros expanded.
std::string_view RuleLoop::text_of(const Macro& text) {
  const CompiledRule* const evaluated = state_.current.rule;
  if (!program_.semantics().rule_macros_in_text) state_.current.rule = nullptr;
  const std::string_view expanded = expand(state_, text);
  state_.current.rule = evaluated;
  return expanded;
}

void RuleLoop::count_severity(int severity) {
  if (severity < 0 || (severity == 0 && program_.semantics().emergency_not_highest)) return;
  state_.highest_severity = std::min(state_.highest_severity, severity);
}

/// Whether a rule is in the error log; its message has been expanded.
bool RuleLoop::logs(const CompiledRule& starter, bool disrupted) const {
  const parser::Semantics& semantics = program_.semantics();
  const bool on = state_.flow.mode() == EngineMode::on;
  if (logs_each_hit(starter)) return disrupted && on;
  if (ends_logging(starter) && starter.disruption != Disruption::allow) return false;
  if (semantics.interruption_always_logs && disrupted && on) return true;
  if (!semantics.action_logs_message || !starter.unconditional) return starter.log;
  return starter.block || (starter.log && !state_.current.message.empty());
}

/// Hits of a rule with multiMatch are logged as they come.
bool RuleLoop::logs_each_hit(const CompiledRule& rule) const {
  return rule.multi_match && program_.semantics().multi_match_hit_lines;
}

void RuleLoop::record_hit(const CompiledRule& rule, const Match& match) {
  const size_t most = state_.limits().logged_hits;
  if (++hits_recorded_ > most) {
    state_.problems.report_once(
        "limit", fmt::format("multiMatch: more than {} hits; the others are not logged", most));
    return;
  }
  const CompiledRule& starter = *program_.rules[rule.number - match.link];
  const bool by_starter = program_.semantics().multi_match_hit_message;
  MatchedRule matched = match_of(starter);
  matched.last = rule.source;
  matched.phase = starter.phase;
  if (by_starter ? match.link == 0 : match.link + 1 == starter.links) {
    matched.severity = rule.severity;
    count_severity(rule.severity);
    matched.data = text_of(rule.data);
    matched.message = text_of(rule.message);
    if (by_starter) {
      for (const Macro& tag : rule.tags) matched.tags.push_back(text_of(tag));
    }
  }
  matched.log = true;
  matched.reference = state_.arena.copy(reference_);
  if (program_.semantics().multi_match_denial_bare) reference_.clear();
  matched.matches = {match};
  if (starter.auditlog) state_.audit.relevant = true;
  state_.matched_rules.push_back(std::move(matched));
}

void RuleLoop::record(uint32_t head, int phase, bool disrupted, MatchedRule matched) {
  const CompiledRule& starter = *program_.rules[head];
  RuleContext& current = state_.current;
  if (starter.auditlog) state_.audit.relevant = true;
  const parser::Semantics& semantics = program_.semantics();
  const bool despite_nolog = semantics.action_logs_message && starter.block;
  const bool hits_only = logs_each_hit(starter) && !disrupted && !state_.options.keep_all_matches;
  const bool recorded = !hits_only && (starter.log || starter.auditlog || disrupted ||
                                       despite_nolog || state_.options.keep_all_matches);
  if (!recorded && !starter.disruptive) return;

  state_.arena.spend(sizeof(MatchedRule) + state_.matches.of_chain().size() * sizeof(Match));
  if (!semantics.starter_text_first) {
    for (const CompiledRule* const rule : program_.chain_of(head)) tell(*rule, matched);
  }
  matched.last = program_.rules[head + starter.links - 1]->source;
  matched.phase = static_cast<uint8_t>(phase);
  matched.disrupted = disrupted;
  if (semantics.first_message) tell_first(head);
  if (disrupted && starter.update_disrupts && semantics.update_denial_bare) {
    current.message = current.data = {};
  }
  matched.message = current.message;
  matched.data = current.data;
  matched.log = logs(starter, disrupted);
  matched.reference = state_.arena.copy(reference_);
  const std::span<const Match> matches = state_.matches.of_chain();
  matched.matches.assign(matches.begin(), matches.end());
  if (recorded) state_.matched_rules.push_back(std::move(matched));
}

/// The first message of the matches, with the data that goes with it.
void RuleLoop::tell_first(uint32_t head) {
  const CompiledRule& starter = *program_.rules[head];
  RuleContext& current = state_.current;
  if (starter.links > 1 || starter.unconditional) {
    const std::string_view message = expand(state_, starter.message);
    const std::string_view data = expand(state_, starter.data);
    if (!starter.unconditional) {
      state_.matches.describe(0, message, data);
    } else if (!message.empty() || state_.matches.of_chain().empty()) {
      current.message = message;
      current.data = data;
      return;
    }
  }
  for (const Match& match : state_.matches.of_chain()) {
    if (current.data.empty()) current.data = match.data;
    if (match.message.empty()) continue;
    current.message = match.message;
    current.data = match.data;
    return;
  }
}

void RuleLoop::disrupt(const CompiledRule& starter, int phase) {
  if (starter.disruption == Disruption::allow) return state_.flow.allow(starter);
  Interruption interruption;
  interruption.action = starter.disruption;
  interruption.rule_id = starter.source->id;
  interruption.phase = static_cast<uint8_t>(phase);
  interruption.message = state_.current.message;
  const parser::Semantics& semantics = program_.semantics();
  const int own = starter.disruption == Disruption::drop ? semantics.drop_status : 403;
  const int status = starter.status != 0 ? starter.status : state_.status;
  const bool named = status != 0 && !(status == 200 && semantics.status_200_is_403);
  interruption.status = named ? status : own;
  if (starter.disruption == Disruption::redirect || starter.disruption == Disruption::proxy) {
    interruption.url = expand(state_, starter.url);
  }
  if (starter.disruption == Disruption::redirect) {
    const bool redirects = semantics.redirect_status_kept
                               ? status >= 301 && status <= 307
                               : status == 301 || status == 302 || status == 303 || status == 307;
    if (!redirects) interruption.status = 302;
  }
  state_.flow.interrupt(std::move(interruption));
}

}  // namespace wafcheck::engine::inline run
