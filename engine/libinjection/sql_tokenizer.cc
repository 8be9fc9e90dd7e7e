#include "engine/libinjection/sql_tokenizer.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/libinjection/sql_words.h"
#include "parser/base/ascii.h"

namespace wafcheck::engine::libinjection {
namespace {

constexpr auto npos = std::string_view::npos;

using ByteSet = std::array<bool, 256>;

/// The literal's bytes and its closing NUL, which is white space to every database here.
template <size_t kSize>
constexpr ByteSet nul_and(const char (&members)[kSize]) {
  ByteSet set{};
  for (const char c : members) set[uint8_t(c)] = true;
  return set;
}

constexpr ByteSet kWordEnd = nul_and(" \t\n\v\f\r\xA0[]{}<>:\\?=@!#~+-*/&|^%(),';\"");
constexpr ByteSet kVariableEnd = nul_and(" \t\n\v\f\r<>:\\?=@!#~+-*/&|^%(),';\"`");
// What counts as white space after "--" and after a number.
constexpr ByteSet kWhite = nul_and(" \t\n\v\f\r\xA0");

bool is_white(char c) {
  return kWhite[uint8_t(c)];
}

// What goes on in numbers and tags: a NUL passes.
bool is_hex_digit(unsigned char c) {
  return c == '\0' || is_hex(c);
}
bool is_binary_digit(unsigned char c) {
  return c == '\0' || c == '0' || c == '1';
}
bool is_money(unsigned char c) {
  return c == '\0' || c == '.' || c == ',' || is_digit(c);
}
bool is_tag_letter(unsigned char c) {
  return c == '\0' || is_alpha(c);
}

/// Bytes skipped between tokens. Not all of them end a word: a control byte inside is part of it.
bool is_between(char c) {
  const auto byte = uint8_t(c);
  return byte <= 0x20 || byte == 0x7F || byte == 0xA0;
}

/// True if an odd number of backslashes ends `text`.
bool ends_in_escape(std::string_view text) {
  const size_t last = text.find_last_not_of('\\');
  return (text.size() - (last == npos ? 0 : last + 1)) % 2 == 1;
}

char closing_bracket(char open) {
  switch (open) {
    case '(':
      return ')';
    case '[':
      return ']';
    case '{':
      return '}';
    case '<':
      return '>';
    default:
      return open;
  }
}

}  // namespace

template <typename Predicate>
size_t SqlTokenizer::skip(size_t at, Predicate predicate) const {
  while (at < input_.size() && predicate(static_cast<unsigned char>(input_[at]))) ++at;
  return at;
}

void SqlTokenizer::take(SqlToken& token, char type, size_t length) {
  token.assign(type, input_.substr(at_, length));
  at_ += std::min(length, input_.size() - at_);
}

bool SqlTokenizer::next(SqlToken& token) {
  token = {};
  if (at_ == 0 && quote_ != Quote::kNone && !input_.empty()) {
    read_quoted(token, 0, static_cast<char>(quote_));
  } else {
    while (at_ < input_.size() && is_between(input_[at_])) ++at_;
    if (at_ == input_.size()) return false;
    read_token(token);
  }
  ++token_count_;
  return true;
}

void SqlTokenizer::read_token(SqlToken& token) {
  const char first = input_[at_];
  switch (first) {
    case '\'':
    case '"':
      return read_quoted(token, 1, first);
    case '`':
      return read_backtick(token);
    case '#':
      return read_hash(token);
    case '-':
      return read_dash(token);
    case '/':
      return read_slash(token);
    case '\\':
      return read_backslash(token);
    case '[':
      return read_bracketed(token);
    case '@':
      return read_variable(token);
    case '$':
      return read_dollar(token);
    case '(':
    case ')':
    case '{':
    case '}':
    case ',':
    case ';':
      return take(token, first, 1);
    case '?':
    case ']':
      return take(token, '?', 1);
    case '%':
    case '+':
    case '^':
    case '~':
      return take(token, 'o', 1);
    case '!':
    case '&':
    case '*':
    case ':':
    case '<':
    case '=':
    case '>':
    case '|':
      return read_operator(token);
    case 'b':
    case 'B':
      return read_digit_string(token, is_binary_digit);
    case 'x':
    case 'X':
      return read_digit_string(token, is_hex_digit);
    case 'e':
    case 'E':
      // A lone prefix and quote at the end are a word and a string.
      return has(at_ + 1, '\'') && at_ + 2 < input_.size() ? read_quoted(token, 2, '\'')
                                                           : read_word(token);
    case 'n':
    case 'N':
      return has(at_ + 1, '\'') && at_ + 2 < input_.size() ? read_quoted(token, 2, '\'')
                                                           : read_oracle_string(token, 1);
    case 'q':
    case 'Q':
      return read_oracle_string(token, 0);
    case 'u':
    case 'U':
      return read_unicode_string(token);
    default:
      return first == '.' || is_digit(static_cast<unsigned char>(first)) ? read_number(token)
                                                                         : read_word(token);
  }
}

/// A string whose content starts `skipped` bytes on: ends at a quote that is neither escaped by a
/// backslash nor doubled.
void SqlTokenizer::read_quoted(SqlToken& token, size_t skipped, char quote) {
  const size_t begin = at_ + skipped;
  if (skipped > 0) token.open = quote;
  for (size_t searched = begin;;) {
    const size_t end = input_.find(quote, searched);
    if (end == npos) {
      token.assign('s', input_.substr(begin));
      at_ = input_.size();
      return;
    }
    if (ends_in_escape(input_.substr(searched, end - searched))) {
      searched = end + 1;
    } else if (has(end + 1, quote)) {
      searched = end + 2;
    } else {
      token.assign('s', input_.substr(begin, end - begin));
      token.close = quote;
      at_ = end + 1;
      return;
    }
  }
}

void SqlTokenizer::read_operator(SqlToken& token) {
  if (input_.substr(at_, 3) == "<=>") return take(token, 'o', 3);
  if (at_ + 1 < input_.size()) {
    if (const char type = lookup_word(input_.substr(at_, 2))) return take(token, type, 2);
    if (input_[at_] == ':') return take(token, ':', 1);
  }
  take(token, 'o', 1);
}

void SqlTokenizer::read_dash(SqlToken& token) {
  if (!has(at_ + 1, '-')) return take(token, 'o', 1);
  if (at_ + 2 == input_.size() || is_white(input_[at_ + 2])) return read_line_comment(token);
  if (dialect_ == Dialect::kMysql) return take(token, 'o', 1);
  dialects_differ_ = true;
  read_line_comment(token);
}

void SqlTokenizer::read_hash(SqlToken& token) {
  dialects_differ_ = true;
  if (dialect_ == Dialect::kMysql) return read_line_comment(token);
  take(token, 'o', 1);
}

void SqlTokenizer::read_line_comment(SqlToken& token) {
  const size_t end = input_.find('\n', at_);
  take(token, 'c', end == npos ? npos : end - at_);
}

void SqlTokenizer::read_slash(SqlToken& token) {
  if (!has(at_ + 1, '*')) return take(token, 'o', 1);
  const size_t close = input_.find("*/", at_ + 2);
  char type = 'c';
  if (has(at_ + 2, '!')) {
    type = 'X';  // MySQL runs what is inside
  } else if (close != npos && input_.substr(at_ + 2, close - at_ - 1).find("/*") != npos) {
    type = 'X';  // PostgreSQL nests comments, the others do not
  }
  take(token, type, close == npos ? npos : close + 2 - at_);
}

void SqlTokenizer::read_backslash(SqlToken& token) {
  if (has(at_ + 1, 'N')) return take(token, '1', 2);  // MySQL's null
  take(token, '\\', 1);
}

void SqlTokenizer::read_bracketed(SqlToken& token) {
  const size_t close = input_.find(']', at_);
  take(token, 'n', close == npos ? npos : close + 1 - at_);
}

void SqlTokenizer::read_word(SqlToken& token) {
  const size_t end = skip(at_, [](unsigned char c) { return !kWordEnd[c]; });
  const std::string_view word = input_.substr(at_, end - at_);
  // "select.x" and "select`x`": a known word before the dot or the backtick stands by itself.
  const std::string_view kept = word.substr(0, kMaxValue);
  for (size_t i = kept.find_first_of(".`"); i != npos; i = kept.find_first_of(".`", i + 1)) {
    const char type = lookup_word(kept.substr(0, i));
    if (type != 0 && type != 'n') return take(token, type, i);
  }
  const char type = lookup_word(word);
  take(token, type == 0 ? 'n' : type, word.size());
}

void SqlTokenizer::read_backtick(SqlToken& token) {
  read_quoted(token, 1, '`');
  // MySQL calls a function by its quoted name too.
  token.type = lookup_word(token.value()) == 'f' ? 'f' : 'n';
}

void SqlTokenizer::read_variable(SqlToken& token) {
  token.at_count = has(at_ + 1, '@') ? 2 : 1;
  at_ += token.at_count;
  if (has(at_, '`')) {
    read_backtick(token);
    token.type = 'v';
  } else if (has(at_, '\'') || has(at_, '"')) {
    read_quoted(token, 1, input_[at_]);
    token.type = 'v';
  } else {
    const size_t end = skip(at_, [](unsigned char c) { return !kVariableEnd[c]; });
    take(token, 'v', end - at_);
  }
}

/// Money ("$1,000.00"), or a PostgreSQL string ("$$...$$", "$tag$...$tag$").
void SqlTokenizer::read_dollar(SqlToken& token) {
  const size_t amount = skip(at_ + 1, is_money) - at_;
  if (amount == 2 && has(at_ + 1, '.')) return read_word(token);
  if (amount > 1) return take(token, '1', amount);
  const size_t tag_end = skip(at_ + 1, is_tag_letter);
  if (has(tag_end, '$')) return read_dollar_quoted(token, tag_end + 1 - at_);
  take(token, 'n', 1);
}

void SqlTokenizer::read_dollar_quoted(SqlToken& token, size_t tag_length) {
  const size_t begin = at_ + tag_length;
  const size_t end = input_.find(input_.substr(at_, tag_length), begin);
  token.open = '$';
  token.close = end == npos ? '\0' : '$';
  token.assign('s', input_.substr(begin, end == npos ? npos : end - begin));
  at_ = end == npos ? input_.size() : end + tag_length;
}

void SqlTokenizer::read_number(SqlToken& token) {
  if (input_[at_] == '0' && at_ + 1 < input_.size()) {
    const char base = to_lower(input_[at_ + 1]);
    if (base == 'x' || base == 'b') {
      const size_t end = base == 'x' ? skip(at_ + 2, is_hex_digit) : skip(at_ + 2, is_binary_digit);
      return take(token, end == at_ + 2 ? 'n' : '1', end - at_);
    }
  }
  size_t end = skip(at_, is_digit);
  if (has(end, '.')) {
    end = skip(end + 1, is_digit);
    if (end == at_ + 1) return take(token, '.', 1);
  }
  bool exponent_open = false;  // an 'e' without digits makes it a name: "1e.table"
  if (has(end, 'e') || has(end, 'E')) {
    ++end;
    if (has(end, '+') || has(end, '-')) ++end;
    const size_t digits = end;
    end = skip(end, is_digit);
    exponent_open = end == digits;
  }
  // Oracle's float and double suffix, if nothing but the end or "union" follows.
  if (end < input_.size() && std::string_view("dDfF").find(input_[end]) != npos) {
    const size_t after = end + 1;
    if (after == input_.size() || is_white(input_[after]) || has(after, ';') || has(after, 'u') ||
        has(after, 'U')) {
      end = after;
    }
  }
  take(token, exponent_open ? 'n' : '1', end - at_);
}

/// U&'...'
void SqlTokenizer::read_unicode_string(SqlToken& token) {
  if (!has(at_ + 1, '&') || !has(at_ + 2, '\'')) return read_word(token);
  read_quoted(token, 3, '\'');
  token.open = 'u';
  if (token.close != 0) token.close = 'u';
}

/// Oracle's q'<...>' and nq'<...>' (`prefix` is 1), where any byte above the space may delimit.
void SqlTokenizer::read_oracle_string(SqlToken& token, size_t prefix) {
  const size_t q = at_ + prefix;
  if (!(has(q, 'q') || has(q, 'Q')) || !has(q + 1, '\'') || q + 2 >= input_.size()) {
    return read_word(token);
  }
  const char delimiter = input_[q + 2];
  if (uint8_t(delimiter) < 0x21 || uint8_t(delimiter) > 0x7F) return read_word(token);
  const char ending[] = {closing_bracket(delimiter), '\''};
  const size_t begin = q + 3;
  const size_t end = input_.find(std::string_view(ending, 2), begin);
  token.open = 'q';
  token.close = end == npos ? '\0' : 'q';
  token.assign('s', input_.substr(begin, end == npos ? npos : end - begin));
  at_ = end == npos ? input_.size() : end + 2;
}

/// b'0101' and x'0AFF': one number, if every byte fits and the quote closes.
void SqlTokenizer::read_digit_string(SqlToken& token, bool (*is_member)(unsigned char)) {
  if (has(at_ + 1, '\'')) {
    const size_t end = skip(at_ + 2, is_member);
    if (has(end, '\'')) return take(token, '1', end + 1 - at_);
  }
  read_word(token);
}

}  // namespace wafcheck::engine::libinjection
