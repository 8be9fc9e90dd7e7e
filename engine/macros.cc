// %{...} at run time.

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "engine/evaluation.h"
#include "parser/ascii.h"
#include "parser/severities.h"

namespace wafcheck::engine {

using parser::Action;
using parser::Variable;

/// Variables that are worked out when asked for; false where there is none of that name.
bool Evaluation::computed(Variable variable, std::string& text) const {
  switch (variable) {
    case Variable::HIGHEST_SEVERITY: text = std::to_string(tx_.highest_severity_); return true;
    case Variable::DURATION: {
      const int64_t ns = std::chrono::steady_clock::now().time_since_epoch().count() - tx_.started_ns_;
      const bool v3 = program_.semantics().profile == parser::Profile::modsecurity3;
      text = v3 ? fmt::format("{:.6f}", static_cast<double>(ns) / 1e9) : std::to_string(ns / 1000);
      return true;
    }
    case Variable::MODSEC_BUILD: text = "030013100"; return true;
    default: return false;
  }
}

void Evaluation::expand(const Macro& macro, std::string& out) {
  if (macro.literal) {
    out.append(macro.text);
    return;
  }
  for (const Macro::Part& part : macro.parts) {
    if (part.is_variable) {
      append_variable(part, out);
    } else {
      out.append(part.text);
    }
  }
}

std::string_view Evaluation::expand(const Macro& macro) {
  if (macro.literal) return macro.text;
  std::string text;
  expand(macro, text);
  return tx_.arena_.copy(text);
}

void Evaluation::append_variable(const Macro::Part& part, std::string& out) {
  switch (part.variable) {
    case Variable::TX: {
      const int32_t slot = part.tx_slot >= 0 ? part.tx_slot : tx_.tx_find(part.text, part.hash);
      if (slot >= 0 && tx_.tx_[slot].set) {
        out.append(tx_.strings_[tx_.tx_[slot].value]);
      } else if (program_.semantics().unresolved_macro_is_text) {
        out.append("TX.").append(part.text);
      }
      return;
    }
    case Variable::MATCHED_VAR:
    case Variable::MATCHED_VARS:
      if (tx_.last_match_) out.append(tx_.last_match_->transformed);
      return;
    case Variable::MATCHED_VAR_NAME:
    case Variable::MATCHED_VARS_NAMES:
      if (tx_.last_match_) out.append(tx_.last_match_->name());
      return;
    case Variable::RULE: out.append(rule_field(part.text)); return;
    case Variable::ENV: {
      const std::string name(part.text);
      if (const auto own = tx_.environment_.find(name); own != tx_.environment_.end()) {
        out.append(own->second);
      } else if (const char* process = std::getenv(name.c_str())) {
        out.append(process);
      }
      return;
    }
    case Variable::IP:
    case Variable::GLOBAL:
    case Variable::RESOURCE:
    case Variable::SESSION:
    case Variable::USER: {
      const Transaction::OpenRecord* open = record_of(part.variable);
      if (open != nullptr) out.append(record_member(*open, part.text).value_or(""));
      return;
    }
    default: break;
  }
  const auto& members = tx_.members_[static_cast<size_t>(part.variable)];
  for (const Member& member : members) {
    if (part.text.empty() || (member.hash == part.hash && iequals(member.key, part.text))) {
      out.append(tx_.strings_[member.value]);
      return;
    }
  }
  std::string text;
  if (computed(part.variable, text)) out.append(text);
}

std::string_view Evaluation::rule_field(std::string_view name) {
  if (tx_.current_rule_ == nullptr) return {};
  const parser::Ruleset& ruleset = program_.ruleset();
  const parser::Rule& link = *tx_.current_rule_->source;
  const parser::Rule& rule = link.starter == parser::kNoRule ? link : ruleset.rules[link.starter];
  const auto raw = [&](Action action) -> std::string_view {
    const parser::ActionUse* use = link.find(action);
    if (use == nullptr) use = rule.find(action);
    return use == nullptr ? std::string_view() : std::string_view(use->raw);
  };
  if (iequals(name, "id")) return tx_.arena_.copy(std::to_string(rule.id.value_or(0)));
  if (iequals(name, "rev")) return raw(Action::rev);
  if (iequals(name, "ver")) return raw(Action::ver);
  if (iequals(name, "maturity")) return raw(Action::maturity);
  if (iequals(name, "accuracy")) return raw(Action::accuracy);
  if (iequals(name, "severity")) {
    const parser::ActionUse* use = rule.find(Action::severity);
    if (use == nullptr) return {};
    const uint64_t number = use->number();
    if (program_.semantics().profile == parser::Profile::coraza && number < 8) return parser::kSeverityNames[number];
    return tx_.arena_.copy(std::to_string(number));
  }
  const bool is_message = iequals(name, "msg");
  if (!is_message && !iequals(name, "logdata")) return {};
  const std::string_view expanded = is_message ? tx_.current_message_ : tx_.current_data_;
  return expanded.empty() ? raw(is_message ? Action::msg : Action::logdata) : expanded;
}

}  // namespace wafcheck::engine
