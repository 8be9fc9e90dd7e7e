#pragma once
// The parser behind parse.h; its parts are parse.cc (sequences and quantifiers), parse_group.cc
// (everything that begins with a parenthesis), parse_escape.cc and parse_class.cc.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/regex/parse.h"

namespace wafcheck::parser::regex {

/// What (?imsx) can change within an expression.
struct Flags {
  bool caseless = false;
  bool dotall = false;
  bool multiline = false;
  bool dollar_endonly = false;
  bool extended = false;       ///< blanks and # comments are dropped
  bool extended_more = false;  ///< blanks in classes are dropped too
  bool no_capture = false;
  bool ungreedy = false;
};

class Parser {
 public:
  Parser(std::string_view text, parser::PcreOptions options);
  Result<Tree> run();

 private:
  using Ids = std::vector<NodeId>;

  // parse.cc
  /// Branches up to the `)` that is left to the caller, or the end.
  NodeId alternation(bool reset_numbers);
  NodeId sequence();
  void item(Ids& items);
  bool skip_ignorable();
  bool quoted(Ids& items);
  void add_literal(Ids& items, uint8_t byte, size_t begin);
  bool quantifier(Ids& items);
  bool read_braces(uint32_t& min, uint32_t& max);
  void number_names();

  // parse_group.cc
  void start_options();
  void group(Ids& items);
  NodeId star_group(size_t begin);
  NodeId verb(size_t begin, std::string_view word, Span name);
  NodeId question_group(size_t begin);
  NodeId named_capture(size_t begin, NameForm form, char close);
  NodeId capture(size_t begin, NameForm form, Span name);
  NodeId conditional(size_t begin);
  NodeId condition();
  NodeId option_setting(size_t begin);
  NodeId callout(size_t begin);
  NodeId look(size_t begin, bool behind, bool negative, bool atomic);
  NodeId wrapped(size_t begin, GroupForm form);
  NodeId call(size_t begin, char close);
  bool body(Node& node, bool reset_numbers);
  std::optional<Span> name_until(char close);

  // parse_escape.cc
  struct EscapedByte {
    uint8_t byte;
    EscapeForm form;
  };
  void escape(Ids& items);
  /// The byte for an escape whose backslash is read; nothing if it stands for none, with the place
  /// left on its letter, or an error is set.
  std::optional<EscapedByte> escaped_byte(bool in_class);
  std::optional<EscapedByte> hex_byte();
  std::optional<EscapedByte> octal_byte(size_t begin);
  std::optional<EscapedByte> braced_byte(unsigned base, EscapeForm form);
  bool property();
  NodeId reference(size_t begin, char close);
  uint32_t group_number(std::string_view text) const;
  std::optional<NodeId> g_escape(size_t begin);

  // parse_class.cc
  NodeId bracket(size_t begin);
  void class_item(Class& c, struct ClassState& state);
  void class_escape(Class& c, struct ClassState& state, size_t begin);
  void class_byte(Class& c, struct ClassState& state, uint8_t byte, size_t begin, bool escaped);
  bool posix(Class& c, struct ClassState& state, size_t begin);
  void class_set(Class& c, struct ClassState& state, const ByteSet& set, ItemForm form,
                 size_t begin);

  bool done() const { return at_ >= text_.size() || error_.has_value(); }
  uint8_t peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? static_cast<uint8_t>(text_[at_ + ahead]) : 0;
  }
  bool next_is(std::string_view word) const {
    // Mostly it is not, which the first byte tells.
    return at_ < text_.size() && text_[at_] == word.front() && text_.substr(at_).starts_with(word);
  }
  [[gnu::always_inline]] bool take(std::string_view word) {
    if (!next_is(word)) return false;
    at_ += word.size();
    return true;
  }
  Span span_from(size_t begin) const {
    return {static_cast<uint32_t>(begin), static_cast<uint32_t>(at_)};
  }
  /// Keeps the first error; parsing winds down as at the end of the text.
  NodeId error(std::string message, size_t at);
  void mark(MarkKind kind, size_t begin) { tree_.marks_.push_back({kind, span_from(begin)}); }

  NodeId add(Node node, const Ids& children = {});
  NodeId add_set(size_t begin, Class c);
  NodeId add_simple(Kind kind, size_t begin);
  NodeId add_assertion(Assertion assertion, size_t begin);
  NodeId add_opaque(size_t begin, uint32_t min, uint32_t max);

  std::string_view text_;
  Flags flags_;
  Tree tree_;
  size_t at_ = 0;
  std::optional<Error> error_;
  uint32_t depth_ = 0;
  uint32_t captures_ = 0;          ///< opened so far
  uint32_t capture_high_ = 0;      ///< the same without what branch resets took back
  bool foreign_ = false;           ///< a start option changes what bytes mean
  NodeId open_literal_ = kNoNode;  ///< may still grow
  Span last_byte_;                 ///< of the open literal
  NodeId open_repeat_ = kNoNode;   ///< may still get its + or ?
};

/// Sets behind \d, \w, [:alpha:] and so on, in the C locale that PCRE2 has built in.
inline constexpr ByteSet kDigits = ByteSet::range('0', '9');
inline constexpr ByteSet kLetters = ByteSet::range('A', 'Z') | ByteSet::range('a', 'z');
inline constexpr ByteSet kWordBytes = kDigits | kLetters | ByteSet::of("_");
inline constexpr ByteSet kSpaces = ByteSet::of("\t\n\v\f\r ");
inline constexpr ByteSet kHorizontal = ByteSet::of("\t \xa0");
inline constexpr ByteSet kVertical = ByteSet::of("\n\v\f\r\x85");

/// The set of \d, \D, \h, \H, \s, \S, \v, \V, \w, \W; null for another letter.
const ByteSet* type_set(uint8_t letter);

}  // namespace wafcheck::parser::regex
