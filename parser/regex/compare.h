#pragma once
// What a changed expression matches that the old one does not, and the reverse. Both are run as
// automata over all subjects at once; a subject that is shown was matched and not matched by PCRE2.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/regex/domain.h"
#include "parser/regex/inclusion.h"
#include "parser/regex/pcre.h"
#include "parser/regex/tree.h"

namespace wafcheck::parser::regex {

/// The subjects with a match of the new expression, as seen from those of the old one.
enum class Relation : uint8_t {
  equal,      ///< the same
  wider,      ///< those and others
  narrower,   ///< some of those and no others
  different,  ///< others, and not all of those
  undecided,
};
std::string_view name_of(Relation relation);

/// An expression that can be compared.
class Comparand {
 public:
  /// Fails like Pcre::compile().
  static Result<Comparand> compile(std::string_view text, PcreOptions options);

  const std::string& text() const { return text_; }
  const Tree& tree() const { return tree_; }
  /// Whether there is a match; nothing where PCRE2 gave up.
  std::optional<bool> matches(std::string_view subject) const;

 private:
  Comparand(std::string text, Tree tree, Pcre pcre)
      : text_(std::move(text)), tree_(std::move(tree)), pcre_(std::move(pcre)) {}

  std::string text_;
  Tree tree_;
  Pcre pcre_;
};

struct CompareOptions {
  Domain domain = {};
  /// An expression is equal to itself, whatever it has. Off: even that is left to the automata.
  bool look_at_text = true;
  size_t most_states = 16'000;  ///< of each expression's automaton
  size_t most_transitions = 400'000;
  /// In each direction, of a state of the one and a set of states of the other.
  size_t most_pairs = 100'000;
  size_t most_work = 60'000'000;  ///< states looked at and compared, in each direction
  size_t most_tried = 4'000;      ///< subjects given to PCRE2 where the automata decide nothing
};

struct Comparison {
  Relation relation = Relation::undecided;
  /// Whether there are subjects that the new expression alone matches, and the old one alone.
  Answer has_only_new = Answer::unknown;
  Answer has_only_old = Answer::unknown;
  /// Such subjects, among the shortest if the automata decided.
  std::optional<std::string> only_new, only_old;
  /// In plain words why it is not decided, or was not by the automata alone; else empty.
  std::string reason;
  size_t pairs = 0;  ///< that were looked at, in both directions
};

/// The relations that are certain not to hold.
std::vector<Relation> ruled_out(const Comparison& comparison);

/// Compares what matches anywhere in a subject. Exact, or undecided.
Comparison compare(const Comparand& old_one, const Comparand& new_one,
                   const CompareOptions& options = {});

}  // namespace wafcheck::parser::regex
