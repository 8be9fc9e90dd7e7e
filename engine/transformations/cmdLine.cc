#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"
#include "parser/base/ascii.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

constexpr ByteSet kDropped = ByteSet::of("\"'\\^");
constexpr ByteSet kBlank = ByteSet::of(" ,;\t\r\n");
constexpr ByteSet kTouched = ByteSet::where([](unsigned char c) {
  const char byte = static_cast<char>(c);
  return kDropped[byte] || kBlank[byte] || is_upper(c);
});

}  // namespace

/// Undoes what shells ignore: quotes, backslashes and carets go, runs of separators become one
/// space, none before '/' or '(', letters become lower case.
/// Size: at most in.size(). Source: seclang reference, section 5.3.
bool cmdLine(std::string_view in, std::string& out, const TransformationContext& context) {
  const std::string_view text = context.semantics.nul_ends_text ? in.substr(0, in.find('\0')) : in;
  const size_t first = kTouched.find(text);
  if (first == in.size()) return false;

  write_bytes(out, text.size(), [&](char* to) {
    char* const begin = to;
    to = put(to, text.substr(0, first));
    for (const char c : text.substr(first)) {
      const bool after_space = to != begin && to[-1] == ' ';
      if (kDropped[c]) continue;
      if (kBlank[c]) {
        if (!after_space) *to++ = ' ';
        continue;
      }
      if (after_space && (c == '/' || c == '(')) --to;
      *to++ = to_lower(c);
    }
    return to;
  });
  return out != in;
}

}  // namespace wafcheck::engine::transformations
