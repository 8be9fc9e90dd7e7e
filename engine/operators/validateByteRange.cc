// @validateByteRange: a byte of the value stands outside the listed numbers and ranges.
// Source: seclang reference, section 4.5.

#include <bitset>
#include <optional>

#include <fmt/format.h>
#include "engine/operators/operator.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::operators {
namespace {

class ByteRange final : public Operator {
 public:
  ByteRange(const std::bitset<256>& allowed, bool matches_all)
      : allowed_(allowed), matches_all_(matches_all) {}

  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    if (matches_all_) return true;
    bool found = false;
    for (size_t at = 0; at < value.size(); ++at) {
      if (allowed_[static_cast<unsigned char>(value[at])]) continue;
      found = true;
      state.found_at(at, 1);
      if (!state.wants_more_places()) break;
    }
    return found;
  }

 private:
  std::bitset<256> allowed_;
  bool matches_all_;
};

/// A decimal number of at most 255. `lenient` as C's strtol: leading white space, a plus sign and
/// any tail are overlooked.
std::optional<unsigned> parse_byte(std::string_view text, bool lenient) {
  size_t at = 0;
  if (lenient) {
    while (at < text.size() && is_space(static_cast<unsigned char>(text[at]))) ++at;
    if (at < text.size() && text[at] == '+') ++at;
  }
  const size_t begin = at;
  unsigned value = 0;
  for (; at < text.size() && is_digit(static_cast<unsigned char>(text[at])); ++at) {
    value = value * 10 + static_cast<unsigned>(text[at] - '0');
    if (value > 255) return std::nullopt;
  }
  if (at == begin || (!lenient && at != text.size())) return std::nullopt;
  return value;
}

/// Adds "N" or "N-M" to `allowed`. Errors carry offsets in `item`.
Result<void> add_item(std::string_view item, bool lenient, std::bitset<256>& allowed) {
  const auto offset_of = [&](std::string_view part) {
    return static_cast<size_t>(part.data() - item.data());
  };
  const size_t dash = item.find('-');
  const std::string_view first_text = trim_blanks(item.substr(0, dash));
  const std::optional<unsigned> first = parse_byte(first_text, lenient);
  if (!first) {
    return fail(fmt::format("\"{}\" is not a byte (0-255)", first_text), offset_of(first_text));
  }
  if (dash == std::string_view::npos) {
    allowed.set(*first);
    return {};
  }
  const std::string_view last_text = trim_blanks(item.substr(dash + 1));
  const std::optional<unsigned> last = parse_byte(last_text, lenient);
  if (!last) {
    return fail(fmt::format("\"{}\" is not a byte (0-255)", last_text), offset_of(last_text));
  }
  if (*first > *last) {
    return fail(fmt::format("the range {}-{} runs backwards", *first, *last),
                offset_of(first_text));
  }
  for (unsigned byte = *first; byte <= *last; ++byte) allowed.set(byte);
  return {};
}

}  // namespace

Result<OperatorPointer> validateByteRange(std::string_view argument,
                                          const OperatorContext& context) {
  const bool lenient = context.semantics.byte_range_lenient;
  std::bitset<256> allowed;
  for (size_t begin = 0; !argument.empty() && begin <= argument.size();) {
    const size_t end = std::min(argument.find(',', begin), argument.size());
    const Result<void> added = add_item(argument.substr(begin, end - begin), lenient, allowed);
    if (!added && !lenient) return fail(added.error().message, begin + added.error().at);
    begin = end + 1;
  }
  const bool matches_all = argument.empty() && context.semantics.byte_range_none_matches;
  return std::make_unique<ByteRange>(allowed, matches_all);
}

}  // namespace wafcheck::engine::operators
