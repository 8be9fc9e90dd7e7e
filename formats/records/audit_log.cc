#include "formats/records/audit_log.h"

#include "engine/program.h"
#include "engine/program/settings.h"
#include "formats/records/audit_view.h"
#include "formats/records/record_format.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {

using engine::AuditMode;
using parser::Profile;

namespace {

/// Steps that SecAuditLogRelevantStatus may take on a number of three digits.
constexpr uint32_t kMatchLimit = 100'000;

/// One layout. A request that the front refused never reached what writes audit logs.
template <std::string (*record_of)(const Outcome&)>
class AuditLog : public RecordWriter {
 public:
  std::string record(const Outcome& outcome) const override {
    return outcome.rejected || !is_audited(outcome) ? std::string() : record_of(outcome) + "\n";
  }
};

}  // namespace

std::string_view audit_format(const engine::Program& program) {
  const std::string& wanted = program.settings().audit_format;
  if (iequals(wanted, "Native")) return "native";
  if (iequals(wanted, "JsonLegacy")) return "modsecurity2";
  if (iequals(wanted, "OCSF")) return "coraza";
  if (!iequals(wanted, "JSON")) return "modsecurity";
  switch (program.semantics().profile) {
    case Profile::modsecurity2:
      return "modsecurity2";
    case Profile::coraza:
      return "coraza";
    default:
      return "modsecurity";
  }
}

bool is_audited(const Outcome& outcome) {
  const engine::Transaction& transaction = *outcome.transaction;
  const parser::Semantics& semantics = transaction.program().semantics();
  if (semantics.engine_off_unaudited && transaction.engine_mode() == engine::EngineMode::off) {
    return false;
  }
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

std::unique_ptr<RecordWriter> make_audit_modsecurity(const RecordContext&) {
  return std::make_unique<AuditLog<audit_record_modsecurity>>();
}
std::unique_ptr<RecordWriter> make_audit_coraza(const RecordContext&) {
  return std::make_unique<AuditLog<audit_record_coraza>>();
}
std::unique_ptr<RecordWriter> make_audit_native(const RecordContext&) {
  return std::make_unique<AuditLog<audit_record_native>>();
}
std::unique_ptr<RecordWriter> make_audit_modsecurity2(const RecordContext&) {
  return std::make_unique<AuditLog<audit_record_modsecurity2>>();
}

}  // namespace wafcheck::formats::inline records
