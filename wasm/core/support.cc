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

void check_audit_log(const parser::RulesetModel& model, parser::Diagnostics& diagnostics) {
  const parser::Setting* type = model.last_setting(Directive::SecAuditLogType);
  if (type != nullptr && !type->arguments.empty() &&
      !iequals(type->arguments.front().view(), "Serial")) {
    add(diagnostics, kCheck, parser::Severity::error, type->span,
        fmt::format("SecAuditLogType {}: records of a WebAssembly module go to the host's log",
                    type->arguments.front().view()),
        "write Serial");
  }
  for (const Directive directive : {Directive::SecAuditLog, Directive::SecDebugLog}) {
    const parser::Setting* file = model.last_setting(directive);
    if (file == nullptr || file->arguments.empty()) continue;
    const std::string_view path = file->arguments.front().view();
    if (path.starts_with("/dev/std")) continue;
    add(diagnostics, kCheck, parser::Severity::warning, file->span,
        fmt::format("{} {}: a WebAssembly module writes to the host's log instead",
                    parser::info(directive).name, path))
        .effect = parser::Effect::told;
  }
}

}  // namespace

void add_unsupported(parser::RulesetModel& model) {
  for (const parser::Rule& rule : model.rules) {
    if (!rule.removed()) check_rule(rule, model.diagnostics);
  }
  check_audit_log(model, model.diagnostics);
}

}  // namespace wafcheck::wasm::inline core
