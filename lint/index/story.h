#pragma once
// The content of an explanation of a rule, independent of its format.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/index/facts.h"

namespace wafcheck::lint::inline index {

/// A word of the language as the rule uses it, and what it means.
struct Phrase {
  std::string text;
  std::string meaning;               ///< may be empty
  std::optional<parser::Span> from;  ///< the directive outside the rule that it comes from
};

/// One rule of a chain.
struct LinkStory {
  std::vector<Phrase> targets;
  std::vector<Phrase> transformations;
  std::optional<Phrase> op;  ///< nullopt: the rule always matches
  std::vector<Phrase> actions;
};

/// A stored variable, and the other rules that use it.
struct SharedVariable {
  std::string name;  ///< "tx.score"
  bool read = false, written = false;
  std::vector<std::string> set_by, read_by;  ///< names of other rules, in load order
};

/// A rule or directive that skips or changes the rule.
struct Influence {
  std::string text;
  parser::Span span;
};

struct Story {
  std::vector<LinkStory> links;
  std::vector<SharedVariable> shared;
  std::vector<Influence> influences;
};

Story story_of(const Analysis& analysis, const RuleFacts& facts);

/// "2 (request body)"
std::string phase_title(uint8_t phase);

}  // namespace wafcheck::lint::inline index
