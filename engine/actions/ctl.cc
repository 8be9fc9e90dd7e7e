// ctl: the settings of this transaction, from the next rule on. Source: seclang reference 6.6.

#include <algorithm>

#include "engine/actions/actions.h"
#include "engine/state/numbers.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline actions {

using parser::Ctl;
using parser::Variable;

namespace {

bool is_on(std::string_view word) {
  return iequals(word, "On");
}

/// "+E" adds, "-E" removes, "ABZ" replaces.
void change_parts(std::string& parts, std::string_view change) {
  if (change.empty()) return;
  const char sign = change[0];
  if (sign != '+' && sign != '-') {
    parts = change;
    return;
  }
  for (const char part : change.substr(1)) {
    std::erase(parts, part);
    if (sign == '+')
      parts.insert(parts.find('Z') == std::string::npos ? parts.size() : parts.find('Z'), 1, part);
  }
}

size_t size_in(std::string_view value) {
  return static_cast<size_t>(std::max<int64_t>(leading_number(value), 0));
}

void set_processor(TransactionState& state, Body& body, Variable variable, std::string_view name) {
  std::string upper(name);
  for (char& byte : upper) byte = to_upper(byte);
  const std::string_view processor = state.arena.copy(upper);
  state.variables.set(variable, processor);
  const bool yields = state.program.semantics().ctl_urlencoded_yields && upper == "URLENCODED" &&
                      (body.processor == "JSON" || body.processor == "XML");
  if (!yields) body.processor = processor;
}

}  // namespace

void perform(TransactionState& state, const CtlStep& step) {
  const std::string_view value = step.value;
  switch (step.option) {
    case Ctl::ruleEngine:
      state.flow.set_mode(iequals(value, "Off")             ? EngineMode::off
                          : iequals(value, "DetectionOnly") ? EngineMode::detection_only
                                                            : EngineMode::on,
                          state.current.rule);
      break;
    case Ctl::auditEngine:
      state.audit.mode = iequals(value, "Off")            ? AuditMode::off
                         : iequals(value, "RelevantOnly") ? AuditMode::relevant_only
                                                          : AuditMode::on;
      break;
    case Ctl::auditLogParts:
      change_parts(state.audit.parts, value);
      break;
    case Ctl::requestBodyAccess:
      state.request_body.access = is_on(value);
      state.request_body.closed = !is_on(value);
      break;
    case Ctl::requestBodyLimit:
      state.request_body.limit = size_in(value);
      break;
    case Ctl::requestBodyProcessor:
      set_processor(state, state.request_body, Variable::REQBODY_PROCESSOR, value);
      break;
    case Ctl::forceRequestBodyVariable:
      state.request_body.forced = is_on(value);
      break;
    case Ctl::responseBodyAccess:
      state.response_body.access = is_on(value);
      break;
    case Ctl::responseBodyLimit:
      state.response_body.limit = size_in(value);
      break;
    case Ctl::responseBodyProcessor:
      set_processor(state, state.response_body, Variable::RES_BODY_PROCESSOR, value);
      break;
    case Ctl::forceResponseBodyVariable:
      state.response_body.forced = is_on(value);
      break;
    case Ctl::parseXmlIntoArgs:
      state.variables.touch(Variable::XML);
      state.xml_into_args = iequals(value, "OnlyArgs") ? XmlIntoArgs::only_args
                            : is_on(value)             ? XmlIntoArgs::on
                                                       : XmlIntoArgs::off;
      break;
    case Ctl::ruleRemoveById:
    case Ctl::ruleRemoveByTag:
    case Ctl::ruleRemoveByMsg:
      state.flow.remove(step, *state.current.rule);
      break;
    case Ctl::ruleRemoveTargetById:
    case Ctl::ruleRemoveTargetByTag:
    case Ctl::ruleRemoveTargetByMsg:
      state.flow.exclude(step, *state.current.rule);
      break;
    case Ctl::debugLogLevel:
    case Ctl::hashEnforcement:
    case Ctl::hashEngine:
      break;  // nothing offline depends on them
  }
}

}  // namespace wafcheck::engine::inline actions
