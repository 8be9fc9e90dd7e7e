#include "engine/libinjection/html_tokenizer.h"

#include <algorithm>

#include "parser/base/ascii.h"

namespace wafcheck::engine::libinjection {
namespace {

constexpr auto npos = std::string_view::npos;

/// HTML's white space, and what old browsers add: NUL and vertical tab.
bool is_html_space(char c) {
  return c == '\0' || is_space(static_cast<unsigned char>(c));
}

}  // namespace

HtmlTokenizer::HtmlTokenizer(std::string_view input, HtmlContext context) : input_(input) {
  switch (context) {
    case HtmlContext::kData:
      state_ = State::kData;
      break;
    case HtmlContext::kUnquotedValue:
      // The value ends with the first white space anyway: attributes follow.
      state_ = State::kBeforeAttributeName;
      break;
    case HtmlContext::kSingleQuoted:
      state_ = State::kSingleQuotedValue;
      break;
    case HtmlContext::kDoubleQuoted:
      state_ = State::kDoubleQuotedValue;
      break;
    case HtmlContext::kBackQuoted:
      state_ = State::kBackQuotedValue;
      break;
  }
}

bool HtmlTokenizer::next() {
  while (state_ != State::kEnd) {
    if (step()) return true;
  }
  return false;
}

bool HtmlTokenizer::step() {
  switch (state_) {
    case State::kData:
      return data();
    case State::kTagOpen:
      return tag_open();
    case State::kEndTagOpen:
      return end_tag_open();
    case State::kTagName:
      return tag_name();
    case State::kTagNameClose:
      return tag_name_close();
    case State::kSelfClosing:
      return self_closing();
    case State::kBeforeAttributeName:
      return before_attribute_name();
    case State::kAttributeName:
      return attribute_name();
    case State::kAfterAttributeName:
      return after_attribute_name();
    case State::kBeforeAttributeValue:
      return before_attribute_value();
    case State::kSingleQuotedValue:
      return quoted_value('\'');
    case State::kDoubleQuotedValue:
      return quoted_value('"');
    case State::kBackQuotedValue:
      return quoted_value('`');
    case State::kUnquotedValue:
      return unquoted_value();
    case State::kAfterQuotedValue:
      return after_quoted_value();
    case State::kMarkupDeclaration:
      return markup_declaration();
    case State::kBogusComment:
      return bogus_comment();
    case State::kPercentComment:
      return percent_comment();
    case State::kComment:
      return comment();
    case State::kCdata:
      return cdata();
    case State::kDoctype:
      return doctype();
    case State::kEnd:
      break;
  }
  return false;
}

bool HtmlTokenizer::go(State state) {
  state_ = state;
  return false;
}

/// Makes input [begin, end) the piece and reads on at `resume` in `state`.
bool HtmlTokenizer::emit(HtmlType type, size_t begin, size_t end, size_t resume, State state) {
  piece_ = {type, input_.substr(begin, end - begin)};
  at_ = resume;
  state_ = state;
  return true;
}

bool HtmlTokenizer::emit_rest(HtmlType type) {
  return emit(type, at_, input_.size(), input_.size(), State::kEnd);
}

size_t HtmlTokenizer::find_or_end(char c) const {
  return std::min(input_.find(c, at_), input_.size());
}

/// True if something follows the white space. Byte 0xFF counts as the end.
bool HtmlTokenizer::skip_white() {
  while (!at_end() && is_html_space(input_[at_])) ++at_;
  return !at_end() && input_[at_] != '\xFF';
}

bool HtmlTokenizer::data() {
  const size_t end = input_.find('<', at_);
  if (end == npos) return at_end() ? go(State::kEnd) : emit_rest(HtmlType::DATA_TEXT);
  const bool has_text = end > at_;
  emit(HtmlType::DATA_TEXT, at_, end, end + 1, State::kTagOpen);
  return has_text;
}

bool HtmlTokenizer::tag_open() {
  if (at_end()) return go(State::kEnd);
  const char c = input_[at_];
  switch (c) {
    case '!':
      ++at_;
      return go(State::kMarkupDeclaration);
    case '/':
      ++at_;
      in_end_tag_ = true;
      return go(State::kEndTagOpen);
    case '?':
      ++at_;
      return go(State::kBogusComment);
    case '%':
      ++at_;
      return go(State::kPercentComment);
    default:
      if (c == '\0' || is_alpha(static_cast<unsigned char>(c))) return go(State::kTagName);
      return emit(HtmlType::DATA_TEXT, at_ - 1, at_, at_, State::kData);
  }
}

bool HtmlTokenizer::end_tag_open() {
  if (at_end()) return go(State::kEnd);
  if (input_[at_] == '>') return go(State::kData);
  if (is_alpha(static_cast<unsigned char>(input_[at_]))) return go(State::kTagName);
  in_end_tag_ = false;
  return go(State::kBogusComment);
}

bool HtmlTokenizer::tag_name() {
  const size_t end = std::min(input_.find_first_of(" \t\n\v\f\r/>", at_), input_.size());
  if (end == input_.size()) return emit_rest(HtmlType::TAG_NAME_OPEN);
  if (input_[end] == '/') {
    return emit(HtmlType::TAG_NAME_OPEN, at_, end, end + 1, State::kSelfClosing);
  }
  if (input_[end] != '>') {
    return emit(HtmlType::TAG_NAME_OPEN, at_, end, end + 1, State::kBeforeAttributeName);
  }
  if (in_end_tag_) {
    in_end_tag_ = false;
    return emit(HtmlType::TAG_CLOSE, at_, end, end + 1, State::kData);
  }
  return emit(HtmlType::TAG_NAME_OPEN, at_, end, end, State::kTagNameClose);
}

bool HtmlTokenizer::tag_name_close() {
  in_end_tag_ = false;
  const State following = at_ + 1 < input_.size() ? State::kData : State::kEnd;
  return emit(HtmlType::TAG_NAME_CLOSE, at_, at_ + 1, at_ + 1, following);
}

bool HtmlTokenizer::self_closing() {
  if (at_end()) return go(State::kEnd);
  if (input_[at_] != '>') return go(State::kBeforeAttributeName);
  return emit(HtmlType::TAG_NAME_SELFCLOSE, at_ - 1, at_ + 1, at_ + 1, State::kData);
}

bool HtmlTokenizer::before_attribute_name() {
  if (!skip_white()) return go(State::kEnd);
  if (input_[at_] == '/') {
    ++at_;
    return go(State::kSelfClosing);
  }
  if (input_[at_] == '>') {
    return emit(HtmlType::TAG_NAME_CLOSE, at_, at_ + 1, at_ + 1, State::kData);
  }
  return go(State::kAttributeName);
}

bool HtmlTokenizer::attribute_name() {
  // The first byte is part of the name even if it is '='.
  size_t end = at_ + 1;
  while (end < input_.size() && !is_html_space(input_[end]) && input_[end] != '/' &&
         input_[end] != '=' && input_[end] != '>') {
    ++end;
  }
  if (end == input_.size()) return emit_rest(HtmlType::ATTR_NAME);
  switch (input_[end]) {
    case '/':
      return emit(HtmlType::ATTR_NAME, at_, end, end + 1, State::kSelfClosing);
    case '=':
      return emit(HtmlType::ATTR_NAME, at_, end, end + 1, State::kBeforeAttributeValue);
    case '>':
      return emit(HtmlType::ATTR_NAME, at_, end, end, State::kTagNameClose);
    default:
      return emit(HtmlType::ATTR_NAME, at_, end, end + 1, State::kAfterAttributeName);
  }
}

bool HtmlTokenizer::after_attribute_name() {
  if (!skip_white()) return go(State::kEnd);
  switch (input_[at_]) {
    case '/':
      ++at_;
      return go(State::kSelfClosing);
    case '=':
      ++at_;
      return go(State::kBeforeAttributeValue);
    case '>':
      return go(State::kTagNameClose);
    default:
      return go(State::kAttributeName);
  }
}

bool HtmlTokenizer::before_attribute_value() {
  if (!skip_white()) return go(State::kEnd);
  switch (input_[at_]) {
    case '"':
      return go(State::kDoubleQuotedValue);
    case '\'':
      return go(State::kSingleQuotedValue);
    case '`':
      return go(State::kBackQuotedValue);
    default:
      return go(State::kUnquotedValue);
  }
}

bool HtmlTokenizer::quoted_value(char quote) {
  if (at_ > 0) ++at_;  // the opening quote; at the start the input is inside already
  const size_t end = input_.find(quote, at_);
  if (end == npos) return emit_rest(HtmlType::ATTR_VALUE);
  return emit(HtmlType::ATTR_VALUE, at_, end, end + 1, State::kAfterQuotedValue);
}

bool HtmlTokenizer::unquoted_value() {
  size_t end = at_;
  while (end < input_.size() && !is_html_space(input_[end]) && input_[end] != '>') ++end;
  if (end == input_.size()) return emit_rest(HtmlType::ATTR_VALUE);
  if (input_[end] == '>') {
    return emit(HtmlType::ATTR_VALUE, at_, end, end, State::kTagNameClose);
  }
  return emit(HtmlType::ATTR_VALUE, at_, end, end + 1, State::kBeforeAttributeName);
}

bool HtmlTokenizer::after_quoted_value() {
  if (at_end()) return go(State::kEnd);
  if (input_[at_] == '/') {
    ++at_;
    return go(State::kSelfClosing);
  }
  return go(State::kBeforeAttributeName);
}

bool HtmlTokenizer::markup_declaration() {
  const std::string_view rest = input_.substr(at_);
  if (istarts_with(rest, "DOCTYPE")) return go(State::kDoctype);
  if (rest.starts_with("[CDATA[")) {
    at_ += 7;
    return go(State::kCdata);
  }
  if (rest.starts_with("--")) {
    at_ += 2;
    return go(State::kComment);
  }
  return go(State::kBogusComment);
}

bool HtmlTokenizer::doctype() {
  const size_t end = input_.find('>', at_);
  if (end == npos) return emit_rest(HtmlType::DOCTYPE);
  return emit(HtmlType::DOCTYPE, at_, end, end + 1, State::kData);
}

bool HtmlTokenizer::bogus_comment() {
  const size_t end = input_.find('>', at_);
  if (end == npos) return emit_rest(HtmlType::TAG_COMMENT);
  return emit(HtmlType::TAG_COMMENT, at_, end, end + 1, State::kData);
}

/// <% ... %>
bool HtmlTokenizer::percent_comment() {
  const size_t end = input_.find("%>", at_);
  if (end == npos) return emit_rest(HtmlType::TAG_COMMENT);
  return emit(HtmlType::TAG_COMMENT, at_, end, end + 2, State::kData);
}

/// Ends at "-->" or "-!>"; NULs after the dash do not count.
bool HtmlTokenizer::comment() {
  for (size_t dash = input_.find('-', at_); dash != npos && dash + 3 <= input_.size();
       dash = input_.find('-', dash + 1)) {
    size_t end = dash + 1;
    while (end < input_.size() && input_[end] == '\0') ++end;
    if (end >= input_.size()) break;
    if (input_[end] != '-' && input_[end] != '!') continue;
    ++end;
    if (end >= input_.size()) break;
    if (input_[end] != '>') continue;
    return emit(HtmlType::TAG_COMMENT, at_, dash, end + 1, State::kData);
  }
  return emit_rest(HtmlType::TAG_COMMENT);
}

bool HtmlTokenizer::cdata() {
  const size_t end = input_.find("]]>", at_);
  if (end == npos) return emit_rest(HtmlType::DATA_TEXT);
  return emit(HtmlType::DATA_TEXT, at_, end, end + 3, State::kData);
}

}  // namespace wafcheck::engine::libinjection
