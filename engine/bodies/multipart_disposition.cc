#include "engine/bodies/multipart_disposition.h"

#include <algorithm>
#include <array>
#include <utility>

#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::inline bodies {
namespace {

constexpr size_t kNone = std::string_view::npos;

/// RFC 2045: a byte of a token.
bool is_token_char(char c) {
  return c > 32 && c < 127 && std::string_view("()<>@,;:\\\"/[]?=").find(c) == kNone;
}

/// RFC 5987: charset'language'percent-encoded, the charset not empty.
bool is_extended_value(std::string_view text) {
  const size_t first = text.find('\'');
  if (first == kNone || first == 0) return false;
  const size_t second = text.find('\'', first + 1);
  if (second == kNone) return false;
  for (size_t i = second + 1; i < text.size(); ++i) {
    if (!is_token_char(text[i]) || text[i] == '*' || text[i] == '\'') return false;
    if (text[i] != '%') continue;
    if (i + 2 >= text.size() || !is_hex(static_cast<unsigned char>(text[i + 1])) ||
        !is_hex(static_cast<unsigned char>(text[i + 2]))) {
      return false;
    }
    i += 2;
  }
  return true;
}

class DispositionParser {
 public:
  DispositionParser(std::string_view text, const parser::Semantics& semantics)
      : text_(text), as_modsecurity2_(semantics.multipart_as_modsecurity2) {}

  Disposition parse() {
    skip_space();
    const std::string_view type = take_word();
    if (type != "form-data") fault("its disposition is not form-data");
    skip_space();
    if (!at_end() && text_[at_] != ';') fault("no semicolon after form-data");
    while (!at_end() && !given_up()) {
      if (text_[at_] == ';') ++at_;
      const size_t semicolon = at_;
      skip_space();
      if (at_end()) {  // a semicolon may be the last byte
        if (as_modsecurity2_ && at_ != semicolon) fault("a blank at its end");
        break;
      }
      parameter();
    }
    if (as_modsecurity2_ ? !seen_name_ : result_.name.empty()) fault("it has no name");
    result_.named = seen_name_;
    result_.filed = plain_filename_;
    if (extended_ && !plain_filename_) fault("filename* without filename");
    return std::move(result_);
  }

 private:
  enum class Parameter { name, filename, extended_filename, unknown };

  /// Reads NAME=VALUE and goes on to the next semicolon.
  void parameter() {
    const std::string_view name = take_word('=');
    skip_space();
    const Parameter kind = kind_of(name);
    std::string value;
    if (!at_end() && text_[at_] == '=') {
      ++at_;
      skip_space();
      value = take_value(kind);
    } else {
      fault("a parameter without a value");
    }
    if (given_up()) return;
    store(kind, std::move(value));
    skip_space();
    if (at_end() || text_[at_] == ';') return;
    const char before = text_[at_ - 1];
    const bool touches = before == '"' || before == '\'';
    if (as_modsecurity2_ ? touches : quoted_) result_.invalid_quoting = true;
    fault("text after a parameter's value");
    at_ = std::min(text_.find(';', at_), text_.size());
  }

  Parameter kind_of(std::string_view name) {
    struct Known {
      std::string_view name;
      Parameter kind;
    };
    static constexpr std::array kKnown = {Known{"name", Parameter::name},
                                          Known{"filename", Parameter::filename},
                                          Known{"filename*", Parameter::extended_filename}};
    for (const Known& known : kKnown) {
      if (!iequals(name, known.name)) continue;
      if (name != known.name) fault("a parameter's name is not in lower case");
      return known.kind;
    }
    return Parameter::unknown;
  }

  void store(Parameter kind, std::string value) {
    switch (kind) {
      case Parameter::name:
        if (seen_name_) {
          fault("name occurs twice");
          if (!as_modsecurity2_) return;
        }
        seen_name_ = true;
        result_.name_at = at_ - value.size();
        result_.name = std::move(value);
        break;
      case Parameter::filename:
        if (plain_filename_) {
          fault("filename occurs twice");
          if (!as_modsecurity2_) return;
        }
        plain_filename_ = true;
        result_.filename_at = at_ - value.size();
        result_.filename = std::move(value);
        break;
      case Parameter::extended_filename:
        // Only checked: which of the two names an application prefers is not known.
        if (as_modsecurity2_) return fault("an unknown parameter");
        if (extended_) return fault("filename* occurs twice");
        extended_ = true;
        if (quoted_ || !is_extended_value(value)) fault("filename* has a malformed value");
        break;
      case Parameter::unknown:  // filename*0 and the like of RFC 2231 too
        fault("an unknown parameter");
        break;
    }
  }

  std::string take_value(Parameter kind) {
    // An apostrophe is plain data only in charset'language'value.
    const bool extended = kind == Parameter::extended_filename;
    quoted_ = !at_end() && (text_[at_] == '"' || (text_[at_] == '\'' && !extended));
    if (quoted_) return take_quoted(text_[at_]);
    if (as_modsecurity2_) return take_token();
    const std::string_view token = take_word();
    if (token.empty()) fault("a parameter without a value");
    for (const char c : token) {
      if (!is_token_char(c)) fault("a value that needs quotes");
    }
    if (token.find_first_of(extended ? "\"" : "\"'") != kNone) result_.invalid_quoting = true;
    return std::string(token);
  }

  /// Bytes of a token, perhaps none; what else follows is a fault for the caller.
  std::string take_token() {
    if (at_end()) fault("a parameter without a value");
    const size_t begin = at_;
    while (!at_end() && is_token_char(text_[at_])) ++at_;
    const std::string_view token = text_.substr(begin, at_ - begin);
    if (token.contains('\'')) result_.invalid_quoting = true;
    return std::string(token);
  }

  /// A backslash escapes only the quote and itself: Internet Explorer sent paths.
  std::string take_quoted(char quote) {
    if (quote == '\'') result_.invalid_quoting = true;
    std::string value;
    for (++at_; !at_end(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        return value;
      }
      const std::string_view next = text_.substr(at_ + 1, 1);
      if (text_[at_] == '\\' && next.empty()) fault("a value ends in a backslash");
      if (text_[at_] == '\\' && !next.empty() && (next[0] == quote || next[0] == '\\')) ++at_;
      value += text_[at_];
    }
    if (as_modsecurity2_) {
      fault("no closing quote");
    } else {
      result_.invalid_quoting = true;
    }
    return value;
  }

  /// Whether nothing more is read after a fault.
  bool given_up() const { return as_modsecurity2_ && result_.fault != nullptr; }
  bool at_end() const { return at_ == text_.size(); }
  void skip_space() {
    while (!at_end() && is_space(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  /// Bytes up to a blank, a semicolon or `end`.
  std::string_view take_word(char end = ';') {
    const size_t begin = at_;
    while (!at_end() && text_[at_] != ';' && text_[at_] != end &&
           !is_space(static_cast<unsigned char>(text_[at_]))) {
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }
  void fault(const char* why) {
    if (result_.fault == nullptr) result_.fault = why;
  }

  std::string_view text_;
  const bool as_modsecurity2_;
  size_t at_ = 0;
  bool quoted_ = false;  // the value just read was
  bool seen_name_ = false, plain_filename_ = false, extended_ = false;
  Disposition result_;
};

}  // namespace

Disposition parse_disposition(std::string_view value, const parser::Semantics& semantics) {
  return DispositionParser(value, semantics).parse();
}

}  // namespace wafcheck::engine::inline bodies
