#pragma once
// What can be said of an expression without running it. Every statement is safe: it may say less
// than is true, never more, so that no value which PCRE2 matches is ever ruled out. "The match" is
// all that an expression takes, whatever \K leaves out of it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parser/regex/tree.h"

namespace wafcheck::parser::regex {

/// Where every match begins, weakest first.
enum class Start : uint8_t {
  anywhere,
  line,     ///< at the subject's start or after an LF
  subject,  ///< at the subject's start
};
/// Where every match ends, weakest first.
enum class End : uint8_t {
  anywhere,
  line,        ///< at the subject's end or before an LF
  final_line,  ///< at the subject's end or before an LF that ends it
  subject,     ///< at the subject's end
};

struct Shape {
  uint32_t min = 0;       ///< bytes in the shortest match, at most
  uint32_t max = 0;       ///< bytes in the longest match, at least; kUnlimited: no bound
  bool nullable = false;  ///< the match may be empty; min == 0
  ByteSet first = {};     ///< what a match that is not empty begins with
  ByteSet last = {};      ///< what it ends with
  ByteSet alphabet = {};  ///< all that it is made of
  Start start = Start::anywhere;
  End end = End::anywhere;
  bool never = false;  ///< matches no subject
};
Shape shape(const Tree& tree);
/// The shape of each node by itself, whatever stands around it; by NodeId.
std::vector<Shape> shapes(const Tree& tree);

/// Whether every subject has a match, the empty one included. False if that is not known.
bool always_matches(const Tree& tree);

/// Bytes to look for in the subject.
struct Literal {
  std::string bytes;      ///< in lower case if caseless
  bool caseless = false;  ///< ASCII letters match in either case
  friend bool operator==(const Literal&, const Literal&) = default;
  friend auto operator<=>(const Literal&, const Literal&) = default;
};

/// Every subject with a match contains at least one of these; empty: nothing is required. Of what
/// could be required, the choice is what the fewest subjects are likely to contain. At most `most`
/// literals of at most 28 bytes, none of which contains another.
std::vector<Literal> required_literals(const Tree& tree, size_t most = 64);

/// Every subject with a match contains a byte of each of these; the smallest sets first,
/// four at most.
std::vector<ByteSet> required_sets(const Tree& tree);

/// An expression that only looks for one of some literals between two places.
struct PlainForm {
  std::vector<Literal> literals;  ///< as written if not caseless; one may be empty
  Start start = Start::anywhere;
  End end = End::anywhere;
  bool captures = false;  ///< it has capturing groups
};
/// The form of `lit`, `^lit`, `lit$`, `^lit$`, `^(?:lit|lit)$` and so on; nothing for what is more.
/// Exact: the expression matches a subject if and only if the form does, the places being those of
/// the assertions of the same names.
std::optional<PlainForm> plain_form(const Tree& tree);

}  // namespace wafcheck::parser::regex
