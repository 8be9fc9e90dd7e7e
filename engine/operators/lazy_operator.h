#pragma once
// An operator that is compiled when it is first asked: one transaction needs few of them.

#include <atomic>
#include <mutex>
#include <string>

#include "engine/operators/operator.h"

namespace wafcheck::engine::operators {

/// Safe to ask from many threads.
class LazyOperator {
 public:
  LazyOperator(parser::Operator id, std::string argument, OperatorFactory factory,
               OperatorContext context);

  /// The compiled operator; one that cannot be compiled yields an operator that reports why.
  const Operator& get() const {
    const Operator* const ready = ready_.load(std::memory_order_acquire);
    return ready != nullptr ? *ready : first_get();
  }
  /// Compiles now; for operators whose arguments can be wrong only here.
  Result<void> force() const;

  parser::Operator id() const { return id_; }
  const std::string& argument() const { return argument_; }
  const OperatorContext& context() const { return context_; }

 private:
  const Operator& first_get() const;
  void compile() const;

  parser::Operator id_;
  std::string argument_;
  OperatorFactory factory_;
  OperatorContext context_;
  mutable std::once_flag once_;
  mutable OperatorPointer compiled_;
  mutable std::atomic<const Operator*> ready_ = nullptr;  ///< compiled_, once it is there
  mutable Error error_;
};

}  // namespace wafcheck::engine::operators
