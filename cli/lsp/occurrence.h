#pragma once
// Where rules name things that have other places: rules by their ids, markers, variables, tags and
// files.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/lsp/workspace.h"
#include "parser/ruleset/rule.h"

namespace wafcheck::cli::lsp {

enum class SymbolKind : uint8_t { id, marker, variable, tag, file };

struct Symbol {
  SymbolKind kind = SymbolKind::id;
  std::string name;  ///< of a variable "tx.score", in lower case; of a file its canonical path
};

/// One place where a ruleset names something.
struct Occurrence {
  Symbol symbol;
  parser::Span span;         ///< of the name alone
  bool defines = false;      ///< the rule's own id, the marker, a value given, an own tag
  parser::IdRange ids = {};  ///< of an id, or of a range that is written
  bool whole = true;         ///< the name stands there as it is: a rename may replace it
};

/// All of a ruleset.
std::vector<Occurrence> occurrences(const Snapshot& snapshot);

/// Whether an occurrence names the symbol of another one.
bool is_of(const Occurrence& occurrence, const Occurrence& other);

/// What stands at a place, in one ruleset that holds it.
struct OccurrenceAt {
  const Snapshot* snapshot = nullptr;
  Occurrence occurrence;
};
/// The first ruleset decides.
std::optional<OccurrenceAt> occurrence_at(Workspace& workspace, const RulesPlace& place);

/// A place in a regression test that names a rule.
std::vector<Location> places_in_tests(Workspace& workspace, uint64_t id);

}  // namespace wafcheck::cli::lsp
