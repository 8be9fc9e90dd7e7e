#pragma once
// First step of the method: a dialect-agnostic SQL tokenizer. It never rejects input; what one
// database or another could read as a token becomes one.

#include <cstddef>
#include <string_view>

#include "engine/libinjection/sql_token.h"

namespace wafcheck::engine::libinjection {

/// The quote the input is assumed to be pasted into.
enum class Quote : char { kNone = 0, kSingle = '\'', kDouble = '"' };

/// What starts a comment: "--" always (ANSI), or "-- " and "#" (MySQL).
enum class Dialect { kAnsi, kMysql };

class SqlTokenizer {
 public:
  /// `input` must outlive the tokenizer.
  SqlTokenizer(std::string_view input, Quote quote, Dialect dialect)
      : input_(input), quote_(quote), dialect_(dialect) {}

  /// Reads the next token; false, with `token` cleared, at the end of the input.
  bool next(SqlToken& token);

  size_t token_count() const { return token_count_; }
  /// True once a '#' or a "--" without white space was read: MySQL would read the input otherwise.
  bool dialects_differ() const { return dialects_differ_; }
  std::string_view input() const { return input_; }

 private:
  bool has(size_t at, char c) const { return at < input_.size() && input_[at] == c; }
  template <typename Predicate>
  size_t skip(size_t at, Predicate predicate) const;
  void take(SqlToken& token, char type, size_t length);

  void read_token(SqlToken& token);
  void read_quoted(SqlToken& token, size_t skipped, char quote);
  void read_operator(SqlToken& token);
  void read_dash(SqlToken& token);
  void read_hash(SqlToken& token);
  void read_slash(SqlToken& token);
  void read_line_comment(SqlToken& token);
  void read_backslash(SqlToken& token);
  void read_bracketed(SqlToken& token);
  void read_word(SqlToken& token);
  void read_backtick(SqlToken& token);
  void read_variable(SqlToken& token);
  void read_dollar(SqlToken& token);
  void read_dollar_quoted(SqlToken& token, size_t tag_length);
  void read_number(SqlToken& token);
  void read_unicode_string(SqlToken& token);
  void read_oracle_string(SqlToken& token, size_t prefix);
  void read_digit_string(SqlToken& token, bool (*is_member)(unsigned char));

  std::string_view input_;
  Quote quote_;
  Dialect dialect_;
  size_t at_ = 0;
  size_t token_count_ = 0;
  bool dialects_differ_ = false;
};

}  // namespace wafcheck::engine::libinjection
