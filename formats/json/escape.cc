#include "formats/json/escape.h"

#include "parser/base/escape.h"

namespace wafcheck::formats::inline json {

void append_escaped_byte(std::string& out, char byte) {
  if (const char letter = escape_letter(byte); letter != 0) {
    out += {'\\', letter};
  } else if (is_control(byte)) {
    out += "\\u00";
    append_hex(out, byte);
  } else {
    out += byte;
  }
}

}  // namespace wafcheck::formats::inline json
