#include "engine/values/macros.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include <unistd.h>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/language/severities.h"

namespace wafcheck::engine::inline values {

using parser::Action;
using parser::Variable;

namespace {

/// The message or data of the rule that is evaluated, or of its starter; it may not speak of the
/// rule itself.
std::string_view told_text(TransactionState& state, bool message) {
  const CompiledRule* const evaluated = state.current.rule;
  const CompiledRule* const starter = evaluated - evaluated->source->link;
  const bool own = message ? evaluated->has_message : evaluated->has_data;
  const CompiledRule& rule = own ? *evaluated : *starter;
  state.current.rule = nullptr;
  const std::string_view text = expand(state, message ? rule.message : rule.data);
  state.current.rule = evaluated;
  return text;
}

/// The first of MATCHED_VARS, or the first of that name.
const Match* first_match(const TransactionState& state, std::string_view name) {
  const std::vector<Match>& all = state.matches.all();
  const auto it = std::ranges::find_if(
      all, [&](const Match& match) { return name.empty() || iequals(match.name(), name); });
  return it == all.end() ? nullptr : &*it;
}

/// What %{MATCHED_VARS} and its like speak of.
const Match* match_of(const TransactionState& state, const Macro::Piece& piece) {
  const bool listed =
      piece.variable == Variable::MATCHED_VARS || piece.variable == Variable::MATCHED_VARS_NAMES;
  if (listed && state.program.semantics().matched_vars_first) {
    return first_match(state, piece.text);
  }
  return state.matches.last() ? &*state.matches.last() : nullptr;
}

/// %{TX:/^a/}: the first member whose name matches.
void append_first_member(TransactionState& state, const Macro::Piece& piece, std::string& out) {
  Selection selection;
  selection.kind = parser::SelectorKind::regex;
  selection.regex = piece.regex;
  if (piece.variable == Variable::TX) {
    bool found = false;
    state.tx.each([&](const TxVariable& variable) {
      if (found || !selection.matches(variable.name, variable.hash)) return;
      out.append(state.strings[variable.value]);
      found = true;
    });
    return;
  }
  if (parser::info(piece.variable).kind == parser::VariableKind::Persistent) {
    const OpenRecord* const open = state.records.find(piece.variable);
    if (open == nullptr) return;
    for (const std::string& name : state.records.member_names(*open)) {
      if (!selection.matches(name, name_hash(name))) continue;
      out.append(state.records.member(*open, name).value_or(""));
      return;
    }
    return;
  }
  for (const Member& member : state.variables.members(piece.variable)) {
    if (!selection.matches(member.key, member.hash)) continue;
    out.append(state.strings[member.value]);
    return;
  }
}

}  // namespace

std::string_view rule_field(TransactionState& state, std::string_view name) {
  if (state.current.rule == nullptr) return {};
  const parser::Rule& link = *state.current.rule->source;
  const parser::Rule& rule = parser::starter_of(link);
  const auto raw = [&](Action action) -> std::string_view {
    const parser::ActionUse* use = link.find(action);
    if (use == nullptr) use = rule.find(action);
    return use == nullptr ? std::string_view() : std::string_view(use->raw);
  };
  if (iequals(name, "id")) return state.arena.copy(std::to_string(rule.id.value_or(0)));
  if (iequals(name, "rev")) return raw(Action::rev);
  if (iequals(name, "ver")) return raw(Action::ver);
  if (iequals(name, "maturity")) return raw(Action::maturity);
  if (iequals(name, "accuracy")) return raw(Action::accuracy);
  if (iequals(name, "severity")) {
    const parser::ActionUse* use = rule.find(Action::severity);
    const bool named = state.program.semantics().rule_severity_named;
    if (use == nullptr) return named ? "unknown" : "";
    const uint64_t number = use->number();
    if (named && number < 8) {
      const auto at = static_cast<size_t>(number);
      return state.arena.copy(lowercase(parser::kSeverityNames[at]));
    }
    return state.arena.copy(std::to_string(number));
  }
  const bool is_message = iequals(name, "msg");
  if (!is_message && !iequals(name, "logdata")) return {};
  if (!state.program.semantics().rule_macros_in_text) return told_text(state, is_message);
  const std::string_view expanded = is_message ? state.current.message : state.current.data;
  return expanded.empty() ? raw(is_message ? Action::msg : Action::logdata) : expanded;
}

std::set<std::string> environment_names(const TransactionState& state) {
  std::set<std::string> names;
  for (const auto& [name, value] : state.program.environment) names.insert(name);
  for (const auto& [name, value] : state.environment) names.insert(name);
  return names;
}

bool computed(const TransactionState& state, Variable variable, std::string& text) {
  switch (variable) {
    case Variable::HIGHEST_SEVERITY:
      text = std::to_string(state.highest_severity);
      return true;
    case Variable::DURATION: {
      const int64_t ns =
          std::chrono::steady_clock::now().time_since_epoch().count() - state.started_ns;
      const parser::Semantics& semantics = state.program.semantics();
      text = semantics.duration_is_zero      ? "0"
             : semantics.duration_in_seconds ? fmt::format("{:.6f}", static_cast<double>(ns) / 1e9)
                                             : std::to_string(ns / 1000);
      return true;
    }
    case Variable::MODSEC_BUILD:
      text = fmt::format("{:09}", state.program.semantics().build);
      return true;
    default:
      return false;
  }
}

void expand(TransactionState& state, const Macro& macro, std::string& out) {
  if (macro.literal) {
    out.append(macro.text);
    return;
  }
  for (const Macro::Piece& piece : macro.pieces) {
    if (piece.is_variable) {
      append_variable(state, piece, out);
    } else {
      out.append(piece.text);
    }
    state.arena.require(out.size());  // text that doubles with every rule ends here
  }
}

std::string_view expand_pieces(TransactionState& state, const Macro& macro) {
  std::string text;
  expand(state, macro, text);
  return state.strings[state.strings.copy(text)];
}

void append_variable(TransactionState& state, const Macro::Piece& variable, std::string& out) {
  if (variable.regex != nullptr) return append_first_member(state, variable, out);
  // What stands for a member that is not there.
  const bool named = state.program.semantics().unresolved_macro_is_text;
  const std::string_view missing = named ? variable.written : std::string_view();
  switch (variable.variable) {
    case Variable::TX: {
      const int32_t slot = variable.tx_slot >= 0 ? variable.tx_slot : state.tx.find(variable.text);
      if (slot >= 0 && state.tx[slot].set) {
        out.append(state.tx.text(slot));
      } else {
        out.append(missing);
      }
      return;
    }
    case Variable::MATCHED_VAR:
    case Variable::MATCHED_VARS:
      if (const Match* match = match_of(state, variable)) out.append(match->transformed);
      return;
    case Variable::MATCHED_VAR_NAME:
    case Variable::MATCHED_VARS_NAMES:
      if (const Match* match = match_of(state, variable)) out.append(match->name());
      return;
    case Variable::RULE: {
      const std::string_view field = rule_field(state, variable.text);
      out.append(field.empty() && !iequals(variable.text, "rev") ? missing : field);
      return;
    }
    case Variable::ENV: {
      const std::string name(variable.text);
      if (const auto own = state.environment.find(name); own != state.environment.end()) {
        out.append(own->second);
      } else if (const auto given = state.program.environment.find(name);
                 given != state.program.environment.end()) {
        out.append(given->second);
      } else {
        out.append(missing);
      }
      return;
    }
    case Variable::IP:
    case Variable::GLOBAL:
    case Variable::RESOURCE:
    case Variable::SESSION:
    case Variable::USER: {
      const OpenRecord* const open = state.records.find(variable.variable);
      if (open != nullptr) {
        out.append(state.records.member(*open, variable.text).value_or(""));
      } else {
        out.append(missing);
      }
      return;
    }
    default:
      break;
  }
  const bool keyed = parser::info(variable.variable).kind != parser::VariableKind::Scalar;
  const std::vector<Member>& members = state.variables.members(variable.variable);
  const bool tabled = state.program.semantics().members_as_tabled && members.size() > 1;
  if (tabled && variable.text.empty()) {
    const size_t first = state.variables.table_order(variable.variable)[0];
    out.append(state.strings[members[first].value]);
    return;
  }
  for (size_t turn = 0; turn < members.size(); ++turn) {
    const Member& member = members[tabled ? members.size() - 1 - turn : turn];
    if ((variable.text.empty() && !(named && keyed)) ||
        (member.hash == variable.hash && iequals(member.key, variable.text))) {
      out.append(state.strings[member.value]);
      return;
    }
  }
  std::string text;
  if (computed(state, variable.variable, text)) {
    out.append(text);
  } else if (keyed) {
    out.append(missing);
  }
}

}  // namespace wafcheck::engine::inline values
