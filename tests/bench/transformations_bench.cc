// Each transformation over values that most of them leave alone, as in traffic.

#include <fmt/format.h>

#include "engine/transformations/transformation.h"
#include "inputs.h"
#include "parser/language/language.h"
#include "parser/language/semantics.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::bench {
namespace {

void transform(benchmark::State& state, parser::Transformation which, const Texts& texts) {
  const parser::Semantics semantics = parser::semantics_of(parser::Profile::standard);
  const engine::transformations::TransformationContext context{semantics};
  const engine::transformations::TransformationFunction function =
      engine::transformations::function_of(which);
  std::string out;
  for (auto _ : state) {
    for (const std::string& text : texts.all) {
      benchmark::DoNotOptimize(function(text, out, context));
      benchmark::DoNotOptimize(out.data());
    }
  }
  set_bytes(state, texts.bytes());
}

[[maybe_unused]] const bool kRegistered = [] {
  for (const parser::TransformationInfo& row : parser::transformations()) {
    for (const Texts& texts : texts()) {
      const std::string name = fmt::format("transformation/{}/{}", row.name, texts.name);
      benchmark::RegisterBenchmark(name.c_str(), transform, row.id, texts);
    }
  }
  return true;
}();

}  // namespace
}  // namespace wafcheck::bench
