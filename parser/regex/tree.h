#pragma once
// The syntax tree of a regular expression as PCRE2 reads it, over bytes. Flags such as (?i) are
// resolved while parsing: a node means what it says, whatever stands around it. What the tree does
// not model exactly is an `opaque` node, which every analysis takes to match anything.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parser/regex/byte_set.h"

namespace wafcheck::parser::regex {

using NodeId = uint32_t;
inline constexpr NodeId kNoNode = std::numeric_limits<NodeId>::max();
inline constexpr uint32_t kUnlimited = std::numeric_limits<uint32_t>::max();

/// Byte offsets into the expression's text, `end` exclusive.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

enum class Kind : uint8_t {
  literal,         ///< a run of bytes: Tree::bytes(), `caseless`
  set,             ///< one byte of a set: Tree::set(); how it was written: Tree::class_of()
  sequence,        ///< children in order; none: matches the empty string
  alternation,     ///< children are the branches, at least two
  repeat,          ///< child `min` to `max` times (kUnlimited: no end), `greed`
  group,           ///< child in parentheses: `group`, `number` when it captures
  look,            ///< child is looked for here, taking no bytes: `behind`, `negative`
  assertion,       ///< a place in the subject: `assertion`
  back_reference,  ///< what a group took: `number`, 0 if it is not known; `caseless`
  conditional,     ///< children: the test (a look, or an opaque node), yes, and maybe no
  call,            ///< (?R), (?1), (?&name): `number`, 0 for the whole expression or not known
  verb,            ///< (*COMMIT) and the like: `verb`
  options,         ///< (?i) for the rest of the group; matches the empty string
  reset_start,     ///< \K
  opaque,          ///< `min` to `max` bytes, of which no more is known
};

enum class Greed : uint8_t { greedy, lazy, possessive };
enum class GroupForm : uint8_t { capture, plain, atomic, branch_reset, script_run };
enum class NameForm : uint8_t { none, angle, p_angle, quote };  ///< (?<n>  (?P<n>  (?'n'
enum class VerbForm : uint8_t { accept, fail, commit, prune, skip, then, mark };

enum class Assertion : uint8_t {
  subject_start,  ///< \A, ^ without multiline
  line_start,     ///< ^ with multiline: at the start, and after an LF that does not end the text
  subject_end,    ///< \z, $ with dollar_endonly
  final_end,      ///< \Z, $ otherwise: at the end or before an LF that ends the text
  line_end,       ///< $ with multiline: at the end and before any LF
  word_boundary,  ///< \b
  not_word_boundary,  ///< \B
  word_start,         ///< [[:<:]]
  word_end,           ///< [[:>:]]
  match_start,        ///< \G
};

struct Node {
  Kind kind = Kind::sequence;
  Greed greed = Greed::greedy;
  GroupForm group = GroupForm::capture;
  NameForm name_form = NameForm::none;
  Assertion assertion = Assertion::subject_start;
  VerbForm verb = VerbForm::fail;
  bool caseless = false;
  bool behind = false;
  bool negative = false;
  bool atomic = true;    ///< of a look: false for (*napla:) and (*naplb:)
  Span span = {};        ///< with parentheses and quantifier
  Span name = {};        ///< of a named group, reference, call or verb; empty: none
  Span quantifier = {};  ///< of a repeat, without its child
  uint32_t min = 0;
  uint32_t max = 0;
  uint32_t number = 0;       ///< of a group, reference or call; else private to Tree
  uint32_t first_child = 0;  ///< private to Tree
  uint32_t child_count = 0;
};

enum class ClassForm : uint8_t { dot, escape, bracket };
enum class ItemForm : uint8_t { single, range, escape, posix };

/// A member of [...] as written. `low` and `high` are the ends of a range, or the byte of a single,
/// before case folding.
struct ClassItem {
  ItemForm form = ItemForm::single;
  bool escaped = false;  ///< a single or an end of a range stands as an escape or in \Q..\E
  uint8_t low = 0;
  uint8_t high = 0;
  Span span = {};
  ByteSet set = {};
};

/// How a set node was written.
struct Class {
  ClassForm form = ClassForm::bracket;
  bool negated = false;
  bool exact = true;  ///< false: the set holds more than the class, as for \p{L}
  ByteSet set = {};
  uint32_t first_item = 0;
  uint32_t item_count = 0;
};

enum class EscapeForm : uint8_t {
  identity,      ///< the byte itself after a backslash
  letter,        ///< \n, \t, \e, \a, \f, \r; \b in a class
  control,       ///< \cX
  octal,         ///< \012
  octal_braced,  ///< \o{12}
  hex,           ///< \x0a, and also \xa and \x
  hex_braced,    ///< \x{a}
};

/// An escape that stands for one byte.
struct Escape {
  EscapeForm form = EscapeForm::identity;
  bool in_class = false;
  uint8_t byte = 0;
  Span span = {};
};

/// What is written but leaves no node.
enum class MarkKind : uint8_t {
  comment,       ///< (?#...), and # to the end of the line under (?x)
  quote,         ///< \Q...\E
  open_brace,    ///< { that begins no quantifier
  close_brace,   ///< } that ends none
  start_option,  ///< (*UTF) and the like at the start
};
struct Mark {
  MarkKind kind;
  Span span;
};

/// Nodes in the order in which they were completed: children come before their parents, so that a
/// loop over the nodes is a walk from the leaves up. The tree does not refer to the text.
class Tree {
 public:
  NodeId root() const { return root_; }
  size_t size() const { return nodes_.size(); }
  const Node& operator[](NodeId id) const { return nodes_[id]; }
  std::span<const Node> nodes() const { return nodes_; }
  std::span<const NodeId> children(const Node& node) const {
    return {links_.data() + node.first_child, node.child_count};
  }
  NodeId child(const Node& node) const { return links_[node.first_child]; }

  /// The bytes of a literal, as written if it is caseless.
  std::string_view bytes(const Node& literal) const {
    return std::string_view(pool_).substr(literal.number, literal.max);
  }
  const Class& class_of(const Node& set) const { return classes_[set.number]; }
  const ByteSet& set(const Node& set) const { return class_of(set).set; }
  std::span<const ClassItem> items(const Class& c) const {
    return {items_.data() + c.first_item, c.item_count};
  }

  std::span<const Escape> escapes() const { return escapes_; }  ///< by place
  std::span<const Mark> marks() const { return marks_; }        ///< by place
  uint32_t capture_count() const { return capture_count_; }

 private:
  friend class Parser;

  std::vector<Node> nodes_;
  std::vector<NodeId> links_;
  std::vector<Class> classes_;
  std::vector<ClassItem> items_;
  std::vector<Escape> escapes_;
  std::vector<Mark> marks_;
  std::string pool_;
  NodeId root_ = kNoNode;
  uint32_t capture_count_ = 0;
};

/// The tree as text, for tests and debugging: one node a line, with its span.
std::string dump(const Tree& tree);

}  // namespace wafcheck::parser::regex
