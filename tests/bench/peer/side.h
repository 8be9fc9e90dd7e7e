#pragma once
// What a worker process drives: one engine with one ruleset, an exchange at a time.

#include <memory>
#include <string>

#include "cases.h"
#include "parser/base/result.h"

namespace wafcheck::peer {

class Side {
 public:
  virtual ~Side() = default;
  /// Ready for the first exchange; an error is the engine's own message. Paths are absolute.
  virtual Result<void> load(const std::string& rules) = 0;
  /// From a new transaction through all five phases to its end.
  virtual differential::Ids run(const formats::Exchange& exchange) = 0;
  /// Called before each round.
  virtual void begin_round() {}
  virtual std::string name() const = 0;
};

/// The side that the worker is linked with; null: it has no such mode.
std::unique_ptr<Side> make_side(const std::string& mode);

}  // namespace wafcheck::peer
