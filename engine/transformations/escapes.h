#pragma once
// The letter escapes that C and JavaScript have in common.

namespace wafcheck::engine {

/// What `\c` stands for: a control character for a, b, f, n, r, t and v, otherwise `c` itself.
constexpr char control_escape(char c) {
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    default:
      return c;
  }
}

}  // namespace wafcheck::engine
