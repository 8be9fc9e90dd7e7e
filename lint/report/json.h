#pragma once
// Helpers of the reports in JSON.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "lint/checks/check.h"
#include "lint/report/report.h"
#include "parser/diagnostic.h"

namespace wafcheck::lint::inline report {

using Json = nlohmann::ordered_json;

/// Serialises to one line. Strings from inputs have to be converted with json_text() before.
std::string dump(const Json& json);

/// Any bytes as a JSON string: bytes that are not UTF-8 become `\xHH`.
Json json_text(std::string_view bytes);
/// The same; null for none.
Json json_text_or_null(std::string_view bytes);

/// A finding as the format `json` has it.
Json finding_json(const Finding& finding, const parser::Sources& sources);

/// A row of the table of checks: code, name, category, severity, fix, profile, doc, why, bad, good;
/// empty columns are null.
Json check_json(const CheckInfo& check);

/// {"error":N,"warning":N,"info":N}, and "baseline" if one was used.
Json summary_json(const Report& report);

/// "none", "safe" or "unsafe".
std::string_view to_string(FixKind fix);
/// As --profile takes it ("default"), or "engines".
std::string_view to_string(Profile profile);

/// Whether JSON can represent the fix byte for byte; other fixes are left out.
bool is_text(const parser::Fix& fix);

}  // namespace wafcheck::lint::inline report
