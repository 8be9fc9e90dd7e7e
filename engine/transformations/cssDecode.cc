#include "engine/transformations/bytes.h"
#include "engine/transformations/code_points.h"
#include "engine/transformations/hex.h"
#include "engine/transformations/transformation.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

size_t hex_run(std::string_view in, size_t at) {
  size_t count = 0;
  while (count < 6 && hex_at(in, at + count, 1)) ++count;
  return count;
}

void append_character(std::string& out, unsigned code, bool whole_code_point) {
  if (!whole_code_point) {
    out += low_byte_folded(code);
  } else if (code >= 0xff01 && code <= 0xff5e) {
    out += low_byte_folded(code);
  } else {
    append_utf8(out, code == 0 ? kReplacementCharacter : code);
  }
}

}  // namespace

/// Undoes CSS escapes: `\` and 1-6 hexadecimal digits, with one white space after them, name a
/// character; `\` and a line feed vanish; any other `\` is dropped.
/// Size: at most in.size() + 1 for each escape. Source: seclang reference, section 5.3.
bool cssDecode(std::string_view in, std::string& out, const TransformationContext& context) {
  size_t escape = in.find('\\');
  if (escape == std::string_view::npos) return false;

  out.clear();
  out.reserve(in.size());
  size_t from = 0;
  for (; escape != std::string_view::npos; escape = in.find('\\', from)) {
    out.append(in, from, escape - from);
    from = escape + 1;
    if (from == in.size()) break;
    if (const size_t digits = hex_run(in, from); digits > 0) {
      append_character(out, hex_number(in.substr(from, digits)), context.semantics.css_code_points);
      from += digits;
      if (from < in.size() && is_space(static_cast<unsigned char>(in[from]))) ++from;
    } else {
      if (in[from] != '\n') out += in[from];
      ++from;
    }
  }
  out.append(in, from);
  return out != in;
}

}  // namespace wafcheck::engine::transformations
