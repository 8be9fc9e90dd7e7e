#pragma once
// Operators that need more than a value: the parsed body, a database, the network. By themselves
// they never match and say why in MatchState::error, so that no rule misses in silence.

#include <string>
#include <string_view>

#include "engine/operators/operator.h"

namespace wafcheck::engine::operators {

/// @validateSchema, @validateDTD and @geoLookup: the transaction asks for the argument and answers
/// in the operator's place (libxml2 against the body it parsed; the geographic database it was
/// given).
class TransactionOperator final : public Operator {
 public:
  TransactionOperator(std::string_view argument, std::string reason)
      : argument_(argument), reason_(std::move(reason)) {}

  /// The path of the file that the rule names; empty for @geoLookup.
  const std::string& argument() const { return argument_; }

  bool match(std::string_view, std::string_view, MatchState& state) const override {
    state.error = reason_;
    return false;
  }

 private:
  std::string argument_;
  std::string reason_;
};

}  // namespace wafcheck::engine::operators
