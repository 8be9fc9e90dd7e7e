// @noMatch and @unconditionalMatch: the value plays no part.

#include "engine/operators/operator.h"

namespace wafcheck::engine::operators {
namespace {

template <bool verdict>
class Constant final : public Operator {
 public:
  bool match(std::string_view, std::string_view, MatchState&) const override { return verdict; }
};

}  // namespace

Result<OperatorPointer> noMatch(std::string_view, const OperatorContext&) {
  return std::make_unique<Constant<false>>();
}
Result<OperatorPointer> unconditionalMatch(std::string_view, const OperatorContext&) {
  return std::make_unique<Constant<true>>();
}

}  // namespace wafcheck::engine::operators
