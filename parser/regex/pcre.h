#pragma once
// A compiled PCRE2 expression over bytes. PCRE2 itself stays behind this header.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parser/base/result.h"

namespace wafcheck::parser::regex {

struct PcreOptions {
  bool caseless = false;        ///< ASCII letters match in either case
  bool dotall = false;          ///< . matches LF too
  bool multiline = false;       ///< ^ and $ match at line breaks too
  bool dollar_endonly = false;  ///< $ does not match before a final LF
};

enum class PcreResult : uint8_t {
  matched,
  no_match,
  limit,  ///< gave up at a limit of steps or memory: whether it matches is not known
  error,  ///< PCRE2 failed for another reason, such as recursion without end
};

struct PcreGroupName {
  uint32_t number;
  std::string name;
};

/// Immutable but for the machine code that jit() adds; one object may serve all threads. A
/// moved-from object may only be assigned to or destroyed.
class Pcre {
 public:
  /// The bounds of a group in the subject; both are kUnset if it took no part in the match.
  using Group = std::pair<size_t, size_t>;
  static constexpr size_t kUnset = SIZE_MAX;

  /// Compiles `pattern`, any bytes, NUL included. Bytes are never taken for UTF-8, whatever the
  /// pattern asks for. Fails with PCRE2's message and the offset at which it gave up.
  static Result<Pcre> compile(std::string_view pattern, PcreOptions options);

  Pcre(Pcre&& other) noexcept;
  Pcre& operator=(Pcre&& other) noexcept;
  ~Pcre();

  /// Generates machine code on the first call; later matches use it. False if there is none, as on
  /// a system that forbids it: the interpreter then serves. Safe while other threads match.
  bool jit() const;
  /// Calls jit() once the bytes searched are worth the time it takes.
  void jit_when_worth(size_t bytes) const;

  /// Looks for the first match that begins at `start` or later; what lies before `start` is seen by
  /// lookbehinds. On a match, `groups` (may be null) gets group_count() + 1 entries, the whole
  /// match first; otherwise it is left alone.
  ///
  /// `match_limit` bounds the steps of the search. Machine code counts fewer and larger steps than
  /// the interpreter. Memory is bounded too, at 64 MiB a thread.
  PcreResult match(std::string_view subject, size_t start, uint32_t match_limit,
                   std::vector<Group>* groups) const;

  /// Capturing groups, the whole match not counted.
  uint32_t group_count() const;
  /// Named groups by number.
  std::vector<PcreGroupName> group_names() const;

 private:
  struct Code;
  explicit Pcre(std::unique_ptr<Code> code);

  std::unique_ptr<Code> code_;
};

}  // namespace wafcheck::parser::regex

// Code that only compiles and matches expressions uses these names without the kit.
namespace wafcheck::parser {
using regex::Pcre;
using regex::PcreGroupName;
using regex::PcreOptions;
using regex::PcreResult;
}  // namespace wafcheck::parser
