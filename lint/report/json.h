#pragma once
// Findings as JSON, for scripts.

#include <string>

#include "parser/diagnostic.h"
#include "parser/ruleset.h"

namespace wafcheck::lint {

/// {"schema":1,"files":N,"rules":N,"findings":[...],"summary":{...}}, without a line end. Lines and
/// columns count from 1, columns in bytes.
std::string json_report(const parser::Ruleset& ruleset, const parser::Diagnostics& findings);

}  // namespace wafcheck::lint
