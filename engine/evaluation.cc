#include "engine/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "engine/values.h"
#include "parser/ascii.h"

namespace wafcheck::engine {

using parser::Variable;

const std::optional<Interruption>& Transaction::run_phase(int phase) {
  const Profile::PhaseScope timed(options_.profile, phase);
  Evaluation(*this).run(phase);
  return interruption_;
}

bool Evaluation::runs(int phase) const {
  if (tx_.engine_mode_ == EngineMode::off) return false;
  if (phase == 5) {
    return !(tx_.skip_ == Transaction::Skip::transaction && program_.semantics().allow_skips_logging);
  }
  if (tx_.interruption_ || tx_.skip_ == Transaction::Skip::transaction) return false;
  return !(tx_.skip_ == Transaction::Skip::request && phase <= 2);
}

void Evaluation::run(int phase) {
  if (!runs(phase)) {
    if (observer_ != nullptr) observe_phase_not_run(phase);
    return;
  }
  tx_.consider_prefilter();
  const std::vector<uint32_t>& rules = program_.in_phase(phase);
  if (!program_.semantics().skip_survives_phase) tx_.skip_rules_ = 0;
  if (!program_.semantics().skip_after_survives_phase) tx_.skip_rest_ = false;

  size_t at = 0;
  if (tx_.skip_rest_ && tx_.skip_ends_at_) {
    tx_.skip_rest_ = false;
    at = program_.first_from(phase, *tx_.skip_ends_at_);
  }
  while (at < rules.size()) {
    if (tx_.skip_rest_) return;
    if (tx_.skip_rules_ > 0) {
      --tx_.skip_rules_;
      if (observer_ != nullptr) observe_skipped(rules[at], phase, "skip");
      ++at;
      continue;
    }
    const uint32_t head = rules[at++];
    if (removed(head)) {
      if (observer_ != nullptr) observe_removed(head, phase);
      continue;
    }
    if (!fires(head)) {
      if (multi_match_hit_ && program_.semantics().multi_match_always_logs) record(head, phase, false);
      continue;
    }
    complete(head, phase);
    const CompiledRule& rule = program_.rules()[head];
    const bool off = tx_.engine_mode_ == EngineMode::off && !program_.semantics().engine_off_next_phase;
    const bool stopped = off || tx_.skip_ != Transaction::Skip::nothing;
    if (tx_.interruption_ && phase != 5) return;
    if (stopped) {
      if (observer_ != nullptr) observe_rest(rules, at, rules.size(), phase, stop_reason());
      if (off) return;
      break;
    }
    tx_.skip_rules_ = rule.skip;
    if (rule.skip_to) {
      if (observer_ != nullptr) {
        observe_rest(rules, at, *rule.skip_to, phase,
                     fmt::format("skipAfter of rule {}", rule.source->id.value_or(0)));
      }
      at = *rule.skip_to;
      tx_.skip_rest_ = rule.skip_after_missing;
      tx_.skip_ends_at_ = rule.skip_ends_at;
    }
  }
  if (tx_.skip_ == Transaction::Skip::phase) tx_.skip_ = Transaction::Skip::nothing;
}

bool Evaluation::removed(uint32_t head) const {
  return !tx_.removed_.empty() && tx_.removed_[head];
}

bool Evaluation::fires(uint32_t head) {
  const bool accumulate = program_.semantics().matched_vars_accumulate;
  if (!accumulate) tx_.chain_matches_.clear();
  tx_.chain_begin_ = tx_.chain_matches_.size();
  multi_match_hit_ = false;
  const uint32_t links = program_.rules()[head].links;
  for (uint32_t link = 0; link < links; ++link) {
    const CompiledRule& rule = program_.rules()[head + link];
    tx_.current_rule_ = &rule;
    if (rule.last_of_repeated) {
      const parser::Rule* const starter = program_.rules()[head].source;
      tx_.matched_chains_.begin_last_link(starter, link, tx_.chain_matches_);
    }
    if (observer_ != nullptr) observer_->rule_begins(*rule.source, rule.phase);
    if (profile_ != nullptr) profile_->rule_begins(head + link);
    const bool matched = link_matches(rule, head, link);
    if (observer_ != nullptr) observer_->rule_ends(matched);
    if (!matched) {
      if (accumulate) tx_.chain_matches_.clear();
      return false;
    }
    if (rule.last_of_repeated) {
      tx_.matched_chains_.add(program_.rules()[head].source, links, tx_.chain_matches_);
    }
  }
  return true;
}

bool Evaluation::link_matches(const CompiledRule& rule, uint32_t head, uint32_t link) {
  if (rule.unconditional) {
    for (const Step& step : rule.steps) run(step);
    return true;
  }
  if (rule.offline) {
    report_offline("a script is not run");
    return false;
  }
  bool any = false;
  for (uint32_t at = rule.first_target; at < rule.end_target; ++at) {
    const CompiledTarget& target = program_.targets()[at];
    if (target.offline) report_offline_target(target);
    if (tx_.prefilter_ && target.group >= 0 && !group_may_match(rule, target)) {
      if (profile_ != nullptr) profile_->group_ruled_out(place_of(rule), static_cast<size_t>(target.group));
      continue;
    }
    each_value(rule, head, target, [&](const Value& value) { any |= test(rule, value, link); });
  }
  return any;
}

/// Whether the rule's pattern may match any value of a target group: false only if it cannot.
bool Evaluation::group_may_match(const CompiledRule& rule, const CompiledTarget& target) {
  const auto number = static_cast<size_t>(target.group);
  Transaction::GroupState& state = tx_.groups_[number];
  const uint32_t version = tx_.versions_[static_cast<size_t>(target.variable)] + 1;
  if (state.version != version) {
    state.version = version;
    state.parts = 0;
  }
  if ((target.parts & ~state.parts) != 0) gather_candidates(rule, number, state, target.parts);
  return (state.candidates[rule.op.pattern / 64] >> (rule.op.pattern % 64) & 1) != 0;
}

void Evaluation::gather_candidates(const CompiledRule& rule, size_t number, Transaction::GroupState& state,
                                   uint64_t parts) {
  const auto timed = Profile::time(profile_, Account::prefilter);
  if (profile_ != nullptr) profile_->group_begins(number);
  const TargetGroup& group = program_.target_groups()[number];
  const size_t words = program_.patterns()[static_cast<size_t>(group.side)].words();
  MatchMemory* const memory = tx_.options_.memory;
  if (memory != nullptr) parts = memory->parts(number) |= parts;
  parts &= ~state.parts;
  if (state.candidates == nullptr) state.candidates = tx_.arena_.make_array<PatternBits>(words);
  if (state.parts == 0) std::fill_n(state.candidates, words, 0);
  state.parts |= parts;

  // What is known of a value holds for a group and these parts of it.
  const uint64_t salt = (number + 1) * 0x9E3779B97F4A7C15U ^ parts * 0xD6E8FEB86659FD93U;
  PatternBits* const own = tx_.arena_.make_array<PatternBits>(words);
  const auto gather = [&](const Value& value) {
    if (memory == nullptr) {
      add_candidates(group, parts, value.string, state.candidates);
      if (profile_ != nullptr) profile_->value_gathered(number, false);
      return;
    }
    const TextHash text = tx_.strings_.hash(value.string);
    const TextHash key{text.low ^ salt, text.high + salt};
    MatchCache& cache = memory->values(group.side);
    const PatternBits* kept = cache.find(key);
    bool known = kept != nullptr;
    if (!known) {
      std::fill_n(own, words, PatternBits{0});
      // Of texts seen before, more is known than may match at first sight.
      known = add_candidates(group, parts, value.string, own);
      if (known) cache.keep(key, own);
      kept = own;
    }
    if (profile_ != nullptr) profile_->value_gathered(number, known);
    for (size_t word = 0; word < words; ++word) state.candidates[word] |= kept[word];
  };
  if (group.target.variable == Variable::XML) {
    each_xml_node(rule, group.target, gather);
  } else {
    each_member(group.target, gather);
  }
}

/// Adds the patterns that may match a value to `all`; true if all of its texts were known before.
bool Evaluation::add_candidates(const TargetGroup& group, uint64_t parts, StringId value, PatternBits* all) {
  bool remembered = true;
  for (; parts != 0; parts &= parts - 1) {
    const TargetGroup::Part& part = group.parts[static_cast<size_t>(std::countr_zero(parts))];
    const StringId string = tx_.strings_.transform(value, part.pipeline);
    const PatternBits* const set = tx_.strings_.candidates(string, group.side);
    for (size_t word = 0; word < part.patterns.size(); ++word) all[word] |= set[word] & part.patterns[word];
    remembered = remembered && tx_.strings_.remembered(string, group.side);
  }
  return remembered;
}

bool Evaluation::test(const CompiledRule& rule, const Value& value, uint32_t link) {
  if (!rule.multi_match) return test_string(rule, value, rule.pipeline, link);
  bool any = false;
  StringId before = 0;
  for (const PipelineId prefix : rule.prefixes) {
    const StringId string = tx_.strings_.transform(value.string, prefix);
    if (prefix != 0 && string == before) continue;  // this step changed nothing
    before = string;
    any |= test_string(rule, value, prefix, link);
  }
  return any;
}

bool Evaluation::test_string(const CompiledRule& rule, const Value& value, PipelineId pipeline,
                             uint32_t link) {
  const StringId string = tx_.strings_.transform(value.string, pipeline);
  const std::string_view bytes = tx_.strings_[string];
  const bool matched = operator_matches(rule, string) != rule.op.negated;
  if (observer_ != nullptr) observe_test(rule, value, string, pipeline, matched);
  if (!matched) return false;
  Match match;
  match.variable = value.variable;
  match.counted = value.counted;
  match.key = value.key;
  match.value = tx_.strings_[value.string];
  match.transformed = bytes;
  match.link = link;
  if (rule.last_of_repeated && tx_.matched_chains_.holds(match)) return false;
  on_match(rule, match);
  return true;
}

/// The operator's verdict on a string; negation is left to the caller.
bool Evaluation::operator_matches(const CompiledRule& rule, StringId string) {
  if (rule.op.pattern < 0 || !tx_.prefilter_) return apply_operator(rule, string);
  if (!tx_.strings_.may_match(string, rule.side(), rule.op.pattern)) {
    if (profile_ != nullptr) {
      profile_->value_ruled_out(place_of(rule), tx_.strings_.remembered(string, rule.side()));
    }
    tx_.match_state_.clear();
    tx_.match_state_.want_captures = false;
    return false;
  }
  const bool matched = apply_operator(rule, string);
  // Where a limit was hit, nothing is known.
  const MatchState& state = tx_.match_state_;
  if (!matched && !state.limit_hit && state.error.empty()) {
    tx_.strings_.rule_out(string, rule.side(), rule.op.pattern);
  }
  return matched;
}

bool Evaluation::apply_operator(const CompiledRule& rule, StringId string) {
  const std::string_view bytes = tx_.strings_[string];
  MatchState& state = tx_.match_state_;
  state.clear();
  state.want_captures = rule.capture && !rule.op.negated;
  const bool matched = run_operator(rule, bytes);
  // A search that was given up may still be known to find nothing.
  if (state.limit_hit && rule.op.pattern >= 0) {
    state.limit_hit = tx_.strings_.could_match(string, rule.side(), rule.op.pattern);
  }
  if (state.limit_hit) {
    tx_.set(Variable::MSC_PCRE_LIMITS_EXCEEDED, 1);
    Transaction::TxVariable& flag = tx_.tx_slot("MSC_PCRE_LIMITS_EXCEEDED", -1);
    flag.value = tx_.keep("1");
    flag.set = true;
    report_once("regex-limit",
                fmt::format("rule {}: the expression took more than {} steps on a value of {} bytes; "
                            "it counts as no match",
                            current_id(), program_.settings().match_limit, bytes.size()));
  }
  if (!state.error.empty()) {
    report_once("operator", fmt::format("rule {}: {}", current_id(), state.error));
    return rule.op.negated;  // neither the operator nor its negation is known to match
  }
  return matched;
}

bool Evaluation::run_operator(const CompiledRule& rule, std::string_view bytes) {
  if (profile_ != nullptr) profile_->candidate(place_of(rule), bytes);
  const auto timed = Profile::time_operator(profile_, place_of(rule));
  const std::string_view argument =
      rule.op.argument.literal ? rule.op.argument.text : expand(rule.op.argument);
  return match_operator(rule, operator_of(rule, argument), bytes, argument);
}

const Operator& Evaluation::operator_of(const CompiledRule& rule, std::string_view argument) {
  if (rule.op.op != nullptr) return rule.op.op->get();
  auto [known, fresh] = tx_.expanded_operators_.try_emplace(
      fmt::format("{} {}", static_cast<int>(rule.op.id), argument));
  if (fresh) {
    auto made = program_.make_operator(rule, argument);
    if (made) {
      known->second = std::move(*made);
    } else {
      report_once("operator", fmt::format("rule {}: {} in the expanded argument: {}",
                                          current_id(), argument, made.error().message));
      known->second = std::move(*operators::noMatch("", {program_.semantics(), nullptr, 0}));
    }
  }
  return *known->second;
}

void Evaluation::on_match(const CompiledRule& rule, const Match& match) {
  if (profile_ != nullptr) ++profile_->rules[place_of(rule)].matches;
  Match kept = match;
  if (tx_.match_state_.want_captures && !tx_.match_state_.captures.empty()) {
    const std::string_view whole = tx_.match_state_.captures[0];
    if (whole.data() != nullptr) kept.captured = tx_.arena_.copy(whole);
    store_captures();
  }
  multi_match_hit_ = multi_match_hit_ || rule.multi_match;
  tx_.chain_matches_.push_back(kept);
  tx_.last_match_ = kept;
  for (const Step& step : rule.steps) run(step);
}

void Evaluation::store_captures() {
  const auto& captures = tx_.match_state_.captures;
  for (size_t group = 10; group < captures.size(); ++group) {
    if (captures[group].data() == nullptr) continue;
    Transaction::TxVariable& variable = tx_.tx_slot(fmt::format_int(group).c_str(), -1);
    variable.value = tx_.keep(captures[group]);
    variable.set = true;
  }
  for (size_t group = 0; group < 10; ++group) {
    const bool took_part = group < captures.size() && captures[group].data() != nullptr;
    if (!took_part && !program_.semantics().clear_captures) continue;
    if (!took_part && !tx_.tx_[group].set) continue;
    // Slots 0-9 are the first that every Program has.
    if (took_part) {
      Transaction::TxVariable& variable = tx_.tx_slot({}, static_cast<int32_t>(group));
      variable.value = tx_.keep(captures[group]);
      variable.set = true;
    } else {
      tx_.unset_tx(static_cast<int32_t>(group));
    }
  }
}

// --- after the whole chain has matched -----------------------------------------------------------

void Evaluation::complete(uint32_t head, int phase) {
  const std::vector<CompiledRule>& rules = program_.rules();
  const CompiledRule& starter = rules[head];
  int severity = -1;
  for (uint32_t link = 0; link < starter.links; ++link) {
    const CompiledRule& rule = rules[head + link];
    for (const Step& step : rule.final_steps) run(step);
    if (rule.severity >= 0) severity = rule.severity;
  }
  if (severity >= 0) tx_.highest_severity_ = std::min(tx_.highest_severity_, severity);

  const bool disrupts = starter.disruptive && phase != 5 && tx_.engine_mode_ != EngineMode::off;
  const bool interrupts = disrupts && starter.disruption != Disruption::allow;
  const bool first_would = tx_.engine_mode_ == EngineMode::detection_only && !tx_.would_interrupt_;
  record(head, phase, interrupts && (tx_.engine_mode_ == EngineMode::on || first_would));
  if (disrupts) disrupt(starter, phase, tx_.current_message_);
}

void Evaluation::describe(const CompiledRule& rule) {
  // Data first: %{RULE.msg} is seldom in it, %{RULE.logdata} even less in a message.
  if (rule.has_message) tx_.current_message_ = expand(rule.message);
  if (rule.has_data) tx_.current_data_ = expand(rule.data);
}

/// Whether a rule is in the error log; its message has been expanded.
bool Evaluation::logs(const CompiledRule& starter, bool disrupted) const {
  const parser::Semantics& semantics = program_.semantics();
  const bool on = tx_.engine_mode_ == EngineMode::on;
  if (semantics.interruption_always_logs && disrupted && on) return true;
  if (semantics.multi_match_always_logs && multi_match_hit_) return true;
  if (!semantics.action_logs_message || !starter.unconditional) return starter.log;
  return starter.block || (starter.log && !starter.multi_match && !tx_.current_message_.empty());
}

void Evaluation::record(uint32_t head, int phase, bool disrupted) {
  const std::vector<CompiledRule>& rules = program_.rules();
  const CompiledRule& starter = rules[head];
  tx_.current_message_ = tx_.current_data_ = {};
  if (starter.auditlog) tx_.audit_relevant_ = true;
  const parser::Semantics& semantics = program_.semantics();
  const bool despite_nolog = (semantics.multi_match_always_logs && multi_match_hit_) ||
                             (semantics.action_logs_message && starter.block);
  const bool kept = starter.log || starter.auditlog || disrupted || despite_nolog ||
                    tx_.options_.keep_all_matches;
  if (!kept && !starter.disruptive) return;

  MatchedRule matched;
  matched.rule = starter.source;
  matched.last = rules[head + starter.links - 1].source;
  matched.phase = static_cast<uint8_t>(phase);
  matched.auditlog = starter.auditlog;
  matched.disrupted = disrupted;
  for (uint32_t link = 0; link < starter.links; ++link) {
    const CompiledRule& rule = rules[head + link];
    describe(rule);
    if (rule.severity >= 0) matched.severity = rule.severity;
    for (const Macro& tag : rule.tags) matched.tags.push_back(expand(tag));
  }
  matched.message = tx_.current_message_;
  matched.data = tx_.current_data_;
  matched.log = logs(starter, disrupted);
  const size_t before = std::min(tx_.chain_begin_, tx_.chain_matches_.size());
  matched.matches.assign(tx_.chain_matches_.begin() + static_cast<std::ptrdiff_t>(before),
                         tx_.chain_matches_.end());
  if (kept) tx_.matched_rules_.push_back(std::move(matched));
}

void Evaluation::disrupt(const CompiledRule& rule, int phase, std::string_view message) {
  if (rule.disruption == Disruption::allow) {
    if (tx_.engine_mode_ != EngineMode::on) return;
    tx_.allowed_ = true;
    tx_.stopper_ = &rule;
    tx_.skip_ = rule.allow == "phase"     ? Transaction::Skip::phase
                : rule.allow == "request" ? Transaction::Skip::request
                                          : Transaction::Skip::transaction;
    return;
  }
  Interruption interruption;
  interruption.action = rule.disruption;
  interruption.rule_id = rule.source->id;
  interruption.phase = static_cast<uint8_t>(phase);
  interruption.message = message;
  interruption.status = rule.status != 0 ? rule.status : 403;
  if (rule.disruption == Disruption::redirect || rule.disruption == Disruption::proxy) {
    interruption.url = expand(rule.url);
  }
  if (rule.disruption == Disruption::redirect) {
    const bool redirects = rule.status == 301 || rule.status == 302 || rule.status == 303 || rule.status == 307;
    if (!redirects) interruption.status = 302;
  }
  if (tx_.engine_mode_ == EngineMode::on) {
    tx_.interruption_ = std::move(interruption);
  } else if (!tx_.would_interrupt_) {
    tx_.would_interrupt_ = std::move(interruption);
  }
}

void Evaluation::report_once(std::string_view kind, std::string message) {
  const bool known = std::ranges::any_of(tx_.problems_, [&](const Problem& problem) {
    return problem.kind == kind && problem.message == message;
  });
  if (!known) tx_.report(std::string(kind), std::move(message));
}

}  // namespace wafcheck::engine
