#pragma once
// How much work a match is, in a measure that does not depend on the machine.

#include <cstdint>
#include <memory>
#include <string_view>

#include "parser/regex/pcre.h"

namespace wafcheck::parser::regex {

struct Steps {
  uint64_t count = 0;
  bool more = false;  ///< it was stopped at the limit
};

/// What is counted. A step is one try of one item of the expression at one place in the subject.
enum class Measure : uint8_t {
  search,  ///< all of a search; a repeated byte or class is one step, however far it gets
  match,   ///< only what begins at the first byte; each byte that an item takes is a step too
};

/// Counts steps of PCRE2's interpreter. The library's match limit would not do: it holds for one
/// place to begin at, and leaves out what is made possessive.
class StepCounter {
 public:
  /// Fails like Pcre::compile().
  static Result<StepCounter> compile(std::string_view pattern, parser::PcreOptions options);

  StepCounter(StepCounter&& other) noexcept;
  StepCounter& operator=(StepCounter&& other) noexcept;
  ~StepCounter();

  /// What a step of this expression takes, 1 where it has no groups: PCRE2 copies the bounds of all
  /// groups with each step that it may have to go back to.
  uint64_t work_of_step() const;

  /// The steps for `subject`, stopped at `limit`.
  Steps count(std::string_view subject, uint64_t limit, Measure measure = Measure::search) const;

 private:
  struct Code;
  explicit StepCounter(std::unique_ptr<Code> code);
  std::unique_ptr<Code> code_;
};

}  // namespace wafcheck::parser::regex
