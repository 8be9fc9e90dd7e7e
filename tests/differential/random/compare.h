#pragma once
// Whether two sides say the same, and if not, what the first difference is.

#include <optional>
#include <string>

#include "library_process.h"

namespace wafcheck::differential {

/// What differs, the weightiest first: "load: ...", "status", "url", "rules", or the name of a
/// field of a log line ("msg").
struct Difference {
  std::string what;
  std::string ours, theirs;
};

/// Nothing where they are equal. A library that crashed or hung has said nothing.
std::optional<Difference> difference(const Verdict& ours, const Verdict& theirs);

/// The answer in a few lines.
std::string to_text(const Verdict& verdict);

}  // namespace wafcheck::differential
