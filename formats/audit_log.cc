#include "formats/audit_log.h"

#include "formats/audit_view.h"
#include "parser/ascii.h"

namespace wafcheck::formats {

using engine::AuditMode;
using parser::Profile;

namespace {

/// Steps that SecAuditLogRelevantStatus may take on a number of three digits.
constexpr uint32_t kMatchLimit = 100'000;

}  // namespace

AuditFormat audit_format(const engine::Program& program) {
  const std::string& wanted = program.settings().audit_format;
  if (iequals(wanted, "Native")) return AuditFormat::native;
  if (iequals(wanted, "JsonLegacy")) return AuditFormat::modsecurity2;
  if (iequals(wanted, "OCSF")) return AuditFormat::coraza;
  if (!iequals(wanted, "JSON")) return AuditFormat::modsecurity;
  switch (program.semantics().profile) {
    case Profile::modsecurity2:
      return AuditFormat::modsecurity2;
    case Profile::coraza:
      return AuditFormat::coraza;
    default:
      return AuditFormat::modsecurity;
  }
}

bool is_audited(const Outcome& outcome) {
  const engine::Transaction& transaction = *outcome.transaction;
  switch (transaction.audit_mode()) {
    case AuditMode::off:
      return false;
    case AuditMode::on:
      return true;
    case AuditMode::unset:
    case AuditMode::relevant_only:
      break;
  }
  const engine::Program& program = transaction.program();
  const auto& expression = program.settings().audit_relevant_status;
  if (expression == nullptr) return transaction.audit_relevant();
  const bool status = expression->match(std::to_string(audited_status(outcome)), 0, kMatchLimit,
                                        nullptr) == parser::PcreResult::matched;
  return program.semantics().relevant_status_decides ? status
                                                     : status || transaction.audit_relevant();
}

std::string audit_record(const Outcome& outcome, AuditFormat format) {
  std::string record;
  switch (format) {
    case AuditFormat::modsecurity:
      record = audit_record_modsecurity(outcome);
      break;
    case AuditFormat::coraza:
      record = audit_record_coraza(outcome);
      break;
    case AuditFormat::native:
      record = audit_record_native(outcome);
      break;
    case AuditFormat::modsecurity2:
      record = audit_record_modsecurity2(outcome);
      break;
  }
  record.push_back('\n');
  return record;
}

}  // namespace wafcheck::formats
