#pragma once
// The checks themselves, for --list, --explain and --statistics.

#include <iosfwd>
#include <string_view>

#include "lint/report/report.h"

namespace wafcheck::lint {

/// All checks under the names of their categories: code, name, severity, fix, profile, doc.
void list_text(std::ostream& out);
/// {"schema":1,"checks":[...]}
void list_json(std::ostream& out);

/// One check: what it is, what it looks for and why, an example and its remedy.
void explain_text(const CheckInfo& check, std::ostream& out);
/// {"schema":1,"check":{...}}
void explain_json(const CheckInfo& check, std::ostream& out);

/// How often each check found something, most often first: count, code, name, severity, and a mark
/// where --fix mends all of them.
void statistics_text(const Report& report, std::ostream& out);
/// {"schema":1,"statistics":[...],"summary":{...}}
void statistics_json(const Report& report, std::ostream& out);

}  // namespace wafcheck::lint
