// JSON bodies.

#include "engine/bodies/json.h"
#include "parser/language/semantics.h"
#include "profiles.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wafcheck;
  std::string_view bytes = fuzz::bytes_of(data, size);
  const parser::Semantics semantics = parser::semantics_of(fuzz::profile(bytes));
  Arena arena;
  const engine::JsonLimits limits{.depth = 100, .members = 50};
  const engine::JsonBody body = engine::parse_json(bytes, limits, semantics, arena);
  fuzz::require(body.members.size() <= limits.members, "there are no more members than the limit");
  fuzz::require(body.error.empty() || body.error_at <= bytes.size(), "an error stands in the body");
  size_t total = 0;
  for (const auto& [name, value] : body.members) total += name.size() + value.size();
  fuzz::require(total <= 8 * bytes.size() + (size_t{1} << 21), "names and values are bounded");
  return 0;
}
