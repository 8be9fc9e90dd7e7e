// @validateUrlEncoding: a "%" without two hexadecimal digits behind it.

#include "engine/operators/operator.h"
#include "parser/ascii.h"

namespace wafcheck::engine {
namespace {

class UrlEncoding final : public Operator {
 public:
  bool match(std::string_view value, std::string_view, MatchState&) const override {
    for (size_t at = value.find('%'); at != std::string_view::npos; at = value.find('%', at + 3)) {
      if (value.size() - at < 3) return true;
      if (!is_hex(static_cast<unsigned char>(value[at + 1])) ||
          !is_hex(static_cast<unsigned char>(value[at + 2]))) {
        return true;
      }
    }
    return false;
  }
};

}  // namespace

Result<OperatorPointer> operators::validateUrlEncoding(std::string_view, const OperatorContext&) {
  return std::make_unique<UrlEncoding>();
}

}  // namespace wafcheck::engine
