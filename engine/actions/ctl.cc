// ctl: the settings of this transaction, from the next rule on. Source: seclang reference 6.6.

#include <fmt/format.h>

#include "engine/evaluation.h"
#include "parser/ascii.h"

namespace wafcheck::engine {

using parser::Ctl;
using parser::Variable;

namespace {

bool is_on(std::string_view word) { return iequals(word, "On"); }

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
    if (sign == '+') parts.insert(parts.find('Z') == std::string::npos ? parts.size() : parts.find('Z'), 1, part);
  }
}

}  // namespace

void Evaluation::run(const CtlStep& step) {
  const std::string_view value = step.value;
  switch (step.option) {
    case Ctl::ruleEngine:
      tx_.engine_mode_ = iequals(value, "Off")             ? EngineMode::off
                         : iequals(value, "DetectionOnly") ? EngineMode::detection_only
                                                           : EngineMode::on;
      tx_.stopper_ = tx_.current_rule_;
      break;
    case Ctl::auditEngine:
      tx_.audit_mode_ = iequals(value, "Off")            ? AuditMode::off
                        : iequals(value, "RelevantOnly") ? AuditMode::relevant_only
                                                         : AuditMode::on;
      break;
    case Ctl::auditLogParts: change_parts(tx_.audit_parts_, value); break;
    case Ctl::requestBodyAccess: tx_.request_body_access_ = is_on(value); break;
    case Ctl::requestBodyLimit: tx_.request_body_limit_ = static_cast<size_t>(std::max<int64_t>(leading_number(value), 0)); break;
    case Ctl::requestBodyProcessor: {
      std::string processor(value);
      for (char& byte : processor) byte = to_upper(byte);
      tx_.body_processor_ = tx_.arena_.copy(processor);
      tx_.set(Variable::REQBODY_PROCESSOR, tx_.body_processor_);
      break;
    }
    case Ctl::forceRequestBodyVariable: tx_.force_request_body_ = is_on(value); break;
    case Ctl::responseBodyAccess: tx_.response_body_access_ = is_on(value); break;
    case Ctl::responseBodyLimit: tx_.response_body_limit_ = static_cast<size_t>(std::max<int64_t>(leading_number(value), 0)); break;
    case Ctl::responseBodyProcessor: {
      std::string processor(value);
      for (char& byte : processor) byte = to_upper(byte);
      tx_.response_processor_ = tx_.arena_.copy(processor);
      tx_.set(Variable::RES_BODY_PROCESSOR, tx_.response_processor_);
      break;
    }
    case Ctl::forceResponseBodyVariable: tx_.force_response_body_ = is_on(value); break;
    case Ctl::parseXmlIntoArgs:
      ++tx_.versions_[static_cast<size_t>(Variable::XML)];
      tx_.xml_into_args_ = iequals(value, "OnlyArgs") ? XmlIntoArgs::only_args
                           : is_on(value)             ? XmlIntoArgs::on
                                                      : XmlIntoArgs::off;
      break;
    case Ctl::ruleRemoveById:
    case Ctl::ruleRemoveByTag:
    case Ctl::ruleRemoveByMsg:
      tx_.removed_.resize(program_.rules().size());
      for (const uint32_t rule : step.rules) tx_.removed_[rule] = true;
      if (tx_.options_.observer != nullptr) tx_.removals_.emplace_back(&step, current_id());
      break;
    case Ctl::ruleRemoveTargetById:
    case Ctl::ruleRemoveTargetByTag:
    case Ctl::ruleRemoveTargetByMsg: tx_.exclusions_.push_back(&step); break;
    case Ctl::debugLogLevel:
    case Ctl::hashEnforcement:
    case Ctl::hashEngine: break;  // nothing offline depends on them
  }
}

}  // namespace wafcheck::engine
