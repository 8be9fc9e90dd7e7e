#pragma once
// Lines of ModSecurity 3's error log, libmodsecurity's own and those that wafcheck writes, taken
// apart so that they can be compared field by field.

#include <string>
#include <string_view>
#include <vector>

#include "formats/traffic/traffic.h"
#include "parser/base/result.h"
#include "parser/profile.h"

namespace wafcheck::differential {

/// What a line says, unescaped nowhere: as it stands there.
struct LogLine {
  std::string action;  ///< "Warning.", "Access denied with code 403 (phase 1)."
  std::string op;      ///< "Rx"; "detected SQLi using libinjection."; empty: nothing was compared
  std::string parameter, target, value;
  std::string file, line, id, rev, msg, data, severity, ver, maturity, accuracy;
  std::vector<std::string> tags;
  std::string hostname, uri, unique_id, ref;

  auto operator<=>(const LogLine&) const = default;
};

LogLine parse_log_line(std::string_view text);

/// One line for people and for tables of what is expected; fields that are empty, or 0 where 0 is
/// what is written without one, are left out:
/// `1 Rx(.) ARGS:a='1' msg='m' data='d' severity=2 ver='v' rev='r' maturity=1 accuracy=2
/// tags=[a, b] ref=v8,1 [Access denied with code 403 (phase 1).]`
std::string to_text(const LogLine& line, bool with_reference = false);

/// What a request makes of a rules file, a line a match that is logged.
using LogLines = std::vector<LogLine>;
Result<LogLines> library_lines(const std::string& rules_path, const formats::Exchange& exchange);
Result<LogLines> wafcheck_lines(const std::string& rules_path, const formats::Exchange& exchange,
                                const parser::Engine& engine);

}  // namespace wafcheck::differential
