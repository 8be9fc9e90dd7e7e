#include <algorithm>

#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {

/// Drops every NUL. Size: less than in.size().
bool removeNulls(std::string_view in, std::string& out, const TransformationContext&) {
  if (!in.contains('\0')) return false;
  write_bytes(out, in.size(),
              [in](char* to) { return std::remove_copy(in.begin(), in.end(), to, '\0'); });
  return true;
}

}  // namespace wafcheck::engine::transformations
