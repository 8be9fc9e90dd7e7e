#include "wasm/core/support.h"

#include <fmt/format.h>

#include "parser/base/ascii.h"
#include "parser/language/language.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::wasm::inline core {
namespace {

using parser::Directive;

constexpr std::string_view kCheck = "no-webassembly";

bool needs_system(const parser::OperatorUse& use) {
  const parser::OperatorForm form = parser::info(use.id).form;
  return form == parser::OperatorForm::External || form == parser::OperatorForm::SchemaFile ||
         use.id == parser::Operator::geoLookup;
}

void check_rule(const parser::Rule& rule, parser::Diagnostics& diagnostics) {
  const auto refuse = [&](parser::Span at, std::string what) {
    add(diagnostics, kCheck, parser::Severity::error, at,
        fmt::format("{} does not work in a WebAssembly module, which has no files, no programs and "
                    "no network: leave the rule out",
                    what))
        .rule_id = parser::starter_of(rule).id;
  };
  if (rule.kind == parser::RuleKind::script) return refuse(rule.anchor(), "SecRuleScript");
  if (rule.kind == parser::RuleKind::rule && needs_system(rule.op)) {
    refuse(rule.op.span, fmt::format("@{}", parser::info(rule.op.id).name));
  }
  if (const parser::ActionUse* exec = rule.find(parser::Action::exec)) {
    refuse(exec->span, "exec");
  }
}

/// What is done instead of what a setting says.
void tell(parser::Diagnostics& diagnostics, const parser::Setting& setting, std::string_view what) {
  add(diagnostics, kCheck, parser::Severity::warning, setting.span,
      fmt::format("{} in a WebAssembly module: {}", parser::info(setting.id).name, what))
      .effect = parser::Effect::told;
}

void check_audit_log(const parser::RulesetModel& model, parser::Diagnostics& diagnostics) {
  const parser::Setting* type = model.last_setting(Directive::SecAuditLogType);
  if (type != nullptr && !type->arguments.empty() &&
      !iequals(type->arguments.front().view(), "Serial")) {
    add(diagnostics, kCheck, parser::Severity::error, type->span,
        fmt::format("SecAuditLogType {}: records of a WebAssembly module go to the host's log",
                    type->arguments.front().view()),
        "write Serial");
  }
  const parser::Setting* const file = model.last_setting(Directive::SecAuditLog);
  if (file == nullptr || file->arguments.empty()) return;
  if (const std::string_view path = file->arguments.front().view(); !path.starts_with("/dev/std")) {
    tell(diagnostics, *file, "its records go to the host's log");
  }
}

void check_debug_log(const parser::RulesetModel& model, parser::Diagnostics& diagnostics) {
  const parser::Setting* const level = model.last_setting(Directive::SecDebugLogLevel);
  if (level == nullptr || level->number == 0) return;
  tell(diagnostics, *level, "there is no debug log; what goes wrong is in the host's log");
}

}  // namespace

void add_unsupported(parser::RulesetModel& model) {
  for (const parser::Rule& rule : model.rules) {
    if (!rule.removed()) check_rule(rule, model.diagnostics);
  }
  check_audit_log(model, model.diagnostics);
  check_debug_log(model, model.diagnostics);
}

}  // namespace wafcheck::wasm::inline core
