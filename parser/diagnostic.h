#pragma once
// What the parser, the loader and the lint checks have to say about a ruleset.

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

struct Diagnostic {
  std::string_view check;  ///< kebab-case name of a row in a table of checks; static storage
  Severity severity = Severity::error;
  Span span;
  std::string message;  ///< names the offending text and says what is wrong
  std::string help;     ///< one line: what to write instead; may be empty
  std::vector<Label> related;
  std::optional<Fix> fix;
  std::optional<uint64_t> rule_id;
  std::vector<std::string_view> engines;  ///< that it is about ("coraza"); empty: all of them
};

using Diagnostics = std::vector<Diagnostic>;

/// Appends a finding of a check, and returns it for what else there is to say.
Diagnostic& add(Diagnostics& to, std::string_view check, Severity severity, Span span,
                std::string message, std::string help = {});

bool has_errors(const Diagnostics& diagnostics);

}  // namespace wafcheck::parser
