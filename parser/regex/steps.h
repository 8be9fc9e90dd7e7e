#pragma once
// How much work a match is, in a measure that does not depend on the machine.

#include <cstdint>
#include <memory>
#include <string_view>

#include "parser/regex/pcre.h"

namespace wafcheck::regex {

struct Steps {
  uint64_t count = 0;
  bool more = false;  ///< it was stopped at the limit
};

/// Counts steps of PCRE2's interpreter. A step is one try of one item of the expression at one
/// place in the subject; a repeated item that is a single byte or class is one step, however far it
/// gets. Unlike the library's match limit, which holds for one place to begin at, this counts all
/// of a search.
class StepCounter {
 public:
  /// Fails like Pcre::compile().
  static Result<StepCounter> compile(std::string_view pattern, parser::PcreOptions options);

  StepCounter(StepCounter&& other) noexcept;
  StepCounter& operator=(StepCounter&& other) noexcept;
  ~StepCounter();

  /// The steps of one search in `subject`, stopped at `limit`.
  Steps count(std::string_view subject, uint64_t limit) const;

 private:
  struct Code;
  explicit StepCounter(std::unique_ptr<Code> code);
  std::unique_ptr<Code> code_;
};

}  // namespace wafcheck::regex
