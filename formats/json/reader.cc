#include "formats/json/reader.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "formats/json/scan.h"
#include "parser/base/ascii.h"
#include "parser/base/escape.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline json {
namespace {

constexpr size_t kMaxContainers = size_t{1} << 20;

/// One pass over a document. Every step returns false at the first fault, which it has named.
class Parser {
 public:
  Parser(std::string_view text, size_t depth) : text_(text), depth_(depth) {}

  bool document() {
    for (;;) {
      skip_blanks();
      if (!value()) return false;
      if (opened_) continue;
      switch (after_value()) {
        case After::value:
          break;
        case After::end:
          return utf8();
        case After::fault:
          return false;
      }
    }
  }

  /// The first fault; `offset`: of the text in what it was taken from.
  Error error(size_t offset) && {
    const size_t valid = valid_utf8_prefix(text_.substr(0, fault_at_));
    if (valid < fault_at_) fault(std::string(kIllFormed), valid);
    return {.message = std::move(message_), .at = fault_at_ + offset};
  }
  std::vector<JsonContainer> containers() && { return std::move(containers_); }

 private:
  static constexpr std::string_view kIllFormed = "invalid string: ill-formed UTF-8 byte";

  enum class After : uint8_t { value, end, fault };
  struct Open {
    char closer;
    size_t begin;   ///< of its text
    size_t record;  ///< in `containers_`; the size of that where it has none
  };

  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void skip_blanks() {
    while (at_ < text_.size() && is_json_blank(text_[at_])) ++at_;
  }

  bool fault(std::string message, size_t at) {
    message_ = std::move(message);
    fault_at_ = at;
    return false;
  }
  bool expected(std::string_view wanted) {
    if (at_ == text_.size()) {
      return fault(fmt::format("unexpected end of input; expected {}", wanted), at_);
    }
    const size_t length = std::max<size_t>(utf8_length(text_.substr(at_)), 1);
    return fault(fmt::format("expected {}, not '{}'", wanted, excerpt(text_.substr(at_, length))),
                 at_);
  }

  /// A scalar, an empty object or array, or the beginning of one up to its first value.
  bool value() {
    opened_ = false;
    if (at_ == text_.size()) return expected("a value");
    const char first = text_[at_];
    if (first != '{' && first != '[') return scalar(first);
    if (open_.size() == depth_) {
      return fault(fmt::format("nested deeper than {} levels", depth_), 0);
    }
    const size_t begin = at_;
    const char closer = first == '{' ? '}' : ']';
    const size_t record = containers_.size();
    if (record < kMaxContainers) containers_.emplace_back();
    ++at_;
    skip_blanks();
    open_.push_back({closer, begin, record});
    if (next_is(closer)) return close(), true;
    opened_ = true;
    return first == '[' || key("the name of a member or '}'");
  }

  void close() {
    ++at_;
    const Open& open = open_.back();
    if (open.record < kMaxContainers) {
      containers_[open.record] = {at_ - open.begin, containers_.size() - open.record - 1};
    }
    open_.pop_back();
  }

  /// What follows a value, up to the next.
  After after_value() {
    for (;;) {
      skip_blanks();
      if (open_.empty()) {
        if (at_ == text_.size()) return After::end;
        return expected("end of input"), After::fault;
      }
      const char closer = open_.back().closer;
      if (next_is(',')) {
        ++at_;
        return closer == ']' || key("the name of a member") ? After::value : After::fault;
      }
      if (!next_is(closer)) {
        return expected(closer == '}' ? "'}' or ','" : "']' or ','"), After::fault;
      }
      close();
    }
  }

  bool key(std::string_view wanted) {
    skip_blanks();
    if (!next_is('"')) return expected(wanted);
    if (!string()) return false;
    skip_blanks();
    if (!next_is(':')) return expected("':'");
    ++at_;
    return true;
  }

  bool scalar(char first) {
    switch (first) {
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      case '-':
        return number();
      default:
        if (is_digit(static_cast<unsigned char>(first))) return number();
        if (is_alpha(static_cast<unsigned char>(first))) return fault("invalid literal", at_);
        return expected("a value");
    }
  }

  bool word(std::string_view wanted) {
    for (const char c : wanted) {
      if (at_ == text_.size()) return expected(fmt::format("'{}'", wanted));
      if (text_[at_] != c) return fault(fmt::format("invalid literal; expected '{}'", wanted), at_);
      ++at_;
    }
    return true;
  }

  bool digits() {
    const size_t begin = at_;
    while (at_ < text_.size() && is_digit(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ > begin || expected("a digit");
  }

  bool number() {
    if (next_is('-')) ++at_;
    if (next_is('0')) {
      ++at_;  // no other digit may follow
      if (at_ < text_.size() && is_digit(static_cast<unsigned char>(text_[at_]))) {
        return fault("invalid number: a digit after a leading zero", at_);
      }
    } else if (!digits()) {
      return false;
    }
    if (next_is('.') && (++at_, !digits())) return false;
    if (!next_is('e') && !next_is('E')) return true;
    ++at_;
    if (next_is('+') || next_is('-')) ++at_;
    return digits();
  }

  bool string() {
    for (++at_;;) {
      at_ = find_stop<StringStop>(text_, at_);
      if (at_ == text_.size()) {
        return fault("unexpected end of input in a string; expected '\"'", at_);
      }
      const char c = text_[at_];
      if (c == '"') return ++at_, true;
      if (c != '\\') {
        return fault(fmt::format("invalid string: control character U+{:04X} must be escaped",
                                 static_cast<unsigned>(c)),
                     at_);
      }
      if (!escape()) return false;
    }
  }

  bool escape() {
    if (at_ + 1 == text_.size()) return cut_escape();
    if (text_[at_ + 1] != 'u') {
      if (kEscaped[static_cast<unsigned char>(text_[at_ + 1])] == 0) {
        return fault("invalid string: a backslash that begins no escape", at_ + 1);
      }
      at_ += 2;
      return true;
    }
    const size_t begin = at_;
    uint32_t unit = 0;
    if (!code_unit(unit)) return false;
    if ((unit & 0xF800) != 0xD800) return true;
    uint32_t low = 0;
    const bool high = (unit & 0xFC00) == 0xD800;
    if (high && text_.substr(at_).starts_with("\\u") && !code_unit(low)) return false;
    if (high && (low & 0xFC00) == 0xDC00) return true;
    if (high && at_ == text_.size()) return cut_escape();
    // A high one lacks what should follow it.
    return fault("invalid string: a surrogate without its pair", high ? begin + 6 : begin);
  }

  /// `\uXXXX`, passed over.
  bool code_unit(uint32_t& unit) {
    const std::string_view escaped = text_.substr(at_, 6);
    unit = 0;
    for (const char c : escaped.substr(2)) {
      if (!is_hex(static_cast<unsigned char>(c))) {
        return fault("invalid string: '\\u' must be followed by four hexadecimal digits", at_);
      }
      unit = unit << 4 | hex_value(static_cast<unsigned char>(c));
    }
    if (escaped.size() < 6) return cut_escape();
    at_ += 6;
    return true;
  }

  bool cut_escape() { return fault("unexpected end of input in a string", text_.size()); }

  /// Outside strings nothing but ASCII is accepted, so that this is about the strings.
  bool utf8() {
    const size_t valid = valid_utf8_prefix(text_);
    return valid == text_.size() || fault(std::string(kIllFormed), valid);
  }

  const std::string_view text_;
  const size_t depth_;
  size_t at_ = 0;
  bool opened_ = false;  ///< whether the last value was the beginning of a container
  std::vector<Open> open_;
  std::vector<JsonContainer> containers_;  ///< in the order of their first brackets
  std::string message_;
  size_t fault_at_ = 0;
};

}  // namespace

Result<JsonDocument> parse_json(std::string_view text, size_t depth) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  const size_t mark = text.starts_with(kMark) ? kMark.size() : 0;
  text.remove_prefix(mark);
  Parser parser(text, depth);
  if (!parser.document()) {
    return std::unexpected(std::move(parser).error(mark));
  }
  while (is_json_blank(text.front())) text.remove_prefix(1);
  while (is_json_blank(text.back())) text.remove_suffix(1);
  JsonDocument document;
  document.text_ = text;
  document.containers_ = std::move(parser).containers();
  return document;
}

}  // namespace wafcheck::formats::inline json
