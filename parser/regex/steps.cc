#include "parser/regex/steps.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>

namespace wafcheck::parser::regex {
namespace {

/// What PCRE2 keeps of the steps that it may go back to. Room for some 100,000 of them.
constexpr uint32_t kHeapLimitKib = 16 * 1024;

/// PCRE2 keeps about so many bytes of a step, and two numbers more for each group.
constexpr uint64_t kBytesOfStep = 128;

template <auto Free>
struct Deleter {
  void operator()(auto* pointer) const { Free(pointer); }
};
template <typename T, auto Free>
using Owned = std::unique_ptr<T, Deleter<Free>>;

struct Budget {
  uint64_t count = 0;
  uint64_t limit = 0;
  Measure measure = Measure::search;
  size_t at = 0;  ///< where the item before was tried
};

/// Called before each item that is tried. To go back is free; what lies ahead of the item before
/// was taken by it.
int on_item(pcre2_callout_block* block, void* data) {
  auto& budget = *static_cast<Budget*>(data);
  ++budget.count;
  if (budget.measure == Measure::match) {
    const size_t at = block->current_position;
    if (at > budget.at) budget.count += at - budget.at;
    budget.at = at;
  }
  return budget.count > budget.limit ? PCRE2_ERROR_CALLOUT : 0;
}

/// Of a thread: the memory that PCRE2 asks for in it, up to the heap limit, serves all expressions.
pcre2_match_data* match_data() {
  thread_local const Owned<pcre2_match_data, pcre2_match_data_free> data(
      pcre2_match_data_create(1, nullptr));
  return data.get();
}

PCRE2_SPTR bytes_of(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data() != nullptr ? text.data() : "");
}

}  // namespace

struct StepCounter::Code {
  Owned<pcre2_code, pcre2_code_free> code;
  Owned<pcre2_match_context, pcre2_match_context_free> context;
};

StepCounter::StepCounter(std::unique_ptr<Code> code) : code_(std::move(code)) {}
StepCounter::StepCounter(StepCounter&& other) noexcept = default;
StepCounter& StepCounter::operator=(StepCounter&& other) noexcept = default;
StepCounter::~StepCounter() = default;

Result<StepCounter> StepCounter::compile(std::string_view pattern, parser::PcreOptions options) {
  uint32_t flags = PCRE2_NEVER_UTF | PCRE2_AUTO_CALLOUT;
  if (options.caseless) flags |= PCRE2_CASELESS;
  if (options.dotall) flags |= PCRE2_DOTALL;
  if (options.multiline) flags |= PCRE2_MULTILINE;
  if (options.dollar_endonly) flags |= PCRE2_DOLLAR_ENDONLY;

  const Owned<pcre2_compile_context, pcre2_compile_context_free> context(
      pcre2_compile_context_create(nullptr));
  auto code = std::make_unique<Code>();
  if (context != nullptr) {
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
    int error = 0;
    size_t at = 0;
    code->code.reset(
        pcre2_compile(bytes_of(pattern), pattern.size(), flags, &error, &at, context.get()));
    code->context.reset(pcre2_match_context_create(nullptr));
  }
  if (code->code == nullptr || match_data() == nullptr || code->context == nullptr) {
    // Says what is wrong, if anything is.
    if (auto checked = parser::Pcre::compile(pattern, options); !checked) {
      return std::unexpected(std::move(checked.error()));
    }
    return fail("the expression is too large to count the steps of");
  }
  pcre2_set_heap_limit(code->context.get(), kHeapLimitKib);
  return StepCounter(std::move(code));
}

uint64_t StepCounter::work_of_step() const {
  uint32_t groups = 0;
  pcre2_pattern_info(code_->code.get(), PCRE2_INFO_CAPTURECOUNT, &groups);
  return 1 + groups * 2 * sizeof(size_t) / kBytesOfStep;
}

Steps StepCounter::count(std::string_view subject, uint64_t limit, Measure measure) const {
  Budget budget{.limit = limit, .measure = measure};
  pcre2_set_callout(code_->context.get(), on_item, &budget);
  const uint32_t flags = measure == Measure::match ? PCRE2_ANCHORED : 0;
  const int result = pcre2_match(code_->code.get(), bytes_of(subject), subject.size(), 0, flags,
                                 match_data(), code_->context.get());
  pcre2_set_callout(code_->context.get(), nullptr, nullptr);
  const bool stopped = result < 0 && result != PCRE2_ERROR_NOMATCH;
  return {.count = std::min(budget.count, limit), .more = stopped};
}

}  // namespace wafcheck::parser::regex
