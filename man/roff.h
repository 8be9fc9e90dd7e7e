#pragma once
// Text for the programs that write manual pages.

#include <string>
#include <string_view>

/// Escapes what roff would interpret: a backslash, and a dot or apostrophe at the start of a line.
inline std::string escaped(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '\\') {
      out += "\\e";
    } else if ((byte == '.' || byte == '\'') && (out.empty() || out.back() == '\n')) {
      out += "\\&";
      out += byte;
    } else {
      out += byte;
    }
  }
  return out;
}
