#include "engine/libinjection/sql_folder.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/libinjection/sql_words.h"
#include "parser/base/ascii.h"

namespace wafcheck::engine::libinjection {
namespace {

using namespace std::string_view_literals;

bool is_unary(const SqlToken& token) {
  if (token.type != 'o') return false;
  const std::string_view op = token.value();
  return op == "+" || op == "-" || op == "!" || op == "~" || op == "!!" || iequals(op, "NOT");
}

bool is_arithmetic(const SqlToken& token) {
  return token.type == 'o' && token.length == 1 &&
         std::string_view("*/-+%").find(token.bytes[0]) != std::string_view::npos;
}

/// "UNION" and "ALL" become "UNION ALL" where the two words are one phrase of the table.
bool merge_phrase(SqlToken& first, const SqlToken& second) {
  if (!is(first, "knoUfETt") || !is(second, "knoUfETt&")) return false;
  const size_t size = size_t{first.length} + 1 + second.length;
  if (size > kMaxValue) return false;
  std::array<char, kMaxValue> phrase;
  char* end = std::copy_n(first.bytes.begin(), first.length, phrase.data());
  *end++ = ' ';
  std::copy_n(second.bytes.begin(), second.length, end);
  const std::string_view text(phrase.data(), size);
  const char type = lookup_word(text);
  if (type == 0) return false;
  first.assign(type, text);
  return true;
}

/// Names that are functions only in front of a parenthesis.
bool names_function(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "USER_ID",       "USER_NAME",    "DATABASE",     "PASSWORD",          "USER",
      "CURRENT_USER",  "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME",
      "LOCALTIMESTAMP"};
  return std::ranges::any_of(kNames, [&](std::string_view known) { return iequals(known, name); });
}

}  // namespace

size_t SqlFolder::fold() {
  if (!skip_preamble()) return 0;
  for (;;) {
    if (filled_ >= kMaxFolded) collapse_group();
    if (!more_ || reviewed_ >= kMaxFolded) break;
    if (!fill(2)) {
      reviewed_ = filled_;
      continue;
    }
    if (opens_nameless_brace()) return reviewed_ + 2;
    if (fold_two()) continue;
    if (!fill(3)) {
      reviewed_ = filled_;
      continue;
    }
    if (fold_three()) continue;
    ++reviewed_;
  }
  if (filled_ < kMaxFolded && comment_.type == 'c') window_[filled_++] = comment_;
  return std::min(filled_, kMaxFolded);
}

/// Comments, parentheses, types and signs in front say nothing. False: there is nothing else.
bool SqlFolder::skip_preamble() {
  do {
    if (!tokens_.next(window_[0])) return false;
  } while (is(window_[0], "c(t") || is_unary(window_[0]));
  filled_ = 1;
  return true;
}

/// Reads until `wanted` tokens are under review; false if the input or the window ends before.
/// Comments are left out; one that comes last is remembered.
bool SqlFolder::fill(size_t wanted) {
  while (more_ && filled_ < window_.size() && filled_ - reviewed_ < wanted) {
    SqlToken& token = window_[filled_];
    more_ = tokens_.next(token);
    if (!more_) break;
    if (token.type == 'c') {
      comment_ = token;
    } else {
      comment_.type = 0;
      ++filled_;
    }
  }
  return filled_ - reviewed_ >= wanted;
}

bool SqlFolder::drop(size_t count) {
  filled_ -= count;
  return true;
}

bool SqlFolder::drop_and_restart(size_t count) {
  reviewed_ = 0;
  return drop(count);
}

bool SqlFolder::drop_and_step_back() {
  if (reviewed_ > 0) --reviewed_;
  return drop(1);
}

/// Five tokens that a sub-expression fills up are worth its first: what follows gets the room.
void SqlFolder::collapse_group() {
  using Pattern = std::array<Letters, kMaxFolded>;
  static constexpr Pattern kGroups[] = {{"1", "o,", "(", "1", ")"},
                                        {"n", "o", "(", "n1", ")"},
                                        {"1", ")", ",", "(", "1"},
                                        {"n", ")", "o", "(", "n"}};
  const bool is_group = std::ranges::any_of(kGroups, [this](const Pattern& pattern) {
    return std::ranges::equal(window().first(kMaxFolded), pattern, is);
  });
  if (!is_group) return;
  const bool has_next = filled_ > kMaxFolded;
  if (has_next) window_[1] = window_[kMaxFolded];
  filled_ = has_next ? 2 : 1;
  reviewed_ = 0;
}

/// MySQL alone reads {``.``.id} as a column: no fingerprint can tell what follows.
bool SqlFolder::opens_nameless_brace() {
  SqlToken& name = window_[reviewed_ + 1];
  if (window_[reviewed_].type != '{' || name.type != 'n' || name.length > 0) return false;
  name.type = 'X';
  return true;
}

/// The rules on two neighbours; the first that applies counts. True: look again.
bool SqlFolder::fold_two() {
  SqlToken& a = window_[reviewed_];
  SqlToken& b = window_[reviewed_ + 1];

  if (a.type == 's' && b.type == 's') return drop(1);
  if (a.type == ';' && b.type == ';') return drop(1);
  if (is(a, "o&") && (is_unary(b) || b.type == 't')) return drop_and_restart(1);
  if (a.type == '(' && is_unary(b)) return drop_and_step_back();
  if (merge_phrase(a, b)) return drop_and_step_back();
  if (a.type == ';' && b.type == 'f' && istarts_with(b.value(), "IF")) {
    b.type = 'T';  // Transact-SQL's control flow
    return true;
  }
  if (is(a, "nv") && b.type == '(' && names_function(a.value())) {
    a.type = 'f';
    return true;
  }
  if (a.type == 'k' && (iequals(a.value(), "IN") || iequals(a.value(), "NOT IN"))) {
    a.type = b.type == '(' ? 'o' : 'n';
    return true;
  }
  if (a.type == 'o' && (iequals(a.value(), "LIKE") || iequals(a.value(), "NOT LIKE"))) {
    if (b.type == '(') a.type = 'f';  // SQLite's like(x, y)
    return false;
  }
  if (a.type == 't' && is(b, "n1t(fvs")) {
    a = b;
    return drop_and_restart(1);
  }
  if (a.type == 'A' && b.type == 'n') {
    // All collations have an underscore; it is sought before any NUL.
    const size_t at = b.value().find_first_of("_\0"sv);
    if (at != std::string_view::npos && b.value()[at] == '_') {
      b.type = 't';
      reviewed_ = 0;
    }
    return false;
  }
  if (a.type == '\\') {
    if (is_arithmetic(b)) {
      a.type = '1';
      return drop_and_restart(0);
    }
    a = b;
    return drop_and_restart(1);
  }
  if (a.type == b.type && is(a, "()")) return drop_and_restart(1);
  if (a.type == '{' && b.type == 'n') return drop_and_restart(2);  // ODBC's {name expression}
  if (b.type == '}') return drop_and_restart(1);
  return false;
}

/// The rules on three neighbours, as fold_two.
bool SqlFolder::fold_three() {
  SqlToken& a = window_[reviewed_];
  SqlToken& b = window_[reviewed_ + 1];
  const SqlToken& c = window_[reviewed_ + 2];

  // Arithmetic, casts and lists of plain values are worth their first value.
  if (a.type == 'o' && b.type != '(' && c.type == 'o') return drop_and_restart(2);
  if (a.type == '&' && c.type == '&') return drop_and_restart(2);
  if (b.type == 'o') {
    if (a.type == 'v' && is(c, "v1n")) return drop_and_restart(2);
    if (is(a, "n1") && is(c, "1n")) return drop_and_restart(2);
    if (is(a, "n1vs") && b.value() == "::" && c.type == 't') return drop_and_restart(2);
  }
  if (is(a, "n1sv") && b.type == ',' && is(c, "1nsv")) return drop_and_restart(2);

  if (is_unary(b)) {
    if (is(a, "EB,") && c.type == '(') {
      b = c;
      return drop_and_restart(1);
    }
    if (is(a, "kEB") && is(c, "1nvsf")) {
      b = c;
      return drop_and_restart(1);
    }
    if (a.type == ',' && is(c, "1nvs")) {
      b = c;
      return drop_and_restart(3);  // with the value and the comma before
    }
    if (a.type == ',' && c.type == 'f') {
      b = c;
      return drop_and_restart(1);
    }
  }
  if (b.type == '.') {
    if (a.type == 'n' && c.type == 'n') return drop_and_restart(2);
    if (a.type == 'E' && c.type == 'n') {
      b = c;
      return drop_and_restart(1);
    }
  }
  // MySQL's USER() takes no argument.
  if (a.type == 'f' && b.type == '(' && c.type != ')' && iequals(a.value(), "USER")) a.type = 'n';
  return false;
}

}  // namespace wafcheck::engine::libinjection
