#include <algorithm>

#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {

/// Turns every NUL into a space. Size: in.size().
bool replaceNulls(std::string_view in, std::string& out, const TransformationContext&) {
  if (!in.contains('\0')) return false;
  write_bytes(out, in.size(),
              [in](char* to) { return std::replace_copy(in.begin(), in.end(), to, '\0', ' '); });
  return true;
}

}  // namespace wafcheck::engine::transformations
