#include "formats/json_in.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "formats/json_scan.h"
#include "formats/utf8.h"
#include "parser/ascii.h"

namespace wafcheck::formats {
namespace {

/// Whether a text is JSON; nothing else, which is what makes it fast. What is wrong with a text
/// that is not, a slower parser tells.
class Check {
 public:
  Check(std::string_view text, size_t depth) : text_(text), depth_(depth) {}

  bool document() {
    for (;;) {
      skip_blanks();
      if (at_ == text_.size() || !value()) return false;
      if (opened_) continue;
      switch (after_value()) {
        case After::value:
          break;
        case After::end:
          return is_valid_utf8(text_);  // and outside strings nothing but ASCII came through
        case After::fault:
          return false;
      }
    }
  }
  bool too_deep() const { return too_deep_; }
  size_t at() const { return at_; }

 private:
  enum class After : uint8_t { value, end, fault };

  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void skip_blanks() {
    while (at_ < text_.size() && is_json_blank(text_[at_])) ++at_;
  }

  /// A scalar, an empty object or array, or the beginning of one up to its first value.
  bool value() {
    const char first = text_[at_];
    opened_ = false;
    if (first != '{' && first != '[') return scalar(first);
    too_deep_ = closers_.size() == depth_;
    if (too_deep_) return false;
    const char closer = first == '{' ? '}' : ']';
    ++at_;
    skip_blanks();
    if (next_is(closer)) return ++at_, true;
    closers_.push_back(closer);
    opened_ = true;
    return first == '[' || key();
  }

  /// What follows a value, up to the next.
  After after_value() {
    for (;;) {
      skip_blanks();
      if (closers_.empty()) return at_ == text_.size() ? After::end : After::fault;
      if (next_is(',')) {
        ++at_;
        return closers_.back() == ']' || key() ? After::value : After::fault;
      }
      if (!next_is(closers_.back())) return After::fault;
      ++at_;
      closers_.pop_back();
    }
  }

  bool key() {
    skip_blanks();
    if (!next_is('"') || !string()) return false;
    skip_blanks();
    return next_is(':') && ++at_ > 0;
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
      default:
        return number();
    }
  }

  bool word(std::string_view wanted) {
    if (!text_.substr(at_).starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }

  bool digits() {
    const size_t begin = at_;
    while (at_ < text_.size() && is_digit(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ > begin;
  }

  bool number() {
    if (next_is('-')) ++at_;
    const bool zero = next_is('0');
    const size_t begin = at_;
    if (!digits() || (zero && at_ - begin > 1)) return false;
    if (next_is('.') && (++at_, !digits())) return false;
    if (!next_is('e') && !next_is('E')) return true;
    ++at_;
    if (next_is('+') || next_is('-')) ++at_;
    return digits();
  }

  bool string() {
    for (++at_;;) {
      at_ = find_string_stop(text_, at_);
      if (at_ == text_.size()) return false;
      if (text_[at_] == '"') return ++at_, true;
      if (text_[at_] != '\\' || !escape()) return false;
    }
  }

  bool escape() {
    if (at_ + 1 == text_.size()) return false;
    if (text_[at_ + 1] != 'u') {
      constexpr std::string_view kLetters = "\"\\/bfnrt";
      const bool known = kLetters.find(text_[at_ + 1]) != std::string_view::npos;
      at_ += known ? 2 : 0;
      return known;
    }
    const auto unit = code_unit();
    if (!unit || (*unit & 0xFC00) == 0xDC00) return false;
    if ((*unit & 0xFC00) != 0xD800) return true;
    const auto low = code_unit();
    return low && (*low & 0xFC00) == 0xDC00;
  }

  /// `\uXXXX`, passed over.
  std::optional<uint32_t> code_unit() {
    const std::string_view escaped = text_.substr(at_, 6);
    if (escaped.size() < 6 || !escaped.starts_with("\\u")) return std::nullopt;
    uint32_t unit = 0;
    for (const char c : escaped.substr(2)) {
      if (!is_hex(static_cast<unsigned char>(c))) return std::nullopt;
      unit = unit << 4 | hex_value(static_cast<unsigned char>(c));
    }
    at_ += 6;
    return unit;
  }

  const std::string_view text_;
  const size_t depth_;
  size_t at_ = 0;
  std::string closers_;  ///< of the brackets that are open
  bool opened_ = false, too_deep_ = false;
};

/// The part of the library's message that is about the text: without its own prefix, and without
/// the token it had read so far, which may be as long as the document.
std::string tidy(std::string_view what) {
  const size_t syntax = what.find("syntax error ");
  if (syntax != std::string_view::npos) what.remove_prefix(syntax);
  std::string_view expected;
  const size_t token = what.find("; last read: '");
  if (token != std::string_view::npos) {
    const size_t tail = what.rfind("; expected ");
    if (tail != std::string_view::npos && tail > token) expected = what.substr(tail);
    what = what.substr(0, token);
  }
  return excerpt(what, 160) + excerpt(expected, 80);
}

/// Passes over everything up to a fault.
struct Fault : nlohmann::json_sax<nlohmann::json> {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception& error) override {
    message = tidy(error.what());
    // `byte` counts the bytes read, the faulty one included; 0 is before the first.
    if (const auto* syntax = dynamic_cast<const nlohmann::json::parse_error*>(&error)) {
      at = syntax->byte > 0 ? syntax->byte - 1 : 0;
    }
    return false;
  }

  std::string message;
  size_t at = 0;
};

}  // namespace

Result<JsonValue> parse_json(std::string_view text, size_t depth) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  const size_t mark = text.starts_with(kMark) ? kMark.size() : 0;
  std::string_view document = text.substr(mark);
  Check check(document, depth);
  if (check.document()) {
    while (is_json_blank(document.front())) document.remove_prefix(1);
    while (is_json_blank(document.back())) document.remove_suffix(1);
    return JsonValue(document);
  }
  if (check.too_deep()) return fail(fmt::format("nested deeper than {} levels", depth));
  Fault fault;
  if (nlohmann::json::sax_parse(text.begin(), text.end(), &fault)) {
    // The library takes a NUL for the end of its input, and refuses numbers by their value.
    return fail("expected one JSON document and nothing else", mark + check.at());
  }
  return fail(std::move(fault.message), std::min(fault.at, text.size()));
}

}  // namespace wafcheck::formats
