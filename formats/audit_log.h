#pragma once
// Audit records: which transactions are recorded, and what a record holds. One file a layout;
// audit_view.h is what they share.

#include <optional>
#include <string>
#include <string_view>

#include "formats/outcome.h"

namespace wafcheck::formats {

enum class AuditFormat : uint8_t {
  modsecurity,   ///< libmodsecurity's JSON
  coraza,        ///< Coraza's JSON
  native,        ///< sections of text between markers
  modsecurity2,  ///< ModSecurity 2's JSON, Coraza's JsonLegacy
};

struct AuditFormatName {
  std::string_view name;  ///< as --audit-format takes it
  AuditFormat format;
};
inline constexpr AuditFormatName kAuditFormats[] = {
    {"modsecurity", AuditFormat::modsecurity},
    {"coraza", AuditFormat::coraza},
    {"native", AuditFormat::native},
    {"modsecurity2", AuditFormat::modsecurity2},
};

/// The layout that SecAuditLogFormat asks for, JSON being that of the engine that is modelled;
/// where it is unset, libmodsecurity's JSON.
AuditFormat audit_format(const engine::Program& program);

/// Whether SecAuditEngine and ctl:auditEngine have this transaction recorded; unset means relevant
/// ones. Source: seclang reference 8.4.
bool is_audited(const Outcome& outcome);

/// One record with its line end: the parts that SecAuditLogParts and ctl:auditLogParts leave on,
/// what sanitise actions name being masked. A and Z are always on. Source: seclang reference,
/// section 8.
std::string audit_record(const Outcome& outcome, AuditFormat format);

// The layouts; a record without its line end.
std::string audit_record_modsecurity(const Outcome& outcome);
std::string audit_record_coraza(const Outcome& outcome);
std::string audit_record_native(const Outcome& outcome);
std::string audit_record_modsecurity2(const Outcome& outcome);

}  // namespace wafcheck::formats
