#include "formats/why/names.h"

#include <algorithm>

#include "engine/bodies/json.h"
#include "parser/base/arena.h"
#include "parser/language/semantics.h"
#include "parser/profile.h"

namespace wafcheck::formats::inline why {
namespace {

/// The names of what is no object or array, in the order of the body.
std::vector<std::string> leaf_names(std::string_view body, parser::Semantics semantics) {
  semantics.json_array_lengths = false;  // these would be members among the others
  Arena arena;
  std::vector<std::string> names;
  for (const auto& member : engine::bodies::parse_json(body, {}, semantics, arena).members) {
    names.emplace_back(member.name);
  }
  return names;
}

}  // namespace

std::vector<std::pair<std::string_view, std::string>> names_by_engine(
    std::string_view body, std::string_view key, const parser::Semantics& semantics) {
  const std::vector<std::string> own = leaf_names(body, semantics);
  const auto member = std::ranges::find(own, key);
  if (member == own.end()) return {};
  const size_t number = static_cast<size_t>(member - own.begin());
  std::vector<std::pair<std::string_view, std::string>> names;
  for (const parser::Profile profile :
       {parser::Profile::modsecurity2, parser::Profile::modsecurity3, parser::Profile::coraza}) {
    std::vector<std::string> theirs = leaf_names(body, parser::semantics_of(profile));
    if (theirs.size() != own.size()) return {};
    names.emplace_back(parser::to_string(profile), std::move(theirs[number]));
  }
  return names;
}

}  // namespace wafcheck::formats::inline why
