#include "engine/transformations/bytes.h"
#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {

/// Drops every NUL. Size: less than in.size().
bool removeNulls(std::string_view in, std::string& out, const TransformationContext&) {
  static constexpr ByteSet kNuls = ByteSet::of(std::string_view("\0", 1));
  if (!in.contains('\0')) return false;
  write_bytes(out, in.size(), [in](char* to) { return kNuls.put_others(to, in); });
  return true;
}

}  // namespace wafcheck::engine::transformations
