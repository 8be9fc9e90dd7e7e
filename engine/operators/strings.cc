// The operators that compare the value with a literal text: byte for byte, case counts.
// Source: seclang reference, section 4.2.

#include <cstring>

#include "engine/operators/operator.h"
#include "engine/operators/phrases.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::operators {
namespace {

/// First place of `needle` in `text`, or npos. memmem, unlike string_view::find, does not go
/// quadratic on repetitive input; both texts may be a client's.
size_t find_bytes(std::string_view text, std::string_view needle) {
  if (needle.empty()) return 0;
  if (text.size() < needle.size()) return std::string_view::npos;
  const void* place = memmem(text.data(), text.size(), needle.data(), needle.size());
  if (place == nullptr) return std::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(place) - text.data());
}

using Test = bool (*)(std::string_view value, std::string_view argument, MatchState& state);

template <Test test>
class StringOperator final : public Operator {
 public:
  bool match(std::string_view value, std::string_view argument, MatchState& state) const override {
    return test(value, argument, state);
  }
};

bool equals(std::string_view value, std::string_view argument, MatchState&) {
  return value == argument;
}
bool begins(std::string_view value, std::string_view argument, MatchState& state) {
  if (!value.starts_with(argument)) return false;
  state.found_at(0, argument.size());
  return true;
}
bool ends(std::string_view value, std::string_view argument, MatchState& state) {
  if (!value.ends_with(argument)) return false;
  state.found_at(value.size() - argument.size(), argument.size());
  return true;
}
bool is_inside(std::string_view value, std::string_view argument, MatchState& state) {
  const size_t place = find_bytes(argument, value);
  if (place == std::string_view::npos) return false;
  if (!value.empty()) state.found_at(place, value.size());
  return true;
}
bool holds(std::string_view value, std::string_view argument, MatchState&) {
  return find_bytes(value, argument) != std::string_view::npos;
}

class Contains final : public Operator {
 public:
  explicit Contains(bool captures) : captures_(captures) {}

  bool match(std::string_view value, std::string_view argument, MatchState& state) const override {
    const size_t place = find_bytes(value, argument);
    if (place == std::string_view::npos) return false;
    state.found_at(place, argument.size());
    if (captures_ && state.want_captures) {
      state.captures.push_back(value.substr(place, argument.size()));
    }
    return true;
  }

 private:
  bool captures_;
};

/// A text whose |hex| groups were resolved at load and which holds no macros.
class FixedSubstring final : public Operator {
 public:
  explicit FixedSubstring(std::string text) : text_(std::move(text)) {}
  bool match(std::string_view value, std::string_view, MatchState& state) const override {
    return holds(value, text_, state);
  }

 private:
  std::string text_;
};

}  // namespace

Result<OperatorPointer> streq(std::string_view, const OperatorContext&) {
  return std::make_unique<StringOperator<equals>>();
}
Result<OperatorPointer> beginsWith(std::string_view, const OperatorContext&) {
  return std::make_unique<StringOperator<begins>>();
}
Result<OperatorPointer> endsWith(std::string_view, const OperatorContext&) {
  return std::make_unique<StringOperator<ends>>();
}
Result<OperatorPointer> within(std::string_view, const OperatorContext&) {
  return std::make_unique<StringOperator<is_inside>>();
}
Result<OperatorPointer> contains(std::string_view, const OperatorContext& context) {
  return std::make_unique<Contains>(context.semantics.contains_captures);
}
Result<OperatorPointer> strmatch(std::string_view argument, const OperatorContext& context) {
  if (!context.semantics.strmatch_hex) return std::make_unique<StringOperator<holds>>();
  return std::make_unique<FixedSubstring>(resolve_hex(argument, context.semantics.pm_hex_blanks));
}

}  // namespace wafcheck::engine::operators
