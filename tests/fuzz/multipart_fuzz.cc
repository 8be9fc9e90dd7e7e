// Multipart bodies: the value of Content-Type, a line feed, the body.

#include "engine/bodies/multipart.h"
#include "parser/language/semantics.h"
#include "profiles.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wafcheck;
  std::string_view bytes = fuzz::bytes_of(data, size);
  const parser::Semantics semantics = parser::semantics_of(fuzz::profile(bytes));
  const std::string_view type = fuzz::line(bytes);
  Arena arena;
  const engine::MultipartLimits limits{.parts = 100, .files = 10, .arguments = 20};
  const engine::Multipart body = engine::parse_multipart(type, bytes, limits, semantics, arena);
  fuzz::require(body.files.size() <= limits.files, "there are no more files than the limit");
  fuzz::require(body.arguments.size() <= limits.arguments, "nor more arguments");
  size_t total = 0;
  for (const auto& file : body.files) total += file.content.size();
  for (const auto& [name, value] : body.arguments) total += value.size();
  fuzz::require(total <= bytes.size(), "contents are parts of the body");
  return 0;
}
