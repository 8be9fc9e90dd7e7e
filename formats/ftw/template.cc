// One pass: text is copied, an action is parsed and evaluated where it stands. Recursion happens
// only at parentheses, and those are counted.

#include "formats/ftw/template.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <variant>
#include <vector>

#include "formats/ftw/codec.h"
#include "parser/base/ascii.h"
#include "parser/base/base64.h"
#include "parser/base/utf8.h"

namespace wafcheck::formats::inline ftw {

namespace {

constexpr int kMaxParentheses = 32;
constexpr const char* kUnclosed = "'{{' without '}}'";
constexpr std::string_view kNoValue = "<no value>";

using Value = std::variant<std::string, int64_t>;
constexpr bool is_template_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

class Expander {
 public:
  Expander(std::string_view text, const std::optional<std::string>& payload, size_t limit)
      : text_(text), payload_(payload), limit_(limit) {}

  FtwExpansion run() {
    while (result_.error.empty()) {
      const size_t open = text_.find("{{", at_);
      std::string_view literal = text_.substr(at_, open == text_.npos ? open : open - at_);
      if (trim_next_) literal = trim_front(literal);
      trim_next_ = false;
      if (open == text_.npos) {
        emit(literal);
        break;
      }
      at_ = open + 2;
      if (at_ + 1 < text_.size() && text_[at_] == '-' && is_template_space(text_[at_ + 1])) {
        ++at_;
        literal = trim_back(literal);
      }
      emit(literal);
      if (!comment()) action();
    }
    if (!result_.error.empty()) result_.text.clear();
    return std::move(result_);
  }

 private:
  static std::string_view trim_front(std::string_view s) {
    while (!s.empty() && is_template_space(s.front())) s.remove_prefix(1);
    return s;
  }
  static std::string_view trim_back(std::string_view s) {
    while (!s.empty() && is_template_space(s.back())) s.remove_suffix(1);
    return s;
  }

  /// Keeps the first error. Always false, so that a caller may return it.
  bool fail(std::string message) {
    if (result_.error.empty()) result_.error = std::move(message);
    return false;
  }
  bool fits(size_t size) {
    if (size <= limit_) return true;
    result_.too_long = true;
    return fail(fmt::format("the result is over {} bytes", limit_));
  }
  /// Functions share one budget: what they make may be dropped again, but it was made.
  bool make(size_t bytes) { return fits(made_ += bytes); }
  void emit(std::string_view bytes) {
    if (fits(result_.text.size() + bytes.size())) result_.text += bytes;
  }

  void skip_space() {
    while (at_ < text_.size() && is_template_space(text_[at_])) ++at_;
  }
  bool next_is(std::string_view token) const { return text_.substr(at_).starts_with(token); }

  /// Takes `}}`, or ` -}}` which also trims the text after it.
  bool close() {
    if (next_is("-}}") && is_template_space(text_[at_ - 1])) {
      trim_next_ = true;
      ++at_;
    }
    if (!next_is("}}")) return false;
    at_ += 2;
    return true;
  }

  bool comment() {
    size_t start = at_;
    while (start < text_.size() && is_template_space(text_[start])) ++start;
    if (!text_.substr(start).starts_with("/*")) return false;
    const size_t end = text_.find("*/", start + 2);
    at_ = end == text_.npos ? text_.size() : end + 2;
    skip_space();
    if (!close()) fail("a comment is not closed");
    return true;
  }

  void action() {
    Value value;
    if (!pipeline(value, 0)) return;
    if (!close()) {
      fail(at_ == text_.size() ? kUnclosed : "expected '|' or '}}'");
      return;
    }
    if (const auto* text = std::get_if<std::string>(&value)) {
      emit(*text);
    } else {
      emit(std::to_string(std::get<int64_t>(value)));
    }
  }

  bool pipeline(Value& value, int depth) {
    for (bool first = true;; first = false) {
      if (!command(value, !first, depth)) return false;
      if (!next_is("|")) return true;
      ++at_;
    }
  }

  /// One command; `piped`: `value` comes in as its last argument.
  bool command(Value& value, bool piped, int depth) {
    skip_space();
    const std::string_view function = identifier();
    std::vector<Value> arguments;
    for (skip_space(); !ends_command(); skip_space()) {
      if (!operand(arguments.emplace_back(), depth)) return false;
    }
    if (function.empty()) {
      if (at_ == text_.size()) return fail(kUnclosed);
      if (arguments.size() != 1 || piped) return fail("expected one value or a function");
      value = std::move(arguments[0]);
      return true;
    }
    if (piped) arguments.push_back(std::move(value));
    return call(function, arguments, value);
  }

  bool ends_command() const {
    return at_ == text_.size() || next_is("|") || next_is(")") || next_is("}}") || next_is("-}}");
  }

  std::string_view identifier() {
    const size_t start = at_;
    const auto belongs = [&](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return c == '_' || is_alpha(byte) || (at_ > start && is_digit(byte));
    };
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  bool operand(Value& value, int depth) {
    switch (text_[at_]) {
      case '"':
        return quoted(value);
      case '`':
        return raw(value);
      case '.':
        return field(value);
      case '(':
        if (depth == kMaxParentheses) return fail("parentheses nest too deep");
        ++at_;
        if (!pipeline(value, depth + 1)) return false;
        if (!next_is(")")) return fail("expected ')'");
        ++at_;
        return true;
      default:
        return number(value);
    }
  }

  bool field(Value& value) {
    ++at_;
    const std::string_view name = identifier();
    if (name != "Payload") return fail(fmt::format("unknown field '.{}'", name));
    value = payload_ ? *payload_ : std::string(kNoValue);
    return true;
  }

  bool number(Value& value) {
    int64_t parsed = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), parsed);
    if (error != std::errc()) return fail(fmt::format("unexpected '{}'", text_.substr(at_, 1)));
    at_ += static_cast<size_t>(end - begin);
    value = parsed;
    return true;
  }

  bool raw(Value& value) {
    const size_t end = text_.find('`', at_ + 1);
    if (end == text_.npos) return fail("a raw string is not closed");
    value = std::string(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return true;
  }

  bool quoted(Value& value) {
    std::string bytes;
    for (++at_; at_ < text_.size() && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        value = std::move(bytes);
        return true;
      }
      if (text_[at_] != '\\') {
        bytes.push_back(text_[at_]);
      } else if (!escape(bytes)) {
        return false;
      }
    }
    return fail("a string is not closed");
  }

  /// An escape as Go has it; `at_` goes from the backslash to the escape's last byte.
  bool escape(std::string& bytes) {
    constexpr std::string_view kLetters = "abfnrtv\\\"";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"";
    if (++at_ == text_.size()) return fail("a string is not closed");
    const char c = text_[at_];
    if (const size_t letter = kLetters.find(c); letter != kLetters.npos) {
      bytes.push_back(kMeanings[letter]);
      return true;
    }
    const bool octal = c >= '0' && c <= '7';
    const size_t digits = octal ? 3 : c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    const std::string_view shown = text_.substr(octal ? at_ : at_ + 1, digits);
    uint32_t code = 0;
    const auto [end, error] =
        std::from_chars(shown.data(), shown.data() + shown.size(), code, octal ? 8 : 16);
    if (digits == 0 || shown.size() < digits || error != std::errc() ||
        end != shown.data() + digits) {
      return fail("a string holds a bad escape");
    }
    at_ += octal ? 2 : digits;
    if (octal || c == 'x') {
      if (code > 0xFF) return fail("a string holds a bad escape");
      bytes.push_back(static_cast<char>(code));
      return true;
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
      return fail("a string holds a bad escape");
    }
    append_utf8(bytes, code);
    return true;
  }

  bool call(std::string_view function, const std::vector<Value>& arguments, Value& value) {
    if (function == "repeat") {
      if (arguments.size() != 2) return fail("repeat takes a count and a string");
      const auto* count = std::get_if<int64_t>(&arguments[0]);
      const auto* unit = std::get_if<std::string>(&arguments[1]);
      if (!count || !unit || *count < 0) return fail("repeat takes a count and a string");
      return repeat(static_cast<uint64_t>(*count), *unit, value);
    }
    if (function == "b64enc") {
      const auto* bytes = arguments.size() == 1 ? std::get_if<std::string>(&arguments[0]) : nullptr;
      if (!bytes) return fail("b64enc takes a string");
      if (!make(bytes->size() / 3 * 4 + 4)) return false;
      value = base64_encode(*bytes);
      return true;
    }
    return fail(fmt::format("unknown function '{}'", function));
  }

  bool repeat(uint64_t count, const std::string& unit, Value& value) {
    std::string bytes;
    if (!unit.empty()) {
      if (count > limit_ / unit.size()) return fits(limit_ + 1);
      if (!make(count * unit.size())) return false;
      bytes.reserve(count * unit.size());
      for (uint64_t i = 0; i < count; ++i) bytes += unit;
    }
    value = std::move(bytes);
    return true;
  }

  std::string_view text_;
  const std::optional<std::string>& payload_;
  size_t limit_;
  size_t at_ = 0;
  size_t made_ = 0;
  bool trim_next_ = false;
  FtwExpansion result_;
};

}  // namespace

FtwExpansion expand_ftw_template(std::string_view text, const std::optional<std::string>& payload,
                                 size_t limit) {
  return Expander(text, payload, limit).run();
}

}  // namespace wafcheck::formats::inline ftw
