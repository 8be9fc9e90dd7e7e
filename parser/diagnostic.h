#pragma once
// What the parser, the loader and the lint checks have to say about a ruleset.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/source.h"

namespace wafcheck::parser {

enum class Severity : uint8_t { info, warning, error };
std::string_view to_string(Severity severity);

/// A second place that explains the first ("first used here").
struct Label {
  Span span;
  std::string message;
};

struct Edit {
  Span span;
  std::string replacement;
};

struct Fix {
  std::string title;
  bool safe = false;  ///< same verdict on every input
  std::vector<Edit> edits;
};

/// A check's place among all of them: the rows of syntax_checks.def come first, then the linter's.
using CheckRow = uint16_t;
inline constexpr CheckRow kNoCheck = UINT16_MAX;  ///< the engine's own findings have no row

/// What a finding means for those who evaluate the rules.
enum class Effect : uint8_t {
  none,
  told,     ///< something else is evaluated than what is written: every command says so
  dropped,  ///< a rule, or a directive, has no effect for it; as told
};

struct Diagnostic {
  CheckRow row = kNoCheck;
  std::string_view check;  ///< the row's name, in kebab case; static storage
  Severity severity = Severity::error;
  Span span;
  std::string message;  ///< names the offending text and says what is wrong
  std::string help;     ///< one line: what to write instead; may be empty
  std::vector<Label> related;
  std::optional<Fix> fix;
  std::optional<uint64_t> rule_id;
  Effect effect = Effect::none;
  size_t left_out = 0;                    ///< findings over a limit that this one stands for
  std::vector<std::string_view> engines;  ///< that it is about ("coraza"); empty: all of them
  std::string_view until;  ///< the engine's version from which on there is nothing to say; static
};

using Diagnostics = std::vector<Diagnostic>;

/// Appends a finding without a row, and returns it for what else there is to say.
Diagnostic& add(Diagnostics& to, std::string_view check, Severity severity, Span span,
                std::string message, std::string help = {});

/// Among those from number `begin` on.
bool has_errors(const Diagnostics& diagnostics, size_t begin = 0);

/// By file (in load order), place, severity and check; of equal findings, one is left.
void sort(Diagnostics& diagnostics);

}  // namespace wafcheck::parser
