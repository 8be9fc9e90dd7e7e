#pragma once
// Comments in rules that silence checks:
//   # wafcheck: ignore[check-name, CODE] reason   in the next directive (or link of a chain)
//   # wafcheck: ignore-file[check-name] reason    in the whole file, from any line
//   #crs-linter:ignore:name,name                  in the next rule and its whole chain, as in that
//                                                 linter
// Findings between the comment and the directive are silenced too.

#include <map>
#include <string_view>
#include <tuple>
#include <vector>

#include "lint/checks/check.h"
#include "parser/diagnostic.h"
#include "parser/ruleset/ruleset.h"

namespace wafcheck::lint::inline checks {

/// One name in a comment.
struct SuppressedName {
  std::string_view text;
  parser::Span span;
  std::vector<const CheckInfo*> checks;  ///< empty: no check has that name
  std::string_view nearest;              ///< then the most similar name
  bool used = false;                     ///< it silenced a finding
};

struct SuppressionComment {
  parser::Span span;
  bool foreign = false;               ///< for another linter: not reported if unused
  std::vector<SuppressedName> names;  ///< empty: the comment is malformed
};

class Suppressions {
 public:
  /// Reads the comments of every file; a file that was loaded twice counts once.
  Suppressions(const parser::RulesetModel& ruleset, parser::FileSystem& files);

  /// Removes the findings that a comment silences, and returns their number.
  size_t silence(parser::Diagnostics& findings);

  const std::vector<SuppressionComment>& comments() const { return comments_; }

 private:
  enum class Reach : uint8_t { file, directive, chain };
  /// File, reach, directive (the starter's for a chain), check.
  using Key = std::tuple<parser::FileId, Reach, uint32_t, parser::CheckRow>;
  /// A name, by its comment and its place there, and where what it silences begins.
  struct Entry {
    uint32_t comment, name, begin;
  };

  void read(const parser::LoadedFile& file, parser::Span comment);
  void add(const parser::SyntaxTree& tree, SuppressionComment comment, Reach reach);
  void find_starters();
  bool silences(const parser::Diagnostic& finding);

  const parser::RulesetModel& ruleset_;
  std::vector<const parser::SyntaxTree*> trees_;  ///< by FileId
  std::vector<parser::FileId> first_load_;        ///< of the same file, by FileId
  std::vector<SuppressionComment> comments_;
  std::map<Key, Entry> entries_;
  /// The directive of a chain's starter by that of a link; empty if no comment needs it.
  std::map<std::pair<parser::FileId, uint32_t>, uint32_t> starters_;
  bool any_chain_ = false;
};

}  // namespace wafcheck::lint::inline checks
