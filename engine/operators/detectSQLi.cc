// @detectSQLi: libinjection's verdict; TX:0 is the fingerprint.

#include "engine/libinjection/libinjection.h"
#include "engine/operators/operator.h"

namespace wafcheck::engine::operators {
namespace {

class DetectSqli final : public Operator {
 public:
  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    if (!libinjection::detect_sqli(value, &state.scratch)) return false;
    state.finding = state.scratch;
    if (state.want_captures) state.captures.emplace_back(state.scratch);
    return true;
  }
};

}  // namespace

Result<OperatorPointer> detectSQLi(std::string_view, const OperatorContext&) {
  return std::make_unique<DetectSqli>();
}

}  // namespace wafcheck::engine::operators
