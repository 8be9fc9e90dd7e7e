#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"
#include "parser/language/semantics.h"

namespace wafcheck::engine::transformations {
namespace {

constexpr ByteSet kOpeners = ByteSet::of("/<-#");
constexpr ByteSet kClosers = ByteSet::of("*-");

// The length of the mark that opens a block comment, 0 when `rest` begins with none.
size_t opener_length(std::string_view rest) {
  return rest.starts_with("/*") ? 2 : rest.starts_with("<!--") ? 4 : 0;
}

// Where the block comment ends whose body begins at `from`, npos when nowhere. The engines that
// copy the tail let either terminator close either kind.
size_t end_of_block(std::string_view in, size_t from, bool html, bool either) {
  for (size_t at = kClosers.find(in, from); at < in.size(); at = kClosers.find(in, at + 1)) {
    const std::string_view rest = in.substr(at);
    if ((!html || either) && rest.starts_with("*/")) return at + 2;
    if ((html || either) && rest.starts_with("-->")) return at + 3;
  }
  return std::string_view::npos;
}

}  // namespace

/// Drops block comments of C and HTML; `--` and `#` cut the rest; an unterminated block becomes one
/// space. Under CommentTail::copied the byte after a terminator is copied unseen, a NUL at the end,
/// and either terminator closes either kind of block.
/// Size: at most in.size(). Source: seclang reference, section 5.3.
bool removeComments(std::string_view in, std::string& out, const TransformationContext& context) {
  size_t opener = kOpeners.find(in);
  if (opener == in.size()) return false;

  const bool copy_tail = context.semantics.comment_tail == parser::CommentTail::copied;
  write_bytes(out, in.size(), [&](char* to) {
    size_t from = 0;
    for (; opener < in.size(); opener = kOpeners.find(in, opener)) {
      const std::string_view rest = in.substr(opener);
      if (rest.starts_with('#') || rest.starts_with("--")) {
        return put(to, in.substr(from, opener - from));
      }
      const size_t length = opener_length(rest);
      if (length == 0) {
        ++opener;
        continue;
      }
      to = put(to, in.substr(from, opener - from));
      const size_t end = end_of_block(in, opener + length, length == 4, copy_tail);
      if (end == std::string_view::npos) {
        *to++ = ' ';
        return to;
      }
      from = opener = end;
      if (copy_tail) {
        *to++ = from < in.size() ? in[from] : '\0';
        from = opener = from + 1;
      }
    }
    return from < in.size() ? put(to, in.substr(from)) : to;
  });
  return out != in;
}

}  // namespace wafcheck::engine::transformations
