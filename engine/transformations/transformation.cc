#include "engine/transformations/transformation.h"

namespace wafcheck::engine {

TransformationFunction function_of(parser::Transformation transformation) {
  static constexpr TransformationFunction kFunctions[] = {
#define WAFCHECK_TRANSFORMATION(name, ...) transformations::name,
#include "parser/language/transformations.def"
  };
  return kFunctions[static_cast<size_t>(transformation)];
}

}  // namespace wafcheck::engine
