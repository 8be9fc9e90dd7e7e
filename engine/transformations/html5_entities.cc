#include "engine/transformations/html5_entities.h"

#include <algorithm>
#include <functional>

#include "engine/transformations/code_points.h"

namespace wafcheck::engine::transformations {
namespace {

struct Entity {
  std::string_view name;
  char32_t first;
  char32_t second;  // 0: one code point only
  bool bare;        // known without a semicolon
};

// Made by make-tables, sorted by name.
constexpr Entity kEntities[] = {
#include "engine/transformations/html5_entities.inc"
};
static_assert(std::ranges::adjacent_find(kEntities, std::ranges::greater_equal{}, &Entity::name) ==
              std::ranges::end(kEntities));
static_assert(std::ranges::all_of(kEntities, [](const Entity& entity) {
  return !entity.bare || entity.name.size() <= kLongestBareEntity;
}));

}  // namespace

bool append_html5_entity(std::string_view name, bool closed, std::string& out) {
  const auto found = std::ranges::lower_bound(kEntities, name, std::ranges::less{}, &Entity::name);
  if (found == std::ranges::end(kEntities) || found->name != name) return false;
  if (!closed && !found->bare) return false;
  append_utf8(out, found->first);
  if (found->second != 0) append_utf8(out, found->second);
  return true;
}

}  // namespace wafcheck::engine::transformations
