#pragma once
// The points of semantics.h as a table, for the manual.

#include <span>
#include <string_view>
#include <vector>

#include "parser/profile.h"

namespace wafcheck::parser::inline language {

struct SemanticsPoint {
  std::string_view field;       ///< of Semantics
  std::string_view doc;         ///< what it decides
  std::string_view columns[4];  ///< default, modsecurity2, modsecurity3, coraza, at their oldest
  std::string_view reason;      ///< why the default profile is not with most engines; empty: it is
};

/// What a later version of an engine changed.
struct SemanticsChange {
  std::string_view field;
  Engine engine;
  std::string_view value;  ///< from that version on
};

std::span<const SemanticsPoint> semantics_points();
std::span<const SemanticsChange> semantics_changes();

}  // namespace wafcheck::parser::inline language
