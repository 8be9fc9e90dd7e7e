// @detectXSS: libinjection's verdict; TX:0 is the whole value.

#include "engine/libinjection/libinjection.h"
#include "engine/operators/operator.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::operators {
namespace {

class DetectXss final : public Operator {
 public:
  explicit DetectXss(bool captures) : captures_(captures) {}

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    if (!libinjection::detect_xss(value)) return false;
    if (captures_ && state.want_captures) state.captures.push_back(value);
    return true;
  }

 private:
  bool captures_;
};

}  // namespace

Result<OperatorPointer> detectXSS(std::string_view, const OperatorContext& context) {
  return std::make_unique<DetectXss>(context.semantics.xss_captures);
}

}  // namespace wafcheck::engine::operators
