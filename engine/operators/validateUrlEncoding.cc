// @validateUrlEncoding: a "%" without two hexadecimal digits behind it.

#include "engine/operators/operator.h"
#include "parser/base/ascii.h"

namespace wafcheck::engine::operators {
namespace {

class UrlEncoding final : public Operator {
 public:
  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    for (size_t at = value.find('%'); at != std::string_view::npos; at = value.find('%', at + 3)) {
      const bool valid = value.size() - at >= 3 &&
                         is_hex(static_cast<unsigned char>(value[at + 1])) &&
                         is_hex(static_cast<unsigned char>(value[at + 2]));
      if (valid) continue;
      state.found_at(at, value.size());
      return true;
    }
    return false;
  }
};

}  // namespace

Result<OperatorPointer> validateUrlEncoding(std::string_view, const OperatorContext&) {
  return std::make_unique<UrlEncoding>();
}

}  // namespace wafcheck::engine::operators
