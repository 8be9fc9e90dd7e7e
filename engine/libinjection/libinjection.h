#pragma once
// The published libinjection method: SQL is tokenised, folded to a fingerprint of at most five
// tokens and looked up; HTML is tokenised as HTML 5 and searched for active content.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wafcheck::engine::libinjection {

struct Token {
  char type = 0;
  char open = 0;          ///< opening quote of a string token, or 0
  char close = 0;         ///< closing quote, or 0 when the input ended first
  uint32_t at_count = 0;  ///< variables: how many '@' came before
  std::string value;
};

struct HtmlToken {
  std::string_view type;  ///< "DATA_TEXT", "TAG_NAME_OPEN", ...
  std::string_view value;
};

/// Verdict over all contexts (no quote, single quote, double quote, MySQL reparse).
/// `fingerprint` (may be null) receives the fingerprint when the verdict is true.
bool detect_sqli(std::string_view input, std::string* fingerprint);
bool detect_xss(std::string_view input);

// For tests: the steps one by one, in the context "no quote, ANSI".
std::vector<Token> tokenize_sql(std::string_view input);
std::vector<Token> fold_sql(std::string_view input);
std::vector<HtmlToken> tokenize_html(std::string_view input);

}  // namespace wafcheck::engine::libinjection
