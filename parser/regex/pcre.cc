#include "parser/regex/pcre.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>

namespace wafcheck::parser::regex {
namespace {

constexpr uint32_t kHeapLimitKib = 64 * 1024;
constexpr size_t kJitStackMin = 32 * 1024;
constexpr size_t kJitStackMax = 1024 * 1024;
/// Bytes that the interpreter searches, a call counting for some, in the time that generating
/// machine code takes.
constexpr size_t kJitAfter = 4'096;
constexpr size_t kBytesOfCall = 128;

template <auto Free>
struct Deleter {
  void operator()(auto* pointer) const { Free(pointer); }
};
using CodePtr = std::unique_ptr<pcre2_code, Deleter<pcre2_code_free>>;
using CompileContextPtr =
    std::unique_ptr<pcre2_compile_context, Deleter<pcre2_compile_context_free>>;
using MatchContextPtr = std::unique_ptr<pcre2_match_context, Deleter<pcre2_match_context_free>>;
using MatchDataPtr = std::unique_ptr<pcre2_match_data, Deleter<pcre2_match_data_free>>;
using JitStackPtr = std::unique_ptr<pcre2_jit_stack, Deleter<pcre2_jit_stack_free>>;

/// A view without bytes may have no address, which not every function of PCRE2 takes.
PCRE2_SPTR bytes_of(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data() != nullptr ? text.data() : "");
}

uint32_t flags_of(PcreOptions options) {
  uint32_t flags = PCRE2_NEVER_UTF;
  if (options.caseless) flags |= PCRE2_CASELESS;
  if (options.dotall) flags |= PCRE2_DOTALL;
  if (options.multiline) flags |= PCRE2_MULTILINE;
  if (options.dollar_endonly) flags |= PCRE2_DOLLAR_ENDONLY;
  return flags;
}

std::string message_of(int error) {
  std::array<PCRE2_UCHAR, 256> text{};
  const int length = pcre2_get_error_message(error, text.data(), text.size());
  if (length < 0) return "unknown error of the regular expression library";
  return {reinterpret_cast<const char*>(text.data()), static_cast<size_t>(length)};
}

/// What matching needs besides the expression. One a thread, so that a match allocates nothing once
/// the largest expression was seen.
class Scratch {
 public:
  /// The context for one match; null when memory is short.
  pcre2_match_context* context(uint32_t match_limit) {
    if (context_ == nullptr) {
      context_.reset(pcre2_match_context_create(nullptr));
      if (context_ == nullptr) return nullptr;
      pcre2_set_heap_limit(context_.get(), kHeapLimitKib);
      jit_stack_.reset(pcre2_jit_stack_create(kJitStackMin, kJitStackMax, nullptr));
      pcre2_jit_stack_assign(context_.get(), nullptr, jit_stack_.get());
    }
    pcre2_set_match_limit(context_.get(), match_limit);
    pcre2_set_depth_limit(context_.get(), match_limit);
    return context_.get();
  }

  /// Match data with room for `pairs`; null when memory is short.
  pcre2_match_data* data(uint32_t pairs) {
    if (data_ == nullptr || pcre2_get_ovector_count(data_.get()) < pairs) {
      data_.reset(pcre2_match_data_create(std::max(pairs, kFirstPairs), nullptr));
    }
    return data_.get();
  }

 private:
  static constexpr uint32_t kFirstPairs = 32;

  JitStackPtr jit_stack_;
  MatchContextPtr context_;
  MatchDataPtr data_;
};

Scratch& scratch() {
  thread_local Scratch instance;
  return instance;
}

PcreResult result_of(int code) {
  if (code >= 0) return PcreResult::matched;
  switch (code) {
    case PCRE2_ERROR_NOMATCH:
      return PcreResult::no_match;
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_NOMEMORY:
      return PcreResult::limit;
    default:
      return PcreResult::error;
  }
}

}  // namespace

struct Pcre::Code {
  CodePtr interpreted;
  uint32_t group_count = 0;

  // Machine code goes to a copy: PCRE2 would otherwise write to what other threads are reading.
  std::atomic<size_t> searched = 0;  ///< bytes, before there is machine code
  std::once_flag jit_once;
  CodePtr jit_owner;
  std::atomic<pcre2_code*> jitted = nullptr;
};

Pcre::Pcre(std::unique_ptr<Code> code) : code_(std::move(code)) {}
Pcre::Pcre(Pcre&& other) noexcept = default;
Pcre& Pcre::operator=(Pcre&& other) noexcept = default;
Pcre::~Pcre() = default;

Result<Pcre> Pcre::compile(std::string_view pattern, PcreOptions options) {
  const CompileContextPtr context(pcre2_compile_context_create(nullptr));
  if (context == nullptr) return fail("out of memory");
  // Engines run with the usual build of PCRE2, in which LF alone ends a line.
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);

  int error = 0;
  size_t at = 0;
  auto code = std::make_unique<Code>();
  code->interpreted.reset(pcre2_compile(bytes_of(pattern), pattern.size(), flags_of(options),
                                        &error, &at, context.get()));
  if (code->interpreted == nullptr) return fail(message_of(error), std::min(at, pattern.size()));
  pcre2_pattern_info(code->interpreted.get(), PCRE2_INFO_CAPTURECOUNT, &code->group_count);
  return Pcre(std::move(code));
}

bool Pcre::jit() const {
  Code& code = *code_;
  std::call_once(code.jit_once, [&code] {
    CodePtr copy(pcre2_code_copy(code.interpreted.get()));
    if (copy == nullptr || pcre2_jit_compile(copy.get(), PCRE2_JIT_COMPLETE) != 0) return;
    size_t size = 0;  // stays 0 if the pattern itself forbids machine code, which is no error
    pcre2_pattern_info(copy.get(), PCRE2_INFO_JITSIZE, &size);
    if (size == 0) return;
    code.jit_owner = std::move(copy);
    code.jitted.store(code.jit_owner.get(), std::memory_order_release);
  });
  return code.jitted.load(std::memory_order_acquire) != nullptr;
}

void Pcre::jit_when_worth(size_t bytes) const {
  Code& code = *code_;
  if (code.searched.load(std::memory_order_relaxed) >= kJitAfter) return;
  bytes += kBytesOfCall;
  if (code.searched.fetch_add(bytes, std::memory_order_relaxed) + bytes >= kJitAfter) jit();
}

PcreResult Pcre::match(std::string_view subject, size_t start, uint32_t match_limit,
                       std::vector<Group>* groups) const {
  if (start > subject.size()) return PcreResult::no_match;
  pcre2_match_context* context = scratch().context(match_limit);
  pcre2_match_data* data = scratch().data(groups != nullptr ? code_->group_count + 1 : 1);
  if (context == nullptr || data == nullptr) return PcreResult::limit;

  int code = PCRE2_ERROR_JIT_STACKLIMIT;
  if (const pcre2_code* jitted = code_->jitted.load(std::memory_order_acquire)) {
    code = pcre2_jit_match(jitted, bytes_of(subject), subject.size(), start, 0, data, context);
  }
  // The interpreter also finishes what needs more stack than machine code is given.
  if (code == PCRE2_ERROR_JIT_STACKLIMIT) {
    code = pcre2_match(code_->interpreted.get(), bytes_of(subject), subject.size(), start, 0, data,
                       context);
  }
  if (code < 0 || groups == nullptr) return result_of(code);

  const size_t* bounds = pcre2_get_ovector_pointer(data);
  groups->assign(code_->group_count + 1, Group(kUnset, kUnset));
  for (size_t i = 0; i < static_cast<size_t>(code); ++i) {
    (*groups)[i] = {bounds[2 * i], bounds[2 * i + 1]};
  }
  // \K called from a lookahead can set the start behind the end.
  Group& whole = groups->front();
  whole.first = std::min(whole.first, whole.second);
  return PcreResult::matched;
}

uint32_t Pcre::group_count() const {
  return code_->group_count;
}

std::vector<PcreGroupName> Pcre::group_names() const {
  const pcre2_code* code = code_->interpreted.get();
  uint32_t count = 0;
  uint32_t entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);

  // Each entry: the number in two bytes, most significant first, then the name up to a NUL.
  std::vector<PcreGroupName> names;
  for (uint32_t i = 0; i < count; ++i, table += entry_size) {
    const uint32_t number = (uint32_t{table[0]} << 8) | table[1];
    names.push_back({number, reinterpret_cast<const char*>(table + 2)});
  }
  std::ranges::sort(names, {}, &PcreGroupName::number);
  return names;
}

}  // namespace wafcheck::parser::regex
