#pragma once
// Audit records: which transactions are recorded, and what a record holds. One file a layout;
// audit_view.h is what they share.

#include <string>
#include <string_view>

#include "formats/records/outcome.h"

namespace wafcheck::formats::inline records {

/// The name, in the table of record formats, of the layout that SecAuditLogFormat asks for, JSON
/// being that of the engine that is modelled; where it is unset, libmodsecurity's JSON.
std::string_view audit_format(const engine::Program& program);

/// Whether SecAuditEngine and ctl:auditEngine have this transaction recorded; unset means relevant
/// ones. Source: seclang reference 8.4.
bool is_audited(const Outcome& outcome);

// The layouts: one record without its line end. It holds the parts that SecAuditLogParts and
// ctl:auditLogParts leave on, what sanitise actions name being masked; A and Z are always on.
// Source: seclang reference, section 8.
std::string audit_record_modsecurity(const Outcome& outcome);
std::string audit_record_coraza(const Outcome& outcome);
std::string audit_record_native(const Outcome& outcome);
std::string audit_record_modsecurity2(const Outcome& outcome);

}  // namespace wafcheck::formats::inline records
