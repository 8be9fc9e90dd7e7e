// @validateUtf8Encoding: the value is not UTF-8 (RFC 3629). ModSecurity lets F4 90..BF, which lies
// above U+10FFFF, pass; Coraza does not.

#include "engine/operators/operator.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::operators {
namespace {

/// What may follow a lead byte: how many bytes, and the bounds of the first of them, which exclude
/// overlong forms and surrogates. Zero `length` marks a byte that leads nothing.
struct Lead {
  unsigned length;
  unsigned char low = 0x80;
  unsigned char high = 0xbf;
};

constexpr Lead lead_of(unsigned char byte, bool ends_at_10ffff) {
  if (byte < 0x80) return {1};
  if (byte < 0xc2) return {0};  // a continuation, or the overlong C0 and C1
  if (byte < 0xe0) return {2};
  if (byte == 0xe0) return {3, 0xa0};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte < 0xf0) return {3};
  if (byte == 0xf0) return {4, 0x90};
  if (byte < 0xf4) return {4};
  if (byte == 0xf4) return {4, 0x80, static_cast<unsigned char>(ends_at_10ffff ? 0x8f : 0xbf)};
  return {0};
}

class Utf8Encoding final : public Operator {
 public:
  explicit Utf8Encoding(bool ends_at_10ffff) : ends_at_10ffff_(ends_at_10ffff) {}

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    for (size_t at = 0; at < value.size();) {
      const Lead lead = lead_of(static_cast<unsigned char>(value[at]), ends_at_10ffff_);
      if (lead.length != 0 && value.size() - at < lead.length) return true;
      if (lead.length == 0) return found(at, value, state);
      for (unsigned i = 1; i < lead.length; ++i) {
        const auto byte = static_cast<unsigned char>(value[at + i]);
        const unsigned char low = i == 1 ? lead.low : 0x80;
        const unsigned char high = i == 1 ? lead.high : 0xbf;
        if (byte < low || byte > high) return found(at, value, state);
      }
      at += lead.length;
    }
    return false;
  }

 private:
  static bool found(size_t at, std::string_view value, MatchState& state) {
    state.found_at(at, value.size());
    return true;
  }

  bool ends_at_10ffff_;
};

}  // namespace

Result<OperatorPointer> validateUtf8Encoding(std::string_view, const OperatorContext& context) {
  return std::make_unique<Utf8Encoding>(context.semantics.utf8_ends_at_10ffff);
}

}  // namespace wafcheck::engine::operators
