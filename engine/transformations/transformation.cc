#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {

TransformationFunction function_of(parser::Transformation transformation) {
  static constexpr TransformationFunction kFunctions[] = {
#define WAFCHECK_TRANSFORMATION(name, ...) name,
#include "parser/language/transformations.def"
  };
  return kFunctions[static_cast<size_t>(transformation)];
}

size_t growth_of(parser::Transformation transformation) {
  switch (transformation) {
    case parser::Transformation::urlEncode:
    case parser::Transformation::utf8toUnicode:  // two bytes become six
      return 3;
    case parser::Transformation::base64Encode:
    case parser::Transformation::hexEncode:
      return 2;
    default:
      return 1;
  }
}

}  // namespace wafcheck::engine::transformations
