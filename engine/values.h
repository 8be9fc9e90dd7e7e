#pragma once
// The values a target has. Included by evaluation.cc alone: the visitors inline into the rule loop.

#include <cstdlib>

#include <fmt/format.h>

#include "engine/evaluation.h"
#include "parser/ascii.h"

namespace wafcheck::engine {

inline bool Evaluation::excluded(const CompiledTarget& target, uint32_t head, bool in_link,
                                 const Value& value) const {
  const parser::Semantics& semantics = program_.semantics();
  const auto excludes = [&](const Selection& selection) {
    const bool spared = target.count && semantics.exclusions_spare_counts &&
                        selection.kind != parser::SelectorKind::none;
    return !spared && selection.matches(value.key, value.hash);
  };
  for (uint32_t at = target.first_exclusion; at < target.end_exclusion; ++at) {
    if (excludes(program_.exclusions()[at].selection)) return true;
  }
  if (in_link && semantics.ctl_targets_spare_links) return false;
  for (const CtlStep* control : tx_.exclusions_) {
    if (!std::binary_search(control->rules.begin(), control->rules.end(), head)) continue;
    for (const Exclusion& exclusion : control->exclusions) {
      if (exclusion.variable == target.variable && excludes(exclusion.selection)) return true;
    }
  }
  return false;
}

template <typename Visit>
void Evaluation::each_value(const CompiledRule& rule, uint32_t head, const CompiledTarget& target,
                            Visit visit) {
  int64_t count = 0;
  const bool in_link = &rule != &program_.rules()[head];
  const auto consider = [&](const Value& value) {
    if (excluded(target, head, in_link, value)) return;
    if (target.count) {
      ++count;
    } else {
      visit(value);
    }
  };
  switch (target.variable) {
    case parser::Variable::TX: each_tx(target, consider); break;
    case parser::Variable::MATCHED_VAR:
    case parser::Variable::MATCHED_VAR_NAME:
    case parser::Variable::MATCHED_VARS:
    case parser::Variable::MATCHED_VARS_NAMES: each_matched(target, consider); break;
    case parser::Variable::IP:
    case parser::Variable::GLOBAL:
    case parser::Variable::RESOURCE:
    case parser::Variable::SESSION:
    case parser::Variable::USER: each_record_member(target, consider); break;
    case parser::Variable::RESPONSE_XML:
    case parser::Variable::XML: each_xml_node(rule, target, consider); break;
    default: each_member(target, consider); break;
  }
  if (!target.count) return;
  Value number{target.variable, true, target.selection.name, target.selection.hash,
               tx_.keep(fmt::format_int(count).c_str())};
  visit(number);
}

template <typename Visit>
void Evaluation::each_member(const CompiledTarget& target, Visit visit) {
  const auto& members = tx_.members_[static_cast<size_t>(target.variable)];
  // Actions may add members while values are visited: the rule sees those that were there.
  const size_t count = members.size();
  for (size_t at = 0; at < count; ++at) {
    const Member member = members[at];
    if (!target.selection.matches(member.key, member.hash)) continue;
    visit(Value{target.variable, false, member.key, member.hash, member.value});
  }
  if (count != 0) return;
  std::string text;
  if (target.variable == parser::Variable::ENV || target.variable == parser::Variable::RULE) {
    Macro::Part part{.is_variable = true, .variable = target.variable, .text = target.selection.name};
    append_variable(part, text);
    if (text.empty()) return;
  } else if (!computed(target.variable, text)) {
    const bool scalar = parser::info(target.variable).kind == parser::VariableKind::Scalar;
    if (!scalar || !program_.semantics().empty_scalars) return;
    const bool unset = target.variable == parser::Variable::REMOTE_USER;
    if (unset && program_.semantics().remote_user_unset) return;
  }
  visit(Value{target.variable, false, target.selection.name, target.selection.hash, tx_.keep(text)});
}

template <typename Visit>
void Evaluation::each_tx(const CompiledTarget& target, Visit visit) {
  if (target.tx_slot >= 0) {
    const Transaction::TxVariable& variable = tx_.tx_[target.tx_slot];
    if (variable.set) {
      visit(Value{target.variable, false, variable.name, variable.hash, variable.value});
    }
    return;
  }
  const std::vector<int32_t> order = tx_.tx_order_;
  for (const int32_t slot : order) {
    const Transaction::TxVariable variable = tx_.tx_[slot];
    if (!variable.set || !target.selection.matches(variable.name, variable.hash)) continue;
    visit(Value{target.variable, false, variable.name, variable.hash, variable.value});
  }
}

template <typename Visit>
void Evaluation::each_matched(const CompiledTarget& target, Visit visit) {
  const auto emit = [&](const Match& match, bool member) {
    const std::string_view name = tx_.arena_.copy(match.name());
    const bool names = target.variable == parser::Variable::MATCHED_VAR_NAME ||
                       target.variable == parser::Variable::MATCHED_VARS_NAMES;
    Value value{target.variable, false, member ? name : std::string_view(), 0, 0};
    value.hash = name_hash(value.key);
    value.string = tx_.strings_.intern(names ? name : match.transformed);
    if (target.selection.matches(value.key, value.hash)) visit(value);
  };
  const bool all = target.variable == parser::Variable::MATCHED_VARS ||
                   target.variable == parser::Variable::MATCHED_VARS_NAMES;
  if (!all) {
    if (tx_.last_match_) emit(*tx_.last_match_, false);
    return;
  }
  const std::vector<Match> matches = tx_.chain_matches_;
  for (const Match& match : matches) emit(match, true);
}

template <typename Visit>
void Evaluation::each_record_member(const CompiledTarget& target, Visit visit) {
  const Transaction::OpenRecord* open = record_of(target.variable);
  if (open == nullptr) return;
  const bool compound = program_.semantics().collection_keys_compound;
  const Selection& selection = target.selection;
  if (compound && selection.kind == parser::SelectorKind::none) return;
  std::vector<std::string> names;
  if (selection.kind == parser::SelectorKind::name) {
    const auto own = open->record.members.find(lowercase(selection.name));
    names.emplace_back(own != open->record.members.end() ? own->second.name : selection.name);
  } else {
    names = record_member_names(*open);
  }
  for (const std::string& name : names) {
    const uint32_t hash = name_hash(name);
    if (compound && selection.kind == parser::SelectorKind::regex) {
      const std::string stored = fmt::format("{}::{}::{}", open->key, program_.settings().web_app_id, name);
      if (!selection.matches(stored, hash)) continue;
    } else if (!selection.matches(name, hash)) {
      continue;
    }
    const auto text = record_member(*open, name);
    if (text) visit(Value{target.variable, false, tx_.arena_.copy(name), hash, tx_.keep(*text)});
  }
}

template <typename Visit>
void Evaluation::each_xml_node(const CompiledRule& rule, const CompiledTarget& target, Visit visit) {
  const bool response = target.variable == parser::Variable::RESPONSE_XML;
  const XmlDocument& document = response ? tx_.response_xml_ : tx_.xml_;
  const bool tree = target.selection.kind == parser::SelectorKind::none;
  const bool present = document.parsed() || (tree && !response && program_.semantics().xml_tree_always);
  if (!present || (!response && tx_.xml_into_args_ == XmlIntoArgs::only_args)) return;
  const std::string_view name = parser::info(target.variable).name;
  if (tree) {
    visit(Value{target.variable, false, {}, name_hash({}), tx_.strings_.intern("[XML document tree]")});
    return;
  }
  bool truncated = false;
  const auto nodes =
      document.select(std::string(target.selection.name), program_.xml_namespaces(rule.source),
                      program_.semantics(), tx_.arena_, &truncated);
  if (!nodes) {
    report_once("xml", fmt::format("{}:{}: {}", name, target.selection.name, nodes.error().message));
    return;
  }
  if (truncated) {
    report_once("limit", fmt::format("{}:{}: too many nodes; the rest was left out", name, target.selection.name));
  }
  for (const std::string_view node : *nodes) {
    visit(Value{target.variable, false, target.selection.name, target.selection.hash,
                tx_.strings_.intern(node)});
  }
}

}  // namespace wafcheck::engine
