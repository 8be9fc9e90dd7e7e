#pragma once
// Error-log lines, one a rule that matched with logging on, in the words of the engine that is
// modelled: the default profile writes as ModSecurity 2. Source: seclang reference 8.5.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/records/outcome.h"
#include "parser/profile.h"

namespace wafcheck::formats::inline records {

/// Rewrites text that may quote the request, before it is escaped: error logs show it as it is,
/// audit records mask parts of it.
using Shown = std::function<std::string(std::string_view)>;
std::string as_it_is(std::string_view bytes);

/// `[client 127.0.0.1:54321] ModSecurity: Warning. Pattern match "…" at ARGS:q. [file "…"] …`; no
/// line end. Of several matches the line is about the last.
std::string error_log_line(const Outcome& outcome, const engine::MatchedRule& matched);

/// The lines of all rules of a transaction that log. ModSecurity 3 writes one for each match of a
/// rule with multiMatch.
std::vector<std::string> error_log(const Outcome& outcome);

/// Whether the lines of this program tell where matches stand (MatchedRule::reference).
bool error_log_refers(const engine::Program& program);

/// A rule's line as part H of an audit record has it, in one engine's words: ModSecurity's without
/// the client and, in version 2, without what part A says already; Coraza's whole.
std::string alert_text(const Outcome& outcome, const engine::MatchedRule& matched,
                       parser::Profile words, const Shown& shown = as_it_is);

/// `Matched "Operator `Rx' with parameter `1' against variable `ARGS:q' (Value: `1' )`,
/// libmodsecurity's way; empty where nothing was compared.
std::string match_text(const engine::MatchedRule& matched, const Shown& shown = as_it_is);

}  // namespace wafcheck::formats::inline records
