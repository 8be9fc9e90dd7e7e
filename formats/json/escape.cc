#include "formats/json/escape.h"

#include "parser/base/escape.h"

namespace wafcheck::formats::inline json {

void append_escaped_byte(std::string& out, char byte) {
  switch (byte) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      if (!is_control(byte)) {
        out += byte;
        break;
      }
      out += "\\u00";
      append_hex(out, byte);
  }
}

}  // namespace wafcheck::formats::inline json
