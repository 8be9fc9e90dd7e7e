#pragma once
// Audit logs of ModSecurity 2 and 3, of Coraza and of wafcheck itself, in every layout that they
// have, one after another or mixed, alone or inside the lines of containers and shippers.

#include <istream>
#include <memory>
#include <optional>
#include <string_view>

#include "formats/traffic/formats.h"

namespace wafcheck::formats::inline traffic {

/// Reads the records as they come: native ones by their boundaries, so that records that interrupt
/// each other come apart, JSON ones a line or a document each. What is no record is passed over and
/// counted (remarks()). A record that cannot be read is that entry's error; one that lacks
/// something says so in `gaps`.
///
/// A client may send a body that looks like records. Where the request says how long its body is,
/// these are taken for the body; where it does not, nobody can tell.
std::unique_ptr<TrafficReader> open_auditlog(std::istream& in, const TrafficLimits& limits);

/// Certainly one where a record begins in `head`.
Likeness looks_like_auditlog(std::string_view head);

/// A log whose first line is a whole JSON record has records in lines; any other is to be read from
/// its beginning.
uint64_t find_audit_line(std::istream& in, uint64_t from, const TrafficLimits& limits);

/// TrafficFormat::guess_entry, of a log that begins with native records without a wrapping: a
/// marker of part A with the line behind it that has time and addresses.
std::optional<uint64_t> guess_audit_record(std::istream& in, uint64_t from, uint64_t until);

/// Whether a file of that name, without its folder, may be an audit log: "modsec_audit.log.1",
/// "20261129-160000-ID" as concurrent logging names them.
bool is_auditlog_name(std::string_view name);

}  // namespace wafcheck::formats::inline traffic
