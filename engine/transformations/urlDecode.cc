#include "engine/transformations/bytes.h"
#include "engine/transformations/hex.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {
namespace {

constexpr ByteSet kCoded = ByteSet::of("%+");

}  // namespace

/// `%HH` to the byte, '+' to a space; an invalid '%' stays.
/// Size: at most in.size(). Source: seclang reference, section 5.3.
bool urlDecode(std::string_view in, std::string& out, const TransformationContext&) {
  const size_t first = kCoded.find(in);
  if (first == in.size()) return false;

  write_bytes(out, in.size(), [&](char* to) {
    to = put(to, in.substr(0, first));
    for (size_t i = first; i < in.size(); ++i) {
      if (in[i] == '+') {
        *to++ = ' ';
      } else if (in[i] == '%' && hex_at(in, i + 1, 2)) {
        *to++ = static_cast<char>(hex_number(in.substr(i + 1, 2)));
        i += 2;
      } else {
        *to++ = in[i];
      }
    }
    return to;
  });
  return out != in;
}

}  // namespace wafcheck::engine::transformations
