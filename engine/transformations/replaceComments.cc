#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {

/// Turns each C comment into one space; an unterminated one reaches to the end.
/// Size: less than in.size(). Source: seclang reference, section 5.3.
bool replaceComments(std::string_view in, std::string& out, const TransformationContext&) {
  size_t opener = in.find("/*");
  if (opener == std::string_view::npos) return false;

  write_bytes(out, in.size(), [&](char* to) {
    size_t from = 0;
    for (; opener != std::string_view::npos; opener = in.find("/*", from)) {
      to = put(to, in.substr(from, opener - from));
      *to++ = ' ';
      const size_t end = in.find("*/", opener + 2);
      if (end == std::string_view::npos) return to;
      from = end + 2;
    }
    return put(to, in.substr(from));
  });
  return true;
}

}  // namespace wafcheck::engine::transformations
