#include <fmt/format.h>

#include "engine/transformations/transformation.h"

namespace wafcheck::engine::transformations {

/// The number of bytes in decimal.
bool length(std::string_view in, std::string& out, const TransformationContext&) {
  out.clear();
  fmt::format_to(std::back_inserter(out), "{}", in.size());
  return out != in;
}

}  // namespace wafcheck::engine::transformations
