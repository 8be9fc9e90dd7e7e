#include "engine/transformations/bytes.h"
#include "engine/transformations/code_points.h"
#include "engine/transformations/transformation.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

constexpr ByteSet kAsciiBlanks = ByteSet::where(is_space);
constexpr ByteSet kAsciiAndA0 =
    ByteSet::where([](unsigned char c) { return is_space(c) || c == 0xa0; });
constexpr ByteSet kAsciiA0C2 =
    ByteSet::where([](unsigned char c) { return is_space(c) || c == 0xa0 || c == 0xc2; });

bool remove_unicode(std::string_view in, std::string& out) {
  out.clear();
  out.reserve(in.size());
  for (size_t i = 0; i < in.size();) {
    const CodePoint point = decode_utf8(in, i);
    if (!is_unicode_space(point.value)) append_utf8(out, point.value);
    i += point.length;
  }
  return out != in;
}

}  // namespace

/// Drops white space; Semantics::remove_whitespace says what counts. The Unicode kind also rewrites
/// invalid UTF-8 to U+FFFD. Size: at most in.size(), Unicode 3 * in.size().
/// Source: seclang reference, section 5.3.
bool removeWhitespace(std::string_view in, std::string& out, const TransformationContext& context) {
  const parser::RemoveWhitespace mode = context.semantics.remove_whitespace;
  const bool unicode = mode == parser::RemoveWhitespace::unicode;
  if (unicode && !is_all_ascii(in)) return remove_unicode(in, out);

  const ByteSet& dropped = unicode                                         ? kAsciiBlanks
                           : mode == parser::RemoveWhitespace::ascii_a0_c2 ? kAsciiA0C2
                                                                           : kAsciiAndA0;
  const size_t first = dropped.find(in);
  if (first == in.size()) return false;
  write_bytes(out, in.size(), [&](char* to) {
    return dropped.put_others(put(to, in.substr(0, first)), in.substr(first));
  });
  return true;
}

}  // namespace wafcheck::engine::transformations
