#include "parser/language/points.h"

#include <algorithm>
#include <iterator>

#include "parser/language/semantics.h"

namespace wafcheck::parser::inline language {
namespace {

struct Reason {
  std::string_view field, reason;
};
constexpr Reason kReasons[] = {
#define WAFCHECK_DEFAULT_REASON(field, reason) {#field, reason},
#include "parser/language/default_reasons.def"
#undef WAFCHECK_DEFAULT_REASON
};

constexpr std::string_view reason_of(std::string_view field) {
  const auto* found = std::ranges::find(kReasons, field, &Reason::field);
  return found == std::end(kReasons) ? std::string_view() : found->reason;
}

#define X(field, type, def, v2, v3, cz, doc) \
  SemanticsPoint{#field, doc, {#def, #v2, #v3, #cz}, reason_of(#field)},
#define Y(field, def, v2, v3, cz, doc) \
  SemanticsPoint{#field, doc, {#def, #v2, #v3, #cz}, reason_of(#field)},
constexpr SemanticsPoint kPoints[] = {WAFCHECK_SEMANTICS(X) WAFCHECK_SEMANTIC_FLAGS(Y)
                                          WAFCHECK_SEMANTIC_NUMBERS(Y)};
#undef X
#undef Y

constexpr bool is_with_most(const SemanticsPoint& point) {
  return std::count(std::begin(point.columns) + 1, std::end(point.columns), point.columns[0]) >= 2;
}
static_assert(std::ranges::all_of(kPoints,
                                  [](const SemanticsPoint& point) {
                                    return point.reason.empty() == is_with_most(point);
                                  }),
              "default_reasons.def has a row a point where the default profile is not with most "
              "engines, and no other");
static_assert(std::ranges::all_of(kReasons,
                                  [](const Reason& row) {
                                    return std::ranges::find(kPoints, row.field,
                                                             &SemanticsPoint::field) !=
                                           std::end(kPoints);
                                  }),
              "default_reasons.def names a point that semantics.h does not have");

#define X(field, profile, major, minor, patch, value) \
  SemanticsChange{#field, {Profile::profile, {major, minor, patch}}, #value},
constexpr SemanticsChange kChanges[] = {WAFCHECK_SEMANTIC_CHANGES(X)};
#undef X

}  // namespace

std::span<const SemanticsPoint> semantics_points() {
  return kPoints;
}

std::span<const SemanticsChange> semantics_changes() {
  return kChanges;
}

}  // namespace wafcheck::parser::inline language
