// A transformation, which the first byte chooses, then the profile: it says whether it changed
// something, gives the same answer twice, and does not blow its input up.

#include <string>

#include "engine/transformations/transformation.h"
#include "parser/language/semantics.h"
#include "profiles.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wafcheck;
  std::string_view bytes = fuzz::bytes_of(data, size);
  const auto rows = parser::transformations();
  const auto& row = rows[fuzz::choice(bytes, rows.size())];
  const parser::Semantics semantics = parser::semantics_of(fuzz::profile(bytes));
  const engine::transformations::TransformationContext context{semantics};
  const auto function = engine::transformations::function_of(row.id);

  std::string once, twice = "left over";
  const bool changed = function(bytes, once, context);
  fuzz::require(function(bytes, twice, context) == changed, "the verdict is the same twice");
  if (!changed) return 0;
  fuzz::require(once == twice, "the bytes are the same twice");
  fuzz::require(once != bytes, "a change changes something");
  fuzz::require(once.size() <= 64 + 8 * bytes.size(), "the size is bounded");
  return 0;
}
