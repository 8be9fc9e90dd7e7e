#pragma once
// What is to be told of a ruleset that runs without a server.

#include <optional>
#include <string>
#include <vector>

#include "parser/ruleset/ruleset.h"

namespace wafcheck::formats::inline records {

/// A message for each word of the rules that has no meaning without a server, or lacks its data,
/// with the place of its first use. Directives that only configure the server share a message;
/// those on which no decision depends are left out unless `idle_too`. `scripts_run`: scripts in Lua
/// have their meaning.
std::vector<std::string> offline_notes(const parser::RulesetModel& ruleset, bool scripts_run,
                                       bool idle_too);

/// What is taken for granted where the rules do not switch the engine on; nothing where they do.
std::optional<std::string> note_of_engine(const parser::RulesetModel& ruleset);

/// Whether there are no rules, and the engine does not load that.
bool lacks_rules(const parser::RulesetModel& ruleset);

}  // namespace wafcheck::formats::inline records
