#include "engine/operators/operator.h"

namespace wafcheck::engine {

OperatorFactory factory_of(parser::Operator op) {
  static constexpr OperatorFactory kFactories[] = {
#define WAFCHECK_OPERATOR(name, ...) operators::name,
#include "parser/language/operators.def"
  };
  return kFactories[static_cast<size_t>(op)];
}

}  // namespace wafcheck::engine
