// lowercase and uppercase: the same walk with another mapping.

#include <algorithm>

#include "engine/transformations/bytes.h"
#include "engine/transformations/code_points.h"
#include "engine/transformations/transformation.h"
#include "engine/transformations/unicode_case.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

constexpr ByteSet kUpperLetters = ByteSet::where(is_upper);
constexpr ByteSet kLowerLetters = ByteSet::where(is_lower);

template <char (*Map)(char)>
bool map_ascii(std::string_view in, std::string& out, const ByteSet& touched) {
  if (touched.find(in) == in.size()) return false;
  write_bytes(out, in.size(),
              [in](char* to) { return std::transform(in.begin(), in.end(), to, Map); });
  return true;
}

bool map_unicode(std::string_view in, std::string& out, char32_t (*map)(char32_t)) {
  out.clear();
  out.reserve(in.size());
  for (size_t i = 0; i < in.size();) {
    const CodePoint point = decode_utf8(in, i);
    append_utf8(out, map(point.value));
    i += point.length;
  }
  return out != in;
}

}  // namespace

/// A-Z to a-z. Under Semantics::unicode_case every letter of valid UTF-8, and invalid bytes become
/// U+FFFD. Size: in.size(), Unicode at most 3 * in.size(). Source: seclang reference, section 5.3.
bool lowercase(std::string_view in, std::string& out, const TransformationContext& context) {
  if (context.semantics.unicode_case && !is_all_ascii(in)) {
    return map_unicode(in, out, unicode_lower);
  }
  return map_ascii<to_lower>(in, out, kUpperLetters);
}

/// a-z to A-Z. Under Semantics::unicode_case as for lowercase.
bool uppercase(std::string_view in, std::string& out, const TransformationContext& context) {
  if (context.semantics.unicode_case && !is_all_ascii(in)) {
    return map_unicode(in, out, unicode_upper);
  }
  return map_ascii<to_upper>(in, out, kLowerLetters);
}

}  // namespace wafcheck::engine::transformations
