#pragma once
// What the escapes of C and JavaScript have in common.

#include <string>
#include <string_view>

#include "engine/transformations/bytes.h"

namespace wafcheck::engine::transformations {

/// Replaces every `\` that is not the last byte, and what belongs to it. `decode(from, to)` gets
/// the place of the byte after the `\`, sets the byte it stands for and returns the place behind
/// the escape. False when nothing changed.
template <typename Decode>
bool replace_escapes(std::string_view in, std::string& out, Decode decode) {
  size_t escape = in.find('\\');
  if (escape == std::string_view::npos) return false;
  write_bytes(out, in.size(), [&](char* to) {
    size_t from = 0;
    for (; escape != std::string_view::npos && escape + 1 < in.size();
         escape = in.find('\\', from)) {
      to = put(to, in.substr(from, escape - from));
      from = decode(escape + 1, *to++);
    }
    return put(to, in.substr(from));
  });
  return out != in;
}

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

}  // namespace wafcheck::engine::transformations
