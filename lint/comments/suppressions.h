#pragma once
// Comments in rules that silence checks:
//   # wafcheck: ignore[check-name, CODE] reason        in the next directive, a link of a chain
//   being
//                                                      one of its own
//   # wafcheck: ignore-file[check-name] reason         in the whole file, wherever it stands
//   #crs-linter:ignore:name,name                       in the next rule and its whole chain, as
//   that
//                                                      linter has it
// "Next" is the directive that a comment is above; what is between the two is silenced as well.

#include <map>
#include <string_view>
#include <tuple>
#include <vector>

#include "lint/check.h"
#include "parser/diagnostic.h"
#include "parser/ruleset.h"

namespace wafcheck::lint {

/// One name in a comment.
struct SuppressedName {
  std::string_view text;
  parser::Span span;
  std::vector<const CheckInfo*> checks;  ///< none: no check has that name
  std::string_view nearest;              ///< the name that was meant, where there is none
  bool used = false;                     ///< it silenced a finding
};

struct SuppressionComment {
  parser::Span span;
  bool foreign = false;               ///< made for another linter: not ours to judge
  std::vector<SuppressedName> names;  ///< none: it cannot be read
};

class Suppressions {
 public:
  /// Reads the comments of every file; one that was loaded twice counts once.
  Suppressions(const parser::Ruleset& ruleset, parser::FileSystem& files);

  /// Takes out what a comment silences; how many findings that were.
  size_t silence(parser::Diagnostics& findings);

  const std::vector<SuppressionComment>& comments() const { return comments_; }

 private:
  enum class Reach : uint8_t { file, directive, chain };
  /// File, reach, directive (the starter's for a chain), check.
  using Key = std::tuple<parser::FileId, Reach, uint32_t, std::string_view>;
  /// A name, by its comment and its place there, and where what it silences begins.
  struct Entry {
    uint32_t comment, name, begin;
  };

  void read(const parser::LoadedFile& file, parser::Span comment);
  void add(const parser::SyntaxTree& tree, SuppressionComment comment, Reach reach);
  void find_starters();
  bool silences(const parser::Diagnostic& finding);

  const parser::Ruleset& ruleset_;
  std::vector<const parser::SyntaxTree*> trees_;  ///< by FileId
  std::vector<parser::FileId> first_load_;        ///< of the same file, by FileId
  std::vector<SuppressionComment> comments_;
  std::map<Key, Entry> entries_;
  /// The directive of a chain's starter, by that of a link; only where some comment asks for it.
  std::map<std::pair<parser::FileId, uint32_t>, uint32_t> starters_;
  bool any_chain_ = false;
};

}  // namespace wafcheck::lint
