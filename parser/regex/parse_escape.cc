// Everything that begins with a backslash.

#include <algorithm>
#include <array>

#include "parser/base/ascii.h"
#include "parser/regex/parser_state.h"

namespace wafcheck::parser::regex {
namespace {

int hex_value(uint8_t c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_octal(uint8_t c) {
  return c >= '0' && c <= '7';
}

}  // namespace

const ByteSet* type_set(uint8_t letter) {
  static constexpr std::array<ByteSet, 10> kSets = {
      kDigits,  ~kDigits,  kHorizontal, ~kHorizontal, kSpaces,
      ~kSpaces, kVertical, ~kVertical,  kWordBytes,   ~kWordBytes};
  constexpr std::string_view kNames = "dDhHsSvVwW";
  const size_t at = kNames.find(static_cast<char>(letter));
  return at == std::string_view::npos ? nullptr : &kSets[at];
}

std::optional<Parser::EscapedByte> Parser::escaped_byte(bool in_class) {
  const size_t begin = at_ - 1;
  if (at_ >= text_.size()) {
    error("\\ at the end of the expression", at_);
    return std::nullopt;
  }
  const uint8_t c = peek();
  const auto letter = [&](uint8_t byte) -> std::optional<EscapedByte> {
    ++at_;
    return EscapedByte{byte, EscapeForm::letter};
  };
  switch (c) {
    case 'a':
      return letter(0x07);
    case 'e':
      return letter(0x1b);
    case 'f':
      return letter('\f');
    case 'n':
      return letter('\n');
    case 'r':
      return letter('\r');
    case 't':
      return letter('\t');
    case 'b':
      return in_class ? letter(0x08) : std::nullopt;
    case 'x':
      ++at_;
      return hex_byte();
    case 'o':
      ++at_;
      if (peek() == '{') return braced_byte(8, EscapeForm::octal_braced);
      error("missing { after \\o", at_);
      return std::nullopt;
    case 'c': {
      ++at_;
      const uint8_t key = peek();
      if (at_ >= text_.size() || key < 0x20 || key > 0x7e) {
        error("\\c must be followed by a printable character", at_);
        return std::nullopt;
      }
      ++at_;
      const unsigned upper = is_lower(key) ? key - 0x20u : key;
      return EscapedByte{static_cast<uint8_t>(upper ^ 0x40u), EscapeForm::control};
    }
    default:
      break;
  }
  if (is_octal(c) || (is_digit(c) && in_class)) return octal_byte(begin);
  if (is_alnum(c) && !(in_class && c == 'g')) return std::nullopt;
  ++at_;
  return EscapedByte{c, EscapeForm::identity};
}

/// After \x: none, one or two digits, or any number in braces.
std::optional<Parser::EscapedByte> Parser::hex_byte() {
  if (peek() == '{') return braced_byte(16, EscapeForm::hex_braced);
  unsigned value = 0;
  for (int i = 0; i < 2 && hex_value(peek()) >= 0; ++i, ++at_) {
    value = value * 16 + static_cast<unsigned>(hex_value(peek()));
  }
  return EscapedByte{static_cast<uint8_t>(value), EscapeForm::hex};
}

/// At a digit: up to three octal ones; 8 and 9 stand for themselves.
std::optional<Parser::EscapedByte> Parser::octal_byte(size_t begin) {
  if (!is_octal(peek())) {
    const uint8_t digit = peek();
    ++at_;
    return EscapedByte{digit, EscapeForm::identity};
  }
  unsigned value = 0;
  for (int i = 0; i < 3 && is_octal(peek()); ++i, ++at_) value = value * 8 + (peek() - '0');
  if (value > 0xff) {
    error("octal value is greater than \\377", begin);
    return std::nullopt;
  }
  return EscapedByte{static_cast<uint8_t>(value), EscapeForm::octal};
}

std::optional<Parser::EscapedByte> Parser::braced_byte(unsigned base, EscapeForm form) {
  const size_t begin = at_++;
  const auto blanks = [this] {
    while (peek() == ' ' || peek() == '\t') ++at_;  // allowed from PCRE2 10.43 on
  };
  blanks();
  const size_t digits = at_;
  unsigned value = 0;
  for (; hex_value(peek()) >= 0; ++at_) {
    const unsigned digit = static_cast<unsigned>(hex_value(peek()));
    if (digit >= base) break;
    value = std::min(value * base + digit, 0x100u);
  }
  const bool any = at_ > digits;
  blanks();
  if (!any || !take("}") || value > 0xff) {
    error(value > 0xff ? "value in braces is greater than 255" : "bad digits in braces", begin);
    return std::nullopt;
  }
  return EscapedByte{static_cast<uint8_t>(value), form};
}

/// \p{L}, \pL, \P{^L}: at the p.
bool Parser::property() {
  if (peek() != 'p' && peek() != 'P') return false;
  const size_t begin = at_++;
  if (peek() != '{') {
    if (is_alpha(peek())) {
      ++at_;
    } else {
      error("malformed \\p", begin);
    }
    return true;
  }
  const size_t close = text_.find('}', at_);
  if (close == std::string_view::npos) {
    error("malformed \\p", begin);
  } else {
    at_ = close + 1;
  }
  return true;
}

void Parser::escape(Ids& items) {
  const size_t begin = at_++;
  const uint8_t c = peek();
  const auto push_set = [&](const ByteSet& set, bool exact) {
    items.push_back(add_set(begin, {.form = ClassForm::escape, .exact = exact, .set = set}));
  };

  // \1 to \9 are always references, \12 if there are that many groups before it; else octal.
  if (is_digit(c) && c != '0') {
    size_t end = at_;
    uint32_t number = 0;
    for (; end < text_.size() && is_digit(static_cast<uint8_t>(text_[end])); ++end) {
      number = std::min(number * 10 + static_cast<uint32_t>(text_[end] - '0'), 1000000u);
    }
    if (number < 10 || c >= '8' || number <= captures_) {
      at_ = end;
      items.push_back(add({.kind = Kind::back_reference,
                           .caseless = flags_.caseless,
                           .span = span_from(begin),
                           .number = number}));
      return;
    }
  }
  if (const auto byte = escaped_byte(/*in_class=*/false)) {
    tree_.escapes_.push_back({byte->form, false, byte->byte, span_from(begin)});
    return add_literal(items, byte->byte, begin);
  }
  if (error_) return;

  if (const ByteSet* set = type_set(c)) {
    ++at_;
    return push_set(*set, true);
  }
  if (property()) return push_set(ByteSet::all(), false);
  ++at_;
  switch (c) {
    case 'N':
      return push_set(~ByteSet::of("\n"), true);
    case 'C':
      return push_set(ByteSet::all(), true);
    case 'R':
      items.push_back(add_opaque(begin, 1, 2));
      return;
    case 'X':
      items.push_back(add_opaque(begin, 1, kUnlimited));
      return;
    case 'K':
      items.push_back(add_simple(Kind::reset_start, begin));
      return;
    case 'A':
      items.push_back(add_assertion(Assertion::subject_start, begin));
      return;
    case 'z':
      items.push_back(add_assertion(Assertion::subject_end, begin));
      return;
    case 'Z':
      items.push_back(add_assertion(Assertion::final_end, begin));
      return;
    case 'b':
      items.push_back(add_assertion(Assertion::word_boundary, begin));
      return;
    case 'B':
      items.push_back(add_assertion(Assertion::not_word_boundary, begin));
      return;
    case 'G':
      items.push_back(add_assertion(Assertion::match_start, begin));
      return;
    case 'g':
      if (const auto node = g_escape(begin)) return items.push_back(*node);
      break;
    case 'k':
      for (const std::string_view pair : {"{}", "<>", "''"}) {
        if (take(pair.substr(0, 1))) return items.push_back(reference(begin, pair[1]));
      }
      break;
    default:
      break;
  }
  error("unknown escape", begin);
}

/// The rest of a reference by name or number, up to `close`.
NodeId Parser::reference(size_t begin, char close) {
  const auto name = name_until(close);
  if (!name) return kNoNode;
  const std::string_view text = text_.substr(name->begin, name->end - name->begin);
  Node node{.kind = Kind::back_reference, .caseless = flags_.caseless, .span = span_from(begin)};
  const bool relative = text[0] == '-' || text[0] == '+';
  if (!relative && !is_digit(static_cast<uint8_t>(text[0]))) {
    node.name = *name;
    return add(node);
  }
  node.number = group_number(text);
  return add(node);
}

/// "2", or "-1" and "+1" as seen from here. 0: there is no such group.
uint32_t Parser::group_number(std::string_view text) const {
  const bool relative = text[0] == '-' || text[0] == '+';
  uint32_t number = 0;
  for (const char digit : text.substr(relative ? 1 : 0)) {
    number = std::min(number * 10 + static_cast<uint32_t>(digit - '0'), 1000000u);
  }
  if (text[0] == '-') return number > captures_ ? 0 : captures_ - number + 1;
  return text[0] == '+' ? number + captures_ : number;
}

/// After \g: a reference as number, {number} or {name}; a call in <> or ''.
std::optional<NodeId> Parser::g_escape(size_t begin) {
  if (take("<")) return call(begin, '>');
  if (take("'")) return call(begin, '\'');
  if (take("{")) return reference(begin, '}');
  const size_t from = at_;
  if (peek() == '-' || peek() == '+') ++at_;
  const size_t digits = at_;
  while (is_digit(peek())) ++at_;
  if (at_ == digits) return std::nullopt;
  uint32_t number = 0;
  for (const char digit : text_.substr(digits, at_ - digits)) {
    number = std::min(number * 10 + static_cast<uint32_t>(digit - '0'), 1000000u);
  }
  if (text_[from] == '-') number = number > captures_ ? 0 : captures_ - number + 1;
  if (text_[from] == '+') number += captures_;
  return add({.kind = Kind::back_reference,
              .caseless = flags_.caseless,
              .span = span_from(begin),
              .number = number});
}

}  // namespace wafcheck::parser::regex
