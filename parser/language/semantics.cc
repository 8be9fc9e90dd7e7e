#include "parser/language/semantics.h"

#include <array>

namespace wafcheck::parser::inline language {
namespace {

constexpr Semantics column(Profile profile, Version version) {
  const auto pick = [profile](auto... of_profile) {
    return std::array{of_profile...}[static_cast<size_t>(profile)];
  };
  Semantics semantics;
  semantics.profile = profile;
  semantics.version = version;
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
#define X(field, changed, major, minor, patch, value)                           \
  if (profile == Profile::changed && version >= Version{major, minor, patch}) { \
    semantics.field = value;                                                    \
  }
  WAFCHECK_SEMANTIC_CHANGES(X)
#undef X
  return semantics;
}

#define X(profile, major, minor, patch) column(Profile::profile, {major, minor, patch}),
constexpr std::array kSemantics{WAFCHECK_MODELLED_VERSIONS(X)};
#undef X

}  // namespace

const Semantics& semantics_of(const Engine& engine) {
  const Semantics* best = nullptr;
  for (const Semantics& semantics : kSemantics) {
    if (semantics.profile != engine.profile) continue;
    if (best == nullptr || semantics.version <= engine.version) best = &semantics;
  }
  return *best;
}

const Semantics& semantics_of(Profile profile) {
  return semantics_of(Engine{profile, {}});
}

std::span<const Semantics> all_semantics() {
  return kSemantics;
}

}  // namespace wafcheck::parser::inline language
