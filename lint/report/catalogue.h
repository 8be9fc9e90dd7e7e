#pragma once
// The checks themselves, for --list, --explain and --statistics.

#include <iosfwd>
#include <string_view>

#include "lint/report/report.h"

namespace wafcheck::lint::inline report {

/// All checks under the names of their categories: code, name, severity, fix, profile, doc.
void list_text(std::ostream& out);
/// {"schema":1,"checks":[...]}
void list_json(std::ostream& out);

/// One check: what it looks for and why, an example, and how to correct it.
void explain_text(const CheckInfo& check, std::ostream& out);
/// {"schema":1,"check":{...}}
void explain_json(const CheckInfo& check, std::ostream& out);

/// "There is no fix.", "On by default.": how a check is corrected, and when it runs.
std::string_view fix_sentence(FixKind fix);
std::string_view profile_sentence(Profile profile);

/// The number of findings per check, largest first: count, code, name, severity, and a mark if
/// --fix corrects all of them.
void statistics_text(const Report& report, std::ostream& out);
/// {"schema":1,"statistics":[...],"summary":{...}}
void statistics_json(const Report& report, std::ostream& out);

}  // namespace wafcheck::lint::inline report
