// The verdict on SQL injection: a folded token stream whose fingerprint is listed, unless it is one
// of those that ordinary text shares.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/libinjection/libinjection.h"
#include "engine/libinjection/sql_folder.h"
#include "engine/libinjection/sql_token.h"
#include "engine/libinjection/sql_tokenizer.h"
#include "engine/libinjection/sql_words.h"
#include "parser/base/ascii.h"

namespace wafcheck::engine::libinjection {
namespace {

/// One reading of the input: its folded tokens, and the verdict on them.
class Reading {
 public:
  Reading(std::string_view input, Quote quote, Dialect dialect);
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  bool is_injection() const {
    return is_known_fingerprint(fingerprint()) && !looks_like_plain_text();
  }
  std::string_view fingerprint() const { return {letters_.data(), size_}; }
  bool dialects_differ() const { return tokens_.dialects_differ(); }

 private:
  const SqlToken& token(size_t i) const { return folder_.window()[i]; }
  char byte_at(size_t i) const { return i < input_.size() ? input_[i] : '\0'; }
  bool looks_like_plain_text() const;
  bool pair_is_plain_text() const;
  bool triple_is_plain_text() const;
  bool number_is_commented_out() const;

  std::string_view input_;
  SqlTokenizer tokens_;
  SqlFolder folder_{tokens_};
  std::array<char, kMaxFolded + 1> letters_{};
  size_t size_;
};

Reading::Reading(std::string_view input, Quote quote, Dialect dialect)
    : input_(input), tokens_(input, quote, dialect), size_(folder_.fold()) {
  if (size_ > 2) {
    // MySQL takes a backtick that nothing follows as the start of a comment.
    SqlToken& last = folder_.window()[size_ - 1];
    if (last.type == 'n' && last.open == '`' && last.close == 0 && last.length == 0) {
      last.type = 'c';
    }
  }
  for (size_t i = 0; i < size_; ++i) letters_[i] = token(i).type;
  // Databases would disagree on the tokens: that alone is the fingerprint.
  if (fingerprint().find('X') != std::string_view::npos) {
    letters_[0] = 'X';
    size_ = 1;
  }
}

/// The second step: fingerprints short enough to occur in prose or in encoded data need more.
bool Reading::looks_like_plain_text() const {
  // SQL Server leaves a statement with this text in a comment out of its logs.
  if (size_ > 1 && letters_[size_ - 1] == 'c' &&
      input_.find("sp_password") != std::string_view::npos) {
    return false;
  }
  if (size_ == 2) return pair_is_plain_text();
  if (size_ == 3) return triple_is_plain_text();
  return false;
}

bool Reading::pair_is_plain_text() const {
  const SqlToken& second = token(1);
  if (letters_[1] == 'U') return tokens_.token_count() == 2;
  const char comment_start = second.bytes[0];
  if (comment_start == '#') return true;
  if (letters_[1] == 'c') {
    if (letters_[0] == 'n' && comment_start != '/') return true;
    if (letters_[0] == '1') return comment_start != '/' && !number_is_commented_out();
  }
  // "--" has to end the input: "1--", not "1-- text".
  return comment_start == '-' && second.length > 2;
}

/// True for "1--", "1+1--" and the like; "12ab--" is a number only by its start, and data.
bool Reading::number_is_commented_out() const {
  if (tokens_.token_count() > 2) return true;
  const size_t after = token(0).length;
  const char next = byte_at(after);
  if (uint8_t(next) <= 0x20 || uint8_t(next) >= 0x80) return true;
  return (next == '/' && byte_at(after + 1) == '*') || (next == '-' && byte_at(after + 1) == '-');
}

bool Reading::triple_is_plain_text() const {
  const std::string_view letters = fingerprint();
  const SqlToken& first = token(0);
  const SqlToken& last = token(2);
  if (letters == "sos" || letters == "s&s") {
    // `...foo" + "bar...` breaks out of a quote; anything else is two strings in a text.
    return !(first.open == 0 && last.close == 0 && first.close == last.open);
  }
  // Three tokens are a text ("adults and 2"); more that were folded to three are not.
  if (letters == "s&n" || letters == "n&1" || letters == "1&1" || letters == "1&v" ||
      letters == "1&s") {
    return tokens_.token_count() == 3;
  }
  // Of keywords between two values only INTO OUTFILE and INTO DUMPFILE count.
  return letters[1] == 'k' && !(token(1).length > 4 && istarts_with(token(1).value(), "INTO"));
}

/// True for what has one token in every reading, a word or a number. Most values are that.
bool is_single_word(std::string_view input) {
  const auto is_word_byte = [](unsigned char c) { return is_alnum(c) || c == '_'; };
  if (std::ranges::all_of(input, is_digit)) return true;
  return !is_digit(static_cast<unsigned char>(input[0])) &&
         std::ranges::all_of(input, is_word_byte);
}

bool is_injection(std::string_view input, Quote quote, Dialect dialect, std::string* fingerprint,
                  bool* dialects_differ = nullptr) {
  const Reading reading(input, quote, dialect);
  if (dialects_differ != nullptr) *dialects_differ = reading.dialects_differ();
  if (!reading.is_injection()) return false;
  if (fingerprint != nullptr) *fingerprint = reading.fingerprint();
  return true;
}

/// As ANSI SQL, then as MySQL where that reads comments otherwise.
bool is_injection_in_either(std::string_view input, Quote quote, std::string* fingerprint) {
  bool dialects_differ = false;
  return is_injection(input, quote, Dialect::kAnsi, fingerprint, &dialects_differ) ||
         (dialects_differ && is_injection(input, quote, Dialect::kMysql, fingerprint));
}

Token exported(const SqlToken& token) {
  return {token.type, token.open, token.close, token.at_count, std::string(token.value())};
}

}  // namespace

bool detect_sqli(std::string_view input, std::string* fingerprint) {
  if (input.empty() || is_single_word(input)) return false;
  if (is_injection_in_either(input, Quote::kNone, fingerprint)) return true;
  if (input.find('\'') != std::string_view::npos &&
      is_injection_in_either(input, Quote::kSingle, fingerprint)) {
    return true;
  }
  // Only MySQL takes the double quote for strings.
  return input.find('"') != std::string_view::npos &&
         is_injection(input, Quote::kDouble, Dialect::kMysql, fingerprint);
}

std::vector<Token> tokenize_sql(std::string_view input) {
  std::vector<Token> list;
  SqlTokenizer tokens(input, Quote::kNone, Dialect::kAnsi);
  for (SqlToken token; tokens.next(token);) list.push_back(exported(token));
  return list;
}

std::vector<Token> fold_sql(std::string_view input) {
  SqlTokenizer tokens(input, Quote::kNone, Dialect::kAnsi);
  SqlFolder folder(tokens);
  const size_t count = folder.fold();
  std::vector<Token> list;
  for (const SqlToken& token : folder.window().first(count)) list.push_back(exported(token));
  return list;
}

}  // namespace wafcheck::engine::libinjection
