#include "engine/operators/operator.h"

namespace wafcheck::engine::operators {

OperatorFactory factory_of(parser::Operator op) {
  static constexpr OperatorFactory kFactories[] = {
#define WAFCHECK_OPERATOR(name, ...) name,
#include "parser/language/operators.def"
  };
  return kFactories[static_cast<size_t>(op)];
}

}  // namespace wafcheck::engine::operators
