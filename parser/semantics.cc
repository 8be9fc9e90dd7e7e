#include "parser/semantics.h"

#include <array>

namespace wafcheck::parser {
namespace {

// In the order of Profile, which is the order of the columns too.
constexpr std::array<std::string_view, 4> kNames = {"default", "modsecurity2", "modsecurity3",
                                                    "coraza"};

constexpr Semantics column(Profile profile) {
  const auto pick = [profile](auto... of_profile) {
    return std::array{of_profile...}[static_cast<size_t>(profile)];
  };
  Semantics semantics;
  semantics.profile = profile;
#define X(field, type, def, v2, v3, cz, doc) \
  semantics.field = pick(type::def, type::v2, type::v3, type::cz);
  WAFCHECK_SEMANTICS(X)
#undef X
#define X(field, def, v2, v3, cz, doc) semantics.field = pick(def, v2, v3, cz);
  WAFCHECK_SEMANTIC_FLAGS(X)
#undef X
#define X(field, def, v2, v3, cz, doc) semantics.field = pick(def, v2, v3, cz);
  WAFCHECK_SEMANTIC_NUMBERS(X)
#undef X
  return semantics;
}

constexpr std::array<Semantics, 4> kSemantics = {
    column(Profile::standard), column(Profile::modsecurity2), column(Profile::modsecurity3),
    column(Profile::coraza)};

}  // namespace

std::string_view to_string(Profile profile) {
  return kNames[static_cast<size_t>(profile)];
}

std::optional<Profile> profile_from(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Profile>(i);
  }
  return std::nullopt;
}

const Semantics& semantics_of(Profile profile) {
  return kSemantics[static_cast<size_t>(profile)];
}

}  // namespace wafcheck::parser
