#pragma once
// The values of targets, exclusions applied. In a header, so that what is done with a value inlines
// into the loop over them.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/state/table_order.h"
#include "engine/state/transaction_state.h"
#include "engine/values/macros.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline values {

/// A target's value as the rule loop sees it.
struct Value {
  parser::Variable variable = parser::Variable::ARGS;
  bool counted = false;
  std::string_view key = {};
  uint32_t hash = 0;  ///< of the key
  StringId string = 0;
  std::string_view called = {};           ///< see Match::called
  uint32_t offset = Variables::kNowhere;  ///< of a member: see Member::offset
  size_t places = SIZE_MAX;  ///< of a scalar: as many places were known when it was asked for
};

class TargetValues {
 public:
  explicit TargetValues(TransactionState& state) : state_(state) {}

  /// Calls `visit(const Value&)` for each value of a rule's target. `head`: the starter of the
  /// rule's chain.
  template <typename Visit>
  void each(const CompiledRule& rule, uint32_t head, const CompiledTarget& target, Visit visit);
  /// The same for a group of targets: what only single rules exclude is in it.
  template <typename Visit>
  void each_of_group(const CompiledRule& rule, const CompiledTarget& target, Visit visit) {
    if (target.variable == parser::Variable::XML) {
      each_xml_node(rule, target, visit);
    } else {
      each_member(target, visit);
    }
  }

  /// Whether a ctl's exclusion applies to a target of the rule and has kept no value out yet.
  bool awaits_effect(const CompiledRule& rule, uint32_t head, const CompiledTarget& target) {
    find_exclusions(target, head, rule.number != head);
    return std::ranges::any_of(exclusions_, [this](const Exclusion* exclusion) {
      return !state_.flow.has_excluded(*exclusion);
    });
  }

  // Rare variables are kept out of line: the loop over the others has to stay small.
 private:
  void find_exclusions(const CompiledTarget& target, uint32_t head, bool in_link) {
    exclusions_.clear();
    exclusions_seen_ = state_.flow.exclusions().size();
    if (state_.flow.has_exclusions(head)) gather_exclusions(target, head, in_link);
  }
  void gather_exclusions(const CompiledTarget& target, uint32_t head, bool in_link);
  bool excluded(const CompiledTarget& target, uint32_t head, bool in_link, const Value& value);
  /// Whether the count itself is excluded, not what it counts.
  bool count_excluded(const CompiledTarget& target, uint32_t head, bool in_link);
  bool name_excluded(const CompiledTarget& target, std::string_view name);
  template <typename Visit>
  void each_member(const CompiledTarget& target, Visit visit);
  /// Of a variable without members: what it is computed to be.
  template <typename Visit>
  [[gnu::noinline]] void computed_value(const CompiledTarget& target, Visit visit);
  template <typename Visit>
  void each_tx(const CompiledTarget& target, Visit visit);
  template <typename Visit>
  [[gnu::noinline]] void each_matched(const CompiledTarget& target, Visit visit);
  template <typename Visit>
  [[gnu::noinline]] void each_record_member(const CompiledTarget& target, Visit visit);
  template <typename Visit>
  [[gnu::noinline]] void each_rule_field(const CompiledTarget& target, Visit visit);
  template <typename Visit>
  [[gnu::noinline]] void each_of_environment(const CompiledTarget& target, Visit visit);
  template <typename Visit>
  [[gnu::noinline]] void each_xml_node(const CompiledRule& rule, const CompiledTarget& target,
                                       Visit visit);
  /// A member's name where records are kept together, key and application before it.
  std::string stored_name(const OpenRecord& open, std::string_view name) const;

  TransactionState& state_;
  std::vector<const Exclusion*> exclusions_;  ///< by ctl, those that concern the target
  size_t exclusions_seen_ = 0;  ///< of all that were in force when they were looked up
};

/// What ctl actions exclude from a target: looked up once for all of its values.
[[gnu::noinline]] inline void TargetValues::gather_exclusions(const CompiledTarget& target,
                                                              uint32_t head, bool in_link) {
  const parser::Semantics& semantics = state_.program.semantics();
  if (in_link && semantics.ctl_targets_spare_links) return;
  for (const CtlStep* control : state_.flow.exclusions()) {
    // Few are about the variable: only for these the rule is looked up.
    std::optional<bool> applies;
    for (const Exclusion& exclusion : control->exclusions) {
      if (exclusion.variable != target.variable) continue;
      const bool spared = semantics.ctl_spares_members &&
                          exclusion.selection.kind == parser::SelectorKind::none &&
                          target.selection.kind != parser::SelectorKind::none;
      if (spared) continue;
      if (!applies) applies = std::ranges::binary_search(control->rules, head);
      if (*applies) exclusions_.push_back(&exclusion);
    }
  }
}

inline bool TargetValues::excluded(const CompiledTarget& target, uint32_t head, bool in_link,
                                   const Value& value) {
  const parser::Semantics& semantics = state_.program.semantics();
  const auto excludes = [&](const Selection& selection) {
    const bool spared = target.count && semantics.exclusions_spare_counts &&
                        selection.kind != parser::SelectorKind::none;
    return !spared && selection.matches(value.key, value.hash);
  };
  for (const Exclusion& exclusion : target.exclusions) {
    if (!excludes(exclusion.selection)) continue;
    if (target.update_set != 0) state_.flow.note_excluded(exclusion);
    return true;
  }
  if (semantics.update_expressions_test_names) {
    const parser::VariableInfo& variable = parser::info(target.variable);
    const bool scalar = variable.kind == parser::VariableKind::Scalar;
    if (scalar && name_excluded(target, variable.name)) return true;
  }
  // Actions of the rule itself may add to them while its values are visited.
  if (exclusions_seen_ != state_.flow.exclusions().size()) find_exclusions(target, head, in_link);
  const auto found = std::ranges::find_if(
      exclusions_, [&](const Exclusion* exclusion) { return excludes(exclusion->selection); });
  if (found == exclusions_.end()) return false;
  state_.flow.note_ctl_excluded(**found);
  return true;
}

inline bool TargetValues::name_excluded(const CompiledTarget& target, std::string_view name) {
  for (const Exclusion& exclusion : target.exclusions) {
    if (!exclusion.any_collection || !exclusion.selection.matches(name, 0)) continue;
    state_.flow.note_excluded(exclusion);
    return true;
  }
  return false;
}

inline bool TargetValues::count_excluded(const CompiledTarget& target, uint32_t head,
                                         bool in_link) {
  const parser::Semantics& semantics = state_.program.semantics();
  const Selection& counted = target.selection;
  if (semantics.update_expressions_test_names) {
    std::string name(parser::info(target.variable).name);
    if (counted.kind == parser::SelectorKind::name) name += fmt::format(":{}", counted.name);
    if (counted.kind == parser::SelectorKind::regex)
      name += fmt::format(":regex({})", counted.name);
    if (name_excluded(target, name)) return true;
  }
  const bool by_ctl = semantics.exclusions_remove_counts || semantics.ctl_removes_counts;
  if (!by_ctl || !state_.flow.has_exclusions(head) ||
      (in_link && semantics.ctl_targets_spare_links))
    return false;
  for (const CtlStep* control : state_.flow.exclusions()) {
    if (!std::binary_search(control->rules.begin(), control->rules.end(), head)) continue;
    for (const Exclusion& exclusion : control->exclusions) {
      if (exclusion.variable != target.variable) continue;
      const bool whole = exclusion.selection.kind == parser::SelectorKind::none;
      const bool same =
          exclusion.selection.kind == counted.kind && exclusion.selection.name == counted.name;
      if (!(semantics.exclusions_remove_counts ? same : whole)) continue;
      state_.flow.note_ctl_excluded(exclusion);
      return true;
    }
  }
  return false;
}

template <typename Visit>
void TargetValues::each(const CompiledRule& rule, uint32_t head, const CompiledTarget& target,
                        Visit visit) {
  int64_t count = 0;
  const bool in_link = rule.number != head;
  if (target.count && count_excluded(target, head, in_link)) return;
  find_exclusions(target, head, in_link);
  const auto consider = [&](Value&& value) {
    if (excluded(target, head, in_link, value)) return;
    if (value.called.data() == nullptr) value.called = target.called;
    if (target.count) {
      ++count;
    } else {
      visit(value);
    }
  };
  switch (target.variable) {
    case parser::Variable::TX:
      each_tx(target, consider);
      break;
    case parser::Variable::MATCHED_VAR:
    case parser::Variable::MATCHED_VAR_NAME:
    case parser::Variable::MATCHED_VARS:
    case parser::Variable::MATCHED_VARS_NAMES:
      each_matched(target, consider);
      break;
    case parser::Variable::IP:
    case parser::Variable::GLOBAL:
    case parser::Variable::RESOURCE:
    case parser::Variable::SESSION:
    case parser::Variable::USER:
      each_record_member(target, consider);
      break;
    case parser::Variable::RULE:
      each_rule_field(target, consider);
      break;
    case parser::Variable::ENV:
      each_of_environment(target, consider);
      break;
    case parser::Variable::RESPONSE_XML:
    case parser::Variable::XML:
      each_xml_node(rule, target, consider);
      break;
    default:
      each_member(target, consider);
      break;
  }
  if (!target.count) return;
  visit(Value{.variable = target.variable,
              .counted = true,
              .key = target.selection.name,
              .hash = target.selection.hash,
              .string = state_.strings.copy(fmt::format_int(count).c_str()),
              .called = target.called});
}

template <typename Visit>
void TargetValues::each_member(const CompiledTarget& target, Visit visit) {
  const std::vector<Member>& members = state_.variables.members(target.variable);
  // Actions may add members while values are visited: the rule sees those that were there.
  const size_t count = members.size();
  const bool tabled = state_.program.semantics().members_as_tabled && count > 1;
  const bool by_name = target.selection.kind == parser::SelectorKind::name;
  const uint32_t* const order =
      tabled && !by_name ? state_.variables.table_order(target.variable) : nullptr;
  for (size_t turn = 0; turn < count; ++turn) {
    size_t at = turn;
    if (order != nullptr) at = order[turn];
    if (tabled && by_name) at = count - 1 - turn;
    const Member member = members[at];
    if (!target.selection.matches(member.key, member.hash)) continue;
    visit(Value{.variable = target.variable,
                .key = member.key,
                .hash = member.hash,
                .string = member.value,
                .offset = member.offset});
  }
  if (count == 0) computed_value(target, visit);
}

template <typename Visit>
void TargetValues::computed_value(const CompiledTarget& target, Visit visit) {
  std::string text;
  if (!computed(state_, target.variable, text)) {
    const bool scalar = parser::info(target.variable).kind == parser::VariableKind::Scalar;
    if (!scalar || !state_.program.semantics().empty_scalars) return;
    const bool unset = target.variable == parser::Variable::REMOTE_USER;
    if (unset && state_.program.semantics().remote_user_unset) return;
  }
  visit(Value{target.variable, false, target.selection.name, target.selection.hash,
              state_.strings.copy(text)});
}

template <typename Visit>
void TargetValues::each_rule_field(const CompiledTarget& target, Visit visit) {
  const Selection& selection = target.selection;
  const bool fields = state_.program.semantics().rule_fields_selected;
  std::vector<Value> values;  // all that there are before any is tested
  const auto add = [&](std::string_view name) {
    const std::string_view text = rule_field(state_, name);
    if (text.empty()) return;
    values.push_back({target.variable, false, name, name_hash(name), state_.strings.copy(text)});
  };
  const bool all = selection.kind == parser::SelectorKind::none;
  if (fields) {
    for (const std::string_view name : {"id", "rev", "severity", "logdata", "msg"}) {
      const bool by_name = selection.kind == parser::SelectorKind::name;
      const bool selected =
          all || (by_name ? selection.name == name : selection.matches(name, name_hash(name)));
      if (selected) add(name);
      if (selected && !all) break;  // an expression selects the first
    }
  } else {
    add(selection.name);
  }
  for (Value& value : values) visit(std::move(value));
}

template <typename Visit>
void TargetValues::each_of_environment(const CompiledTarget& target, Visit visit) {
  const bool listed = state_.program.semantics().environment_listed &&
                      target.selection.kind == parser::SelectorKind::none;
  const auto emit = [&](std::string_view name) {
    std::string text;
    append_variable(state_, {.is_variable = true, .variable = target.variable, .text = name}, text);
    if (text.empty() && !listed) return;
    visit(Value{target.variable, false, name, name_hash(name), state_.strings.copy(text)});
  };
  if (!listed) return emit(target.selection.name);
  for (const std::string& name : environment_names(state_)) emit(state_.arena.copy(name));
}

inline std::string TargetValues::stored_name(const OpenRecord& open, std::string_view name) const {
  const std::string_view application = state_.program.settings.web_app_id;
  const bool unset = state_.program.semantics().web_app_id_unset &&
                     application == std::string_view(Settings().web_app_id);
  return fmt::format("{}::{}::{}", open.key(), unset ? std::string_view() : application, name);
}

template <typename Visit>
void TargetValues::each_tx(const CompiledTarget& target, Visit visit) {
  const auto emit = [&](const TxVariable& variable) {
    visit(Value{target.variable, false, variable.name, variable.hash, variable.value});
  };
  if (target.tx_slot >= 0) {
    const TxVariable variable = state_.tx[target.tx_slot];
    if (variable.set) emit(variable);
    return;
  }
  std::vector<TxVariable> fixed;
  const bool fix = state_.program.semantics().members_fixed;
  state_.tx.each([&](const TxVariable& variable) {
    if (!target.selection.matches(variable.name, variable.hash)) return;
    if (fix) {
      fixed.push_back(variable);
    } else {
      emit(variable);
    }
  });
  for (const TxVariable& variable : fixed) emit(variable);
}

template <typename Visit>
void TargetValues::each_matched(const CompiledTarget& target, Visit visit) {
  const auto emit = [&](const Match& match, std::string_view name, bool member) {
    const bool names = target.variable == parser::Variable::MATCHED_VAR_NAME ||
                       target.variable == parser::Variable::MATCHED_VARS_NAMES;
    Value value;
    value.variable = target.variable;
    value.key = member ? name : std::string_view();
    value.places = state_.variables.places().size();
    if (member) value.offset = static_cast<uint32_t>(state_.variables.position());
    value.hash = name_hash(value.key);
    value.string = state_.strings.intern(names ? name : match.transformed);
    if (target.selection.matches(value.key, value.hash)) visit(std::move(value));
  };
  const bool all = target.variable == parser::Variable::MATCHED_VARS ||
                   target.variable == parser::Variable::MATCHED_VARS_NAMES;
  if (!all) {
    const auto& last = state_.matches.last();
    if (last) {
      emit(*last, state_.arena.copy(last->name()), false);
    } else if (state_.program.semantics().matched_var_always) {
      visit(Value{.variable = target.variable,
                  .hash = name_hash({}),
                  .string = state_.strings.intern(""),
                  .places = state_.variables.places().size()});
    }
    return;
  }
  // Values that match are added while they are visited: the rule sees those that were there.
  std::vector<Member> names;
  for (const Match& match : state_.matches.all()) {
    const std::string_view name = state_.arena.copy(match.name());
    names.push_back({name, name_hash(name), 0});
  }
  std::vector<uint32_t> order;
  if (state_.program.semantics().members_as_tabled) order = table_order(names);
  for (size_t turn = 0; turn < names.size(); ++turn) {
    const size_t at = order.empty() ? turn : order[turn];
    emit(state_.matches.all()[at], names[at].key, true);
  }
}

template <typename Visit>
void TargetValues::each_record_member(const CompiledTarget& target, Visit visit) {
  const OpenRecord* const open = state_.records.find(target.variable);
  if (open == nullptr) return;
  const bool compound = state_.program.semantics().collection_keys_compound;
  const Selection& selection = target.selection;
  if (compound && selection.kind == parser::SelectorKind::none) return;
  const bool by_name = selection.kind == parser::SelectorKind::name;
  std::vector<std::string> names;
  if (by_name) {
    const StoredMember* const stored = open->find(selection.name);
    names.emplace_back(stored != nullptr ? stored->name : std::string(selection.name));
  } else {
    names = state_.records.member_names(*open);
  }
  const bool fix = state_.program.semantics().members_fixed;
  std::vector<Value> fixed;
  for (const std::string& name : names) {
    const uint32_t hash = name_hash(name);
    if (compound && selection.kind == parser::SelectorKind::regex) {
      if (!selection.matches(stored_name(*open, name), hash)) continue;
    } else if (!selection.matches(name, hash)) {
      continue;
    }
    const auto text = state_.records.member(*open, name);
    if (!text) continue;
    Value value{target.variable, false, state_.arena.copy(name), hash, state_.strings.copy(*text)};
    if (compound) {
      value.called =
          state_.arena.copy(fmt::format("{}:{}", parser::info(target.variable).name,
                                        stored_name(*open, by_name ? selection.name : name)));
    }
    if (fix) {
      fixed.push_back(value);
    } else {
      visit(std::move(value));
    }
  }
  for (Value& value : fixed) visit(std::move(value));
}

template <typename Visit>
void TargetValues::each_xml_node(const CompiledRule& rule, const CompiledTarget& target,
                                 Visit visit) {
  constexpr std::string_view kTexts = "/*", kAttributes = "//@*";
  const bool response = target.variable == parser::Variable::RESPONSE_XML;
  const bool named = !response && state_.program.semantics().xml_is_request_xml;
  const XmlDocument& document = response ? state_.response_body.xml : state_.request_body.xml;
  const bool tree = target.selection.kind == parser::SelectorKind::none;
  const bool present =
      document.parsed() || (tree && !response && state_.program.semantics().xml_tree_always);
  if (!present || (!response && state_.xml_into_args == XmlIntoArgs::only_args)) return;
  const std::string_view name = parser::info(target.variable).name;
  if (tree && named) {
    CompiledTarget part = target;
    part.selection.kind = parser::SelectorKind::xpath;
    for (const std::string_view path : {kTexts, kAttributes}) {
      part.selection.name = path;
      part.selection.hash = name_hash(path);
      part.called = path == kTexts ? "REQUEST_XML:/*" : "REQUEST_XML://@*";
      each_xml_node(rule, part, visit);
    }
    return;
  }
  if (tree) {
    visit(Value{
        target.variable, false, {}, name_hash({}), state_.strings.intern("[XML document tree]")});
    return;
  }
  const auto& namespaces = state_.program.xml_namespaces(rule.source);
  XmlSelections::Key key{response, &namespaces, std::string(target.selection.name)};
  const XmlSelections::Selected* selected = state_.xml_selections.find(key);
  if (selected == nullptr) {
    bool truncated = false;
    auto members = document.select(key.xpath, namespaces, state_.program.semantics(), state_.arena,
                                   &truncated);
    selected = &state_.xml_selections.add(std::move(key), {std::move(members), truncated});
  }
  const auto& nodes = selected->members;
  if (!nodes) {
    const std::string message =
        fmt::format("{}:{}: {}", name, target.selection.name, nodes.error().message);
    if (selected->truncated) {
      state_.problems.report_undecided("xpath-limit", message);
    } else {
      state_.problems.report_once("xml", message);
    }
    return;
  }
  if (selected->truncated) {
    state_.problems.report_undecided(
        "xpath-limit",
        fmt::format("{}:{}: too many nodes; the rest was left out", name, target.selection.name));
  }
  for (const std::string_view node : *nodes) {
    visit(Value{target.variable, false, target.selection.name, target.selection.hash,
                state_.strings.intern(node), target.called});
  }
}

}  // namespace wafcheck::engine::inline values
