#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {
namespace {

constexpr ByteSet kTokenStart = ByteSet::of("/*<-#");

// The length of the token that `rest` begins with, 0 when it begins with none.
size_t token_length(std::string_view rest) {
  switch (rest.front()) {
    case '/':
      return rest.starts_with("/*") ? 2 : 0;
    case '*':
      return rest.starts_with("*/") ? 2 : 0;
    case '<':
      return rest.starts_with("<!--") ? 4 : 0;
    case '-':
      return rest.starts_with("-->") ? 3 : rest.starts_with("--") ? 2 : 0;
    default:
      return rest.starts_with('#') ? 1 : 0;
  }
}

}  // namespace

/// Drops the tokens that open or close comments, and keeps what they enclose.
/// Size: at most in.size(). Source: seclang reference, section 5.3.
bool removeCommentsChar(std::string_view in, std::string& out, const TransformationContext&) {
  size_t start = kTokenStart.find(in);
  if (start == in.size()) return false;

  write_bytes(out, in.size(), [&](char* to) {
    size_t from = 0;
    for (; start < in.size(); start = kTokenStart.find(in, start)) {
      const size_t length = token_length(in.substr(start));
      if (length == 0) {
        ++start;
        continue;
      }
      to = put(to, in.substr(from, start - from));
      from = start += length;
    }
    return put(to, in.substr(from));
  });
  return out.size() != in.size();
}

}  // namespace wafcheck::engine::transformations
