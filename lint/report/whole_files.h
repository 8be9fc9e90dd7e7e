#pragma once
// Findings in rules inside other files, moved to the files as people see them.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "parser/diagnostic.h"
#include "parser/source.h"

namespace wafcheck::lint::inline report {

/// Moves what points into the sources of one ruleset to whole files, which it adds to others where
/// they are not there yet.
class WholeFiles {
 public:
  /// `ids`: of the files that `to` holds, by their paths.
  WholeFiles(const parser::Sources& from, parser::Sources& to,
             std::map<std::string, parser::FileId>& ids)
      : from_(from), to_(to), ids_(ids) {}

  parser::Span span(parser::Span of);
  /// Nothing where the file around cannot hold the edit, or writes the same text in other ways.
  std::optional<parser::Edit> edit(const parser::Edit& of);
  /// A fix of which an edit cannot be moved goes.
  parser::Diagnostic finding(const parser::Diagnostic& of);

 private:
  parser::FileId file(parser::FileId of);

  const parser::Sources& from_;
  parser::Sources& to_;
  std::map<std::string, parser::FileId>& ids_;
};

/// Whether a finding points into a text inside another file.
bool is_embedded(const parser::Diagnostic& finding, const parser::Sources& sources);

}  // namespace wafcheck::lint::inline report
