#pragma once
// What the reports in JSON share.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "lint/check.h"
#include "lint/report/report.h"
#include "parser/diagnostic.h"

namespace wafcheck::lint {

using Json = nlohmann::ordered_json;

/// On one line. Strings that came from inputs have to pass json_text() before.
std::string dump(const Json& json);

/// Any bytes as a JSON string: those that are no UTF-8 become `\xHH`.
Json json_text(std::string_view bytes);
/// The same; null for none.
Json json_text_or_null(std::string_view bytes);

/// A row of the table of checks: code, name, category, severity, fix, profile, doc, why, bad, good;
/// what a row lacks is null.
Json check_json(const CheckInfo& check);

/// {"error":N,"warning":N,"info":N}, and "baseline" where there is one.
Json summary_json(const Report& report);

/// "none", "safe" or "unsafe".
std::string_view to_string(FixKind fix);
/// As --profile takes it ("default"), or "engines".
std::string_view to_string(Profile profile);

/// Whether JSON can hold the fix byte for byte; one that it cannot is left out.
bool is_text(const parser::Fix& fix);

}  // namespace wafcheck::lint
