#pragma once
// First step of the XSS method: HTML 5's tokenizer, cut down to what shows active content, with
// the liberties that old browsers take (NUL and VT as white space, backticks as quotes, <% %>).

#include <cstddef>
#include <string_view>

namespace wafcheck::engine::libinjection {

/// Where in a page the input is assumed to be pasted.
enum class HtmlContext { kData, kUnquotedValue, kSingleQuoted, kDoubleQuoted, kBackQuoted };

enum class HtmlType {
  DATA_TEXT,
  TAG_NAME_OPEN,
  TAG_NAME_CLOSE,
  TAG_NAME_SELFCLOSE,
  TAG_CLOSE,
  ATTR_NAME,
  ATTR_VALUE,
  TAG_COMMENT,
  DOCTYPE,
};

struct HtmlPiece {
  HtmlType type = HtmlType::DATA_TEXT;
  std::string_view text;
};

class HtmlTokenizer {
 public:
  /// `input` must outlive the tokenizer and the pieces.
  HtmlTokenizer(std::string_view input, HtmlContext context);

  /// Reads the next piece; false at the end of the input.
  bool next();
  const HtmlPiece& piece() const { return piece_; }

 private:
  enum class State {
    kData,
    kTagOpen,
    kEndTagOpen,
    kTagName,
    kTagNameClose,
    kSelfClosing,
    kBeforeAttributeName,
    kAttributeName,
    kAfterAttributeName,
    kBeforeAttributeValue,
    kSingleQuotedValue,
    kDoubleQuotedValue,
    kBackQuotedValue,
    kUnquotedValue,
    kAfterQuotedValue,
    kMarkupDeclaration,
    kBogusComment,
    kPercentComment,
    kComment,
    kCdata,
    kDoctype,
    kEnd,
  };

  // Each reads on from its state and sets the next one; true if that made a piece.
  bool step();
  bool data();
  bool tag_open();
  bool end_tag_open();
  bool tag_name();
  bool tag_name_close();
  bool self_closing();
  bool before_attribute_name();
  bool attribute_name();
  bool after_attribute_name();
  bool before_attribute_value();
  bool quoted_value(char quote);
  bool unquoted_value();
  bool after_quoted_value();
  bool markup_declaration();
  bool bogus_comment();
  bool percent_comment();
  bool comment();
  bool cdata();
  bool doctype();

  bool go(State state);
  bool emit(HtmlType type, size_t begin, size_t end, size_t resume, State state);
  bool emit_rest(HtmlType type);
  bool at_end() const { return at_ >= input_.size(); }
  size_t find_or_end(char c) const;
  bool skip_white();

  std::string_view input_;
  HtmlPiece piece_;
  State state_;
  size_t at_ = 0;
  bool in_end_tag_ = false;
};

}  // namespace wafcheck::engine::libinjection
