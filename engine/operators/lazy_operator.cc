#include "engine/operators/lazy_operator.h"

#include <fmt/format.h>

namespace wafcheck::engine::operators {
namespace {

/// Stands in for an operator whose argument cannot be compiled: reports that each time it is asked.
class BrokenOperator final : public Operator {
 public:
  explicit BrokenOperator(std::string reason) : reason_(std::move(reason)) {}
  bool match(std::string_view, std::string_view, MatchState& state) const override {
    state.error = reason_;
    return false;
  }

 private:
  std::string reason_;
};

}  // namespace

LazyOperator::LazyOperator(parser::Operator id, std::string argument, OperatorFactory factory,
                           OperatorContext context)
    : id_(id), argument_(std::move(argument)), factory_(factory), context_(std::move(context)) {}

void LazyOperator::compile() const {
  auto result = factory_(argument_, context_);
  if (result) {
    compiled_ = std::move(*result);
    return;
  }
  error_ = result.error();
  compiled_ = std::make_unique<BrokenOperator>(
      fmt::format("@{}: {}", parser::info(id_).name, error_.message));
}

const Operator& LazyOperator::first_get() const {
  std::call_once(once_, [this] {
    compile();
    ready_.store(compiled_.get(), std::memory_order_release);
  });
  return *compiled_;
}

Result<void> LazyOperator::force() const {
  get();
  if (error_.message.empty()) return {};
  return std::unexpected(error_);
}

}  // namespace wafcheck::engine::operators
