#pragma once
// What each engine calls a member of a JSON body: exclusions for one name nothing to another.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/language/semantics_forward.h"

namespace wafcheck::formats::inline why {

/// (engine, key) for each engine: ("modsecurity3", "json.items.array_0.t") for the member of `body`
/// that `semantics` call "json.items.0.t". Empty where there is no such member, or where the
/// engines do not see the same members.
std::vector<std::pair<std::string_view, std::string>> names_by_engine(
    std::string_view body, std::string_view key, const parser::Semantics& semantics);

}  // namespace wafcheck::formats::inline why
