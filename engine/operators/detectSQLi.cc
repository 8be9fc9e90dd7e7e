// @detectSQLi: libinjection's verdict; TX:0 is the fingerprint.

#include "engine/libinjection/libinjection.h"
#include "engine/operators/operator.h"

namespace wafcheck::engine {
namespace {

class DetectSqli final : public Operator {
 public:
  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    if (!libinjection::detect_sqli(value, &state.scratch)) return false;
    if (state.want_captures) state.captures.emplace_back(state.scratch);
    return true;
  }
  bool expensive() const override { return true; }
};

}  // namespace

Result<OperatorPointer> operators::detectSQLi(std::string_view, const OperatorContext&) {
  return std::make_unique<DetectSqli>();
}

}  // namespace wafcheck::engine
